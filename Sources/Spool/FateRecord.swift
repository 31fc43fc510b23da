package import MailTypes

/// What was done with a message that was held (or that is a notice of ours), by whom and when. It outlives the message.
package struct FateRecord: Hashable, Sendable {
    /// How long records are kept, from their own time to that of a later one.
    package static let retention = Duration.seconds(90 * 86_400)

    package enum Fate: String, Hashable, Sendable {
        case held
        /// A notice of ours was committed.
        case queued
        /// From hold into the queue, to leave through the risky pool.
        case released
        case deleted
        /// Its time was over, and its sender was told.
        case bounced
    }

    package var message: SubmissionID
    package var fate: Fate
    /// `person:ann`, `deadline`.
    package var author: String
    package var at: Timestamp

    package init(message: SubmissionID, fate: Fate, author: String, at: Timestamp) {
        self.message = message
        self.fate = fate
        self.author = author
        self.at = at
    }
}
