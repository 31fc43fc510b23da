import Detection
package import MailTypes
package import Spool

/// The queue's durable side over the spool.
package final class SpoolStore: MailStore {
    private let spool: Spool

    /// Who is named in the record of a hold that ended by itself.
    private static let deadline = "deadline"

    package init(_ spool: Spool) { self.spool = spool }

    package func message(_ id: SubmissionID) throws -> RelayMessage? {
        guard let message = try spool.message(id), case .queued = message.state else { return nil }
        return RelayMessage(message)
    }

    package func chunk(_ id: SubmissionID, _ index: Int) throws -> [UInt8]? { try spool.chunk(id, index: index) }

    package func queued(after: SubmissionID?, limit: Int) throws -> [RelayMessage] {
        try spool.queued(after: after, limit: limit).map(RelayMessage.init)
    }

    package func pickUpReleased() throws -> [SubmissionID] { try spool.pickUpReleased() }

    package func heldPastDeadline(_ now: Timestamp, limit: Int) throws -> [RelayMessage] {
        try spool.heldPastDeadline(now, limit: limit).map(RelayMessage.init)
    }

    package func update(_ message: RelayMessage, _ done: @escaping Done) {
        spool.update(SpooledMessage(message)) { done(Self.forgiving($0)) }
    }

    package func remove(_ message: RelayMessage, _ done: @escaping Done) {
        spool.remove(message.id, size: message.size) { done(Self.forgiving($0)) }
    }

    package func commit(_ report: RelayMessage, chunks: [[UInt8]], _ done: @escaping Done) {
        spool.commit(SpooledMessage(report), chunks: chunks) { done($0.mapError { $0 }) }
    }

    package func settleHeld(
        _ message: RelayMessage, _ fate: HeldFate, at time: Timestamp, _ done: @escaping Done
    ) {
        switch fate {
        case .release:
            spool.move(message.id, to: .queued, author: Self.deadline, at: time) { done(Self.forgiving($0)) }
        case .bounce:
            spool.settle(message.id, as: .bounced, author: Self.deadline, at: time) { done(Self.forgiving($0)) }
        case .delete:
            spool.settle(message.id, as: .deleted, author: Self.deadline, at: time) { done(Self.forgiving($0)) }
        }
    }

    package func act(
        _ act: HoldAct, on id: SubmissionID, author: String, at time: Timestamp, _ done: @escaping Done
    ) {
        switch act {
        case .hold(let until):
            spool.move(id, to: .held(until: until), author: author, at: time) { done($0.mapError { $0 }) }
        case .release: spool.move(id, to: .queued, author: author, at: time) { done($0.mapError { $0 }) }
        case .delete: spool.settle(id, as: .deleted, author: author, at: time) { done($0.mapError { $0 }) }
        }
    }

    /// A message that a person deleted meanwhile needs no more writing: that is no trouble, and must not be repeated.
    private static func forgiving(_ result: Result<Void, SpoolError>) -> Result<Void, any Error> {
        if case .failure(let error) = result {
            return error.code == .notFound ? .success(()) : .failure(error)
        }
        return .success(())
    }
}

extension RelayMessage {
    /// What the spool holds. A message that was ever held, or is in doubt, is bound to the risky pool whatever its row says.
    package init(_ message: SpooledMessage) {
        self.init(
            id: message.id, kind: Kind(message.kind), identity: message.identity, campaign: message.campaign,
            envelope: message.envelope, size: message.size, chunkCount: message.chunkCount, received: message.received,
            expires: message.expires, pool: message.pool == .risky || message.action == .hold ? .risky : .clean,
            progress: message.recipients.map(RecipientProgress.init))
    }
}

extension RelayMessage.Kind {
    init(_ kind: SpooledMessage.Kind) {
        switch kind {
        case .submission: self = .submission
        case .notice: self = .notice
        case .report: self = .report
        }
    }
}

extension RecipientProgress {
    init(_ state: RecipientState) {
        let status: Status =
            switch state.status {
            case .pending: .pending
            case .delivered: .delivered
            case .failed: .failed
            }
        self.init(
            status: status, attempts: Int(state.attempts),
            nextAttempt: state.nextAttempt == .distantPast ? nil : state.nextAttempt,
            lastReply: state.lastReply.isEmpty ? nil : state.lastReply, isDelayNoticed: state.delayNoticed)
    }
}

extension SpooledMessage {
    /// For an update, which writes the recipients only, and for reports, which inspection never saw.
    init(_ message: RelayMessage) {
        let kind: Kind =
            switch message.kind {
            case .submission: .submission
            case .notice: .notice
            case .report: .report
            }
        self.init(
            id: message.id, kind: kind, identity: message.identity, envelope: message.envelope, size: message.size,
            chunkCount: message.chunkCount, received: message.received, pool: message.pool == .risky ? .risky : .clean,
            campaign: message.campaign, expires: message.expires)
        for (place, progress) in message.progress.enumerated() where place < recipients.count {
            recipients[place] = RecipientState(progress)
        }
    }
}

extension RecipientState {
    init(_ progress: RecipientProgress) {
        self.init()
        switch progress.status {
        case .pending: status = .pending
        case .delivered: status = .delivered
        case .failed: status = .failed
        }
        attempts = UInt32(clamping: progress.attempts)
        nextAttempt = progress.nextAttempt ?? .distantPast
        delayNoticed = progress.isDelayNoticed
        lastReply = SafeText.printable(progress.lastReply ?? "")
    }
}
