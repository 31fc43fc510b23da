import ContentAnalysis
package import Detection
package import MailTypes
import MessageFormat
import NIOConcurrencyHelpers

/// The one road from a submission's bytes to its verdict, for SMTP and replay alike.
///
/// `begin` → chunks → `finish` → `judge`. Nothing blocks and nothing is asynchronous: all of it runs on event loops. The
/// detector and the campaigns are shared by them behind one lock, held for microseconds.
package final class Inspector: Sendable {
    private struct State: Sendable {
        var detector: Detector
        var campaigns: CampaignIndex
        var scoring: any ContentScoring
        var recorder: (any EventRecording)?
        var lists = LocalLists()

        /// Records and folds, in one order.
        mutating func take(_ event: DetectionEvent) -> Verdict? {
            recorder?.record(event)
            return detector.take(event)
        }
    }

    private let state: NIOLockedValueBox<State>
    private let hash: KeyedHash

    /// - Parameters:
    ///   - hashKey: random, secret, and kept with the detector's state: with another key everybody's recipients are new.
    ///   - campaignCapacity: campaigns remembered, about 1.5 KB each.
    ///   - recorder: keeps every event in the order in which it counts: the journal.
    package init(
        scoring: any ContentScoring, policy: DetectionPolicy, hashKey: (UInt64, UInt64),
        capacity: Detector.Capacity = Detector.Capacity(), campaignCapacity: Int = 20_000,
        recorder: (any EventRecording)? = nil
    ) {
        hash = KeyedHash(key: hashKey)
        state = NIOLockedValueBox(
            State(
                detector: Detector(policy: policy, capacity: capacity),
                campaigns: CampaignIndex(capacity: campaignCapacity), scoring: scoring, recorder: recorder))
    }

    /// Starts on one submission.
    package func begin(_ facts: SubmissionFacts) -> InspectionSession { InspectionSession(self, facts) }

    /// Looks at a message that was read: identity, text, campaign, sender. Counts it in its campaign, and nowhere else.
    func assess(_ facts: SubmissionFacts, _ message: ParsedMessage) -> Assessment {
        let identity = AccountFinder.refine(facts.identity, message.header, facts.profile)
        let (scoring, lists) = state.withLockedValue { ($0.scoring, $0.lists) }
        var traits = MessageTraits(message, scoring: scoring, hash: hash, customer: identity.customer)
        if facts.envelope.sender == .null { traits.disregardWhatReportsQuote(message) }
        let campaign = state.withLockedValue { $0.campaigns.sighting(of: traits, at: facts.time) }
        let isBound = Self.isBound(facts, message)
        var event = SubmissionEvent(
            id: facts.id, time: facts.time, identity: identity, envelope: facts.envelope, traits: traits,
            campaign: campaign, senderIsBound: isBound || facts.profile.binding == .off, heloName: facts.heloName,
            hash: hash)
        let known = lists.look(message, campaign: campaign?.campaign, recipients: facts.envelope.recipients)
        event.listed = known.logOdds
        return Assessment(
            id: facts.id, identity: identity, event: event, digest: MessageDigest(message),
            isForeignSender: !isBound && facts.profile.binding == .enforce, hops: message.header.hops,
            linkDomains: MessageTraits.linkDomains(message), traps: known.traps)
    }

    /// Whether envelope sender and From are the customer's. A null path is nobody's; From must then do.
    private static func isBound(_ facts: SubmissionFacts, _ message: ParsedMessage) -> Bool {
        guard !facts.profile.domains.isEmpty else { return true }
        if let sender = facts.envelope.sender.address, !facts.profile.owns(sender) { return false }
        return message.header.from.allSatisfy { mailbox in mailbox.address.map(facts.profile.owns) ?? true }
    }

    /// Folds the submission into what is known of its sources, and decides.
    ///
    /// - Parameters:
    ///   - isStopped: a stop of detection's covers it, also where detection has forgotten it.
    ///   - listed: what lists say that were asked by DNS, in log-odds.
    package func judge(_ assessment: Assessment, isStopped: Bool = false, listed: Double = 0) -> Verdict {
        var event = assessment.event
        event.listed += listed
        var (verdict, policy) = state.withLockedValue { state in
            let verdict = state.take(.submission(event)) ?? Verdict(.deliver)
            // It counted for this message by the list; for the next ones it is the source's record.
            if assessment.traps > 0 {
                _ = state.take(
                    .feedback(
                        FeedbackEvent(
                            id: event.id, time: event.time, identity: event.identity,
                            campaign: event.campaign?.campaign, kind: .trap)))
            }
            return (verdict, state.detector.policy)
        }
        if isStopped, verdict.observed == nil, verdict.action == .deliver || verdict.action == .hold {
            verdict.action = policy.actionUnderStop(verdict.logOdds, isNew: verdict.stop != nil)
        }
        if assessment.isForeignSender, verdict.action != .throttle {
            verdict.action = .refuse
            if !verdict.evidence.contains(where: { $0.kind == .senderBinding }) {
                verdict.evidence.append(
                    Evidence(.senderBinding, logOdds: 0, "the sender address lies outside the customer's domains"))
            }
        }
        return verdict
    }

    /// Notes that a message which was judged could not be kept, or was put off: it counts once when the client brings it again.
    package func observe(returned assessment: Assessment, at time: Timestamp) {
        state.withLockedValue { _ = $0.take(.returned(ReturnedEvent(assessment.event, at: time))) }
    }

    /// Counts what a receiver answered.
    package func observe(_ outcome: OutcomeEvent) { state.withLockedValue { _ = $0.take(.outcome(outcome)) } }

    /// Counts an attempt to log in.
    package func observe(login: LoginEvent) { state.withLockedValue { _ = $0.take(.login(login)) } }

    /// Takes word from outside, or from a person, about a submission that was judged before.
    package func observe(_ feedback: FeedbackEvent) { state.withLockedValue { _ = $0.take(.feedback(feedback)) } }

    package func observe(complaint event: FeedbackEvent) { observe(event.of(.complaint)) }

    package func observe(bounce event: FeedbackEvent) { observe(event.of(.bounce)) }

    /// Takes any event but a submission.
    package func take(_ event: DetectionEvent) {
        if case .submission = event { return }
        state.withLockedValue { _ = $0.take(event) }
    }

    /// Held submissions that may go out now; each is named once. To be asked every minute or so.
    package func releases(at time: Timestamp) -> [SubmissionID] {
        state.withLockedValue { $0.detector.releases(at: time) }
    }

    /// Names submissions so that reports about them can be believed.
    package var seal: SubmissionSeal { SubmissionSeal(hash) }

    /// The hashes by which addresses are remembered, for events that name them.
    package var addressHash: KeyedHash { hash }

    /// Forgets the suspicion against a source whose stop was lifted: else its next message would be its last again.
    package func reinstate(_ source: SourceID, at time: Timestamp = .distantPast) {
        state.withLockedValue { _ = $0.take(.reinstatement(source, time)) }
    }

    /// Takes new thresholds and limits; what is known stays.
    package func use(_ policy: DetectionPolicy) { state.withLockedValue { $0.detector.policy = policy } }

    /// Takes other local lists.
    package func use(_ lists: LocalLists) { state.withLockedValue { $0.lists = lists } }

    /// Takes a newly trained model.
    package func use(_ scoring: any ContentScoring) { state.withLockedValue { $0.scoring = scoring } }

    /// The detector's memory, to be kept over a restart. Written outside the lock; for other threads than event loops.
    package func snapshot() -> [UInt8] { state.withLockedValue { $0.detector }.snapshot() }

    /// Takes back what `snapshot` gave; on an error nothing is changed.
    package func restore(_ snapshot: [UInt8]) throws(SnapshotError) {
        var detector = state.withLockedValue { $0.detector }
        try detector.restore(snapshot)
        state.withLockedValue { [detector] in $0.detector = detector }
    }

    /// Sources remembered, for metrics.
    package var trackedSources: Int { state.withLockedValue { $0.detector.count } }
}

extension FeedbackEvent {
    fileprivate func of(_ kind: Kind) -> FeedbackEvent {
        var event = self
        event.kind = kind
        return event
    }
}
