import Detection
import Enforcement
package import Inspection
package import MailTypes
import NIOConcurrencyHelpers
package import NIOCore
package import NIOPosix
package import Response
import SMTPProtocol
package import SMTPServing
package import Spool

/// The gateway's answers to the intake: who may talk, as whom, and where a message's bytes go.
///
/// Called on event loops by many sessions at once; nothing here blocks.
package final class GatewayPolicy: SubmissionPolicy {
    /// What it is made of.
    package struct Parts: Sendable {
        package var inspector: Inspector
        package var responder: Responder
        package var spool: Spool
        package var ids: SubmissionIDs
        package var events: EventLog
        /// Takes what the spool has committed, with its bytes where they are at hand.
        package var enqueue: @Sendable (SpooledMessage, [[UInt8]]?) -> Void
        package var clock: @Sendable () -> Timestamp
        /// Takes reports about mail that has left, on `workers`.
        package var desk: FeedbackDesk
        package var workers: NIOThreadPool
    }

    let parts: Parts
    private let state: NIOLockedValueBox<IntakeSettings>

    package init(_ parts: Parts, settings: IntakeSettings) {
        self.parts = parts
        state = NIOLockedValueBox(settings)
    }

    var settings: IntakeSettings { state.withLockedValue { $0 } }

    /// Takes another configuration for what comes from now on.
    package func use(_ settings: IntakeSettings) { state.withLockedValue { $0 = settings } }

    package func admit(_ peer: PeerInfo) -> Admission {
        let settings = settings
        if let entry = settings.directory.customer(at: peer.address) { return .customer(entry.id) }
        guard settings.feedback.admits(peer.address), let carrier = FeedbackMailbox.carrier else { return .stranger }
        return .customer(carrier)
    }

    package func connectionLimit(_ customer: CustomerID) -> Int? { settings.directory[customer]?.connections }

    package func sender(_ path: ReversePath, _ identity: SubmissionIdentity, _ session: SessionInfo) -> Reply? {
        let settings = settings
        if identity.customer == FeedbackMailbox.carrier { return nil }
        guard let entry = settings.directory[identity.customer] else {
            // Taken out of the configuration while the session goes on.
            return Reply(.mailboxUnavailable, EnhancedStatusCode(5, 7, 1), "You may no longer send through this host")
        }
        // A session keeps its login over a reload that took the account away.
        if identity.evidence == .login, identity.account.flatMap(settings.directory.owner) != identity.customer {
            return Reply(.mailboxUnavailable, EnhancedStatusCode(5, 7, 1), "This login may no longer send")
        }
        if identity.evidence == .login, !entry.mayUse(path, account: identity.account) {
            return Reply(
                .mailboxNameNotAllowed, EnhancedStatusCode(5, 7, 1), "This login may not use that sender address")
        }
        if let address = path.address, entry.profile.binding == .enforce, !entry.profile.owns(address) {
            return Reply(
                .mailboxNameNotAllowed, EnhancedStatusCode(5, 7, 1),
                "The sender address lies outside your domains; ask \(settings.helpAddress) to add it")
        }
        // What a person stopped is not taken. What detection stopped is looked at: what the owner sends as ever still goes.
        if let stop = parts.responder.covering(identity, campaign: nil, at: parts.clock()), stop.coversEverything {
            parts.responder.recordRefusal(stop, at: parts.clock())
            parts.events.refused(stop, identity, session)
            return parts.responder.reply(to: stop)
        }
        return nil
    }

    package func recipient(
        _ address: EmailAddress, _ identity: SubmissionIdentity, _ session: SessionInfo, count: Int
    ) -> Reply? {
        guard identity.customer == FeedbackMailbox.carrier, !settings.feedback.owns(address) else { return nil }
        return Reply(.mailboxUnavailable, EnhancedStatusCode(5, 7, 1), "This host takes nothing but reports from you")
    }

    package func open(
        _ envelope: Envelope, _ identity: SubmissionIdentity, _ session: SessionInfo, on loop: any EventLoop
    ) -> Result<any SubmissionReceiver, ReplyError> {
        let settings = settings
        let own = envelope.recipients.map(\.address).filter(settings.feedback.owns)
        if !own.isEmpty {
            guard own.count == envelope.recipients.count else {
                return .failure(
                    ReplyError(
                        Reply(.transactionFailed, EnhancedStatusCode(5, 5, 3), "A report has no other recipients")))
            }
            return .success(
                FeedbackIntake(
                    parts.desk, tags: own.compactMap(settings.feedback.tag), at: parts.clock(), on: loop,
                    workers: parts.workers))
        }
        return intake(envelope, identity, session, .relay, on: loop).map { $0 }
    }

    /// Opens a customer's message.
    func intake(
        _ envelope: Envelope, _ identity: SubmissionIdentity, _ session: SessionInfo, _ road: SubmissionIntake.Road,
        on loop: any EventLoop
    ) -> Result<SubmissionIntake, ReplyError> {
        let settings = settings
        guard let entry = settings.directory[identity.customer] else {
            return .failure(
                ReplyError(Reply(.localError, EnhancedStatusCode(4, 3, 2), "The configuration has changed; try again")))
        }
        let time = parts.clock()
        let facts = SubmissionFacts(
            id: parts.ids.next(at: time), time: time, envelope: envelope, identity: identity, profile: entry.profile,
            heloName: session.helloName ?? "")
        return .success(SubmissionIntake(parts, settings, facts, session, road, on: loop))
    }

    package func note(_ event: IntakeEvent, _ session: SessionInfo) {
        parts.events.intake(event, session)
        if let login = login(event, session) { parts.inspector.observe(login: login) }
    }

    /// What detection is to know of it: who logged in from where, and who tried.
    private func login(_ event: IntakeEvent, _ session: SessionInfo) -> LoginEvent? {
        var place: (autonomousSystem: UInt32, country: UInt16) {
            settings.places?.look(session.peer.address) ?? (0, 0)
        }
        switch event {
        case .authenticated:
            guard let identity = session.identity, let account = identity.account else { return nil }
            return LoginEvent(
                time: parts.clock(), customer: identity.customer, account: account, address: session.peer.address,
                succeeded: true, autonomousSystem: place.autonomousSystem, country: place.country)
        case .authenticationFailed(_, let user):
            guard let account = AccountName(user), let owner = settings.directory.owner(of: account) else { return nil }
            return LoginEvent(
                time: parts.clock(), customer: owner, account: account, address: session.peer.address,
                succeeded: false, autonomousSystem: place.autonomousSystem, country: place.country)
        default: return nil
        }
    }
}

extension Stop {
    /// A person's stop stops everything. Detection's own leaves the owner what he sends as ever (`passWhileStopped`): to old
    /// contacts, from his place and program; the rest is refused or held.
    var coversEverything: Bool { author != .detector }
}
