import MailTypes

/// One thing to write.
enum SpoolOperation: Sendable {
    case stage(SubmissionID, index: Int, [UInt8])
    case discard(SubmissionID)
    /// `envelope` is encoded by who submits, so that the one writing thread does not have to.
    case commit(SpooledMessage, envelope: [UInt8], chunks: [[UInt8]], firstIndex: Int)
    case update(SubmissionID, envelope: [UInt8])
    case remove(SubmissionID)
    case move(SubmissionID, SpooledMessage.State, author: String, Timestamp)
    case settle(SubmissionID, FateRecord.Fate, author: String, Timestamp)
    /// As `move` to the queue or `settle`, for as many as are held still, handed to the relay as another process's acts are.
    case actOnHeld(Spool.HeldAct, [SubmissionID], author: String, Timestamp, done: @Sendable ([SubmissionID]) -> Void)
    /// Names the case of messages that have none; `done` with those that are there.
    case assign([SubmissionID], CaseID, done: @Sendable ([SubmissionID]) -> Void)
    /// What is rare: maintenance, and the look for other processes' acts.
    case perform(@Sendable (SpoolTables) throws(SpoolError) -> Void)

    /// Bytes of content it carries: what waits is bounded by them.
    var weight: Int {
        switch self {
        case .stage(_, _, let chunk): chunk.count
        case .commit(_, let envelope, let chunks, _): chunks.reduce(envelope.count) { $0 + $1.count }
        case .update(_, let envelope): envelope.count
        case .discard, .remove, .move, .settle, .actOnHeld, .assign, .perform: 0
        }
    }

    /// Whether it makes room: such are tried by themselves when the disk is full.
    var makesRoom: Bool {
        switch self {
        case .discard, .remove, .settle: true
        case .actOnHeld(let act, _, _, _, _): act == .delete
        case .stage, .commit, .update, .move, .assign, .perform: false
        }
    }
}
