package import MailTypes

/// What became of one letter of ours at one recipient.
package struct NoticeDelivery: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// On its way; nobody has answered yet.
        case queued
        /// The receiver said: later.
        case deferred
        case delivered
        /// Given up.
        case bounced
    }

    /// Bytes kept of a reply.
    package static let replyLimit = 300

    /// The letter's number in the spool.
    package var message: SubmissionID
    package var recipient: EmailAddress
    package var state: State
    /// The receiver's last words. From outside: whoever shows it makes it safe.
    package var reply: String
    package var time: Timestamp

    package init(message: SubmissionID, recipient: EmailAddress, state: State, reply: String, time: Timestamp) {
        self.message = message
        self.recipient = recipient
        self.state = state
        self.reply = IncidentCase.cut(reply, to: Self.replyLimit)
        self.time = time
    }
}
