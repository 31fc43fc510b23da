package import MailTypes

/// The queue's durable side. Implemented over the spool; callbacks may come on any thread.
package protocol MailStore: Sendable {
    typealias Done = @Sendable (Result<Void, any Error>) -> Void

    /// A queued message; `nil` when it is gone or held. Blocks: called on the reader threads only.
    func message(_ id: SubmissionID) throws -> RelayMessage?
    /// One chunk of the bytes. Blocks.
    func chunk(_ id: SubmissionID, _ index: Int) throws -> [UInt8]?
    /// Queued (not held) messages behind `after` in the order of arrival. Blocks.
    func queued(after: SubmissionID?, limit: Int) throws -> [RelayMessage]
    /// Messages that another process (the command line) released, held or deleted since the last call. Blocks.
    func pickUpReleased() throws -> [SubmissionID]
    /// Held messages whose deadline is over, at most `limit`. Blocks.
    func heldPastDeadline(_ now: Timestamp, limit: Int) throws -> [RelayMessage]
    /// Writes the recipients' progress; durable when `done` succeeds.
    func update(_ message: RelayMessage, _ done: @escaping Done)
    /// Removes a message that is settled to its last recipient.
    func remove(_ message: RelayMessage, _ done: @escaping Done)
    /// Stores a report of the relay's own; durable when `done` succeeds.
    func commit(_ report: RelayMessage, chunks: [[UInt8]], _ done: @escaping Done)
    /// Ends a held message's time: `release` queues it (in the risky pool), `delete` and `bounce` remove it, with a record.
    func settleHeld(_ message: RelayMessage, _ fate: HeldFate, at time: Timestamp, _ done: @escaping Done)
    /// What a person or a stop does to one message, recorded under the author's name. Fails when the message is gone, or
    /// in that state already.
    func act(_ act: HoldAct, on id: SubmissionID, author: String, at time: Timestamp, _ done: @escaping Done)
}

/// What can be done to a message in the spool from outside.
package enum HoldAct: Sendable, Hashable {
    /// A queued one is kept back. What is in flight runs to its end.
    case hold(until: Timestamp)
    /// A held one is sent after all, through the risky pool.
    case release
    /// A held or queued one is taken away for good.
    case delete
}
