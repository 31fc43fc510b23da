import ControlStore
import Enforcement
import Logging
package import MailTypes
import NIOConcurrencyHelpers
import Spool

/// Held mail: which case it belongs to, and what becomes of it when a stop or a case ends. Runs on the responder's thread,
/// a page at a time, so that a stop never waits behind 100,000 messages.
extension Responder {
    /// Messages looked at before other acts have their turn.
    private static let page = 500
    /// Of a message's content, when it is judged again.
    private static let rejudgedBytes = 1 << 20

    /// Releases held messages, such as those that detection finds good after a while. Returns at once.
    package func release(_ ids: [SubmissionID], author: String, at time: Timestamp) {
        guard !ids.isEmpty else { return }
        submit { [self] in
            guarded("held mail not released") {
                _ = try HeldDesk(spool: spool, control: control).act(.release, on: ids, author: author, at: time)
            }
        }
    }

    /// Writes into the spool which case held messages belong to. Those whose commit has not come yet wait for the next look.
    func assignCases(at time: Timestamp) {
        for (id, ids) in state.withLockedValue({ $0.ledger.takeUnassigned(at: time) }) {
            guarded("held mail without its case") {
                let found = Set(try spool.assign(ids, to: id))
                let missing = ids.filter { !found.contains($0) }
                state.withLockedValue { $0.ledger.putBack(missing, of: id) }
            }
        }
    }

    /// Held mail from before the start: what its case was not written for before the crash.
    func adoptHeld(after last: SubmissionID?) {
        guarded("held mail without its case") {
            let messages = try spool.held(after: last, limit: Self.page)
            var found: [CaseID: [SubmissionID]] = [:]
            state.withLockedValue { state in
                for message in messages where message.caseID == nil {
                    let source = message.identity.map(SourceID.init(principalOf:))
                    guard let id = source.flatMap({ state.ledger[$0]?.caseID }) else { continue }
                    found[id, default: []].append(message.id)
                }
            }
            for (id, ids) in found { _ = try spool.assign(ids, to: id) }
            guard messages.count == Self.page, let next = messages.last?.id else { return }
            submit { [self] in adoptHeld(after: next) }
        }
    }

    /// Begins to carry out the orders that acts on stops and cases left, in this or another process, one at a time.
    func carryOutOrders(at time: Timestamp) {
        guard !state.withLockedValue({ $0.isCarryingOut }) else { return }
        guarded("orders not read") {
            guard let order = try control.heldOrders(limit: 1).first else { return }
            state.withLockedValue { $0.isCarryingOut = true }
            carryOut(order, after: nil, released: 0, deleted: 0, at: time)
        }
    }

    private func carryOut(
        _ order: HeldOrder, after last: SubmissionID?, released: Int, deleted: Int, at time: Timestamp
    ) {
        do {
            let filter = order.source.map(Spool.HeldFilter.init(source:)) ?? Spool.HeldFilter(caseID: order.caseID)
            let messages = try spool.held(filter, after: last, limit: Self.page)
            let (settings, register) = state.withLockedValue { ($0.settings, $0.register) }
            var ids: [Spool.HeldAct: [SubmissionID]] = [:]
            let campaigns = try campaigns(of: order)
            for message in messages {
                let judged = order.occasion == .reinstated ? try rejudged(message) : message
                guard let act = Self.act(on: judged, order, settings, register, campaigns, at: time) else { continue }
                ids[act, default: []].append(message.id)
            }
            switch order.occasion {
            case .confirmed: callbacks.learnt(messages.map(\.id), true)
            case .falseAlarm: callbacks.learnt(ids[.release] ?? [], false)
            default: break
            }
            let author = "policy:\(order.occasion.rawValue)"
            let freed = try spool.act(.release, onHeld: ids[.release] ?? [], author: author, at: time).count
            let gone = try spool.act(.delete, onHeld: ids[.delete] ?? [], author: author, at: time).count
            if messages.count == Self.page, let next = messages.last?.id {
                let accepted = submit { [self] in
                    carryOut(order, after: next, released: released + freed, deleted: deleted + gone, at: time)
                }
                if accepted { return }
            } else {
                try control.finish(order, released: released + freed, deleted: deleted + gone, at: time)
            }
        } catch {
            logger.error("response failed", metadata: ["what": "order not carried out", "error": "\(error)"])
        }
        // What could not be ended begins again at the next tick: what was done is not held any more.
        state.withLockedValue { $0.isCarryingOut = false }
    }

    /// The incident's campaigns, where they matter.
    private func campaigns(of order: HeldOrder) throws -> Set<CampaignID> {
        guard order.occasion == .reinstated else { return [] }
        return Set(try control.incident(order.caseID)?.recovery.campaigns ?? [])
    }

    /// The message with the log-odds of its own content.
    private func rejudged(_ message: SpooledMessage) throws -> SpooledMessage {
        var content: [UInt8] = []
        for index in 0..<message.chunkCount where content.count < Self.rejudgedBytes {
            guard let chunk = try spool.chunk(message.id, index: index) else { break }
            content += chunk
        }
        var judged = message
        if let logOdds = callbacks.rejudge(message, content) { judged.logOdds = logOdds }
        return judged
    }

    /// What is to become of a held message; `nil`: it stays until a person or its deadline decides.
    static func act(
        on message: SpooledMessage, _ order: HeldOrder, _ settings: ResponseSettings, _ register: StopRegister,
        _ campaigns: Set<CampaignID> = [], at time: Timestamp
    ) -> Spool.HeldAct? {
        if order.occasion == .confirmed { return settings.deletesConfirmedCampaigns ? .delete : nil }
        // What came after the act was held for another reason.
        guard message.received <= order.time else { return nil }
        let isCovered = message.identity.map { register.covering($0, campaign: message.campaign, at: time) != nil }
        guard isCovered != true else { return nil }
        if order.occasion == .reinstated, message.logOdds >= settings.releaseBelow {
            let isOfIncident = message.campaign.map(campaigns.contains) ?? false
            return isOfIncident || message.logOdds >= settings.deleteFrom ? .delete : nil
        }
        return order.occasion == .falseAlarm || message.logOdds < settings.releaseBelow ? .release : nil
    }
}

extension SourceID {
    /// The smallest sender known.
    init(principalOf identity: SubmissionIdentity) {
        self = identity.account.map { .account($0, identity.customer) } ?? .server(identity.server, identity.customer)
    }
}
