package import Detection
package import MailTypes

/// What became of recipients, told as it happens: for logs, metrics, and detection.
package enum DeliveryEvent: Sendable {
    case attempt(Attempt)
    /// The destination as a whole is put off after a failed connection or DNS question; its messages stay queued.
    case destinationPostponed(DestinationKey, reason: String, until: Timestamp, failures: Int, queued: Int)
    /// Delivered, bounced or dropped to the last recipient: the message left the spool.
    case completed(SubmissionID)
    /// A bounce, delay or success notice was put into the spool.
    case reported(of: SubmissionID, report: SubmissionID, kind: ReportKind)
    /// A report could not be delivered (double bounce), or may not be sent (null sender): its content is gone.
    case reportDropped(SubmissionID, reason: String)
    /// A held message's deadline passed.
    case heldExpired(SubmissionID, fate: HeldFate)
    /// The spool failed us; the text is for the log.
    case spoolTrouble(String)

    /// One recipient's outcome of one attempt.
    package struct Attempt: Sendable {
        package var message: SubmissionID
        package var identity: SubmissionIdentity?
        package var campaign: CampaignID?
        package var recipient: EmailAddress
        package var time: Timestamp
        /// From 1; 0 when the message expired before the first.
        package var attempts: Int
        package var reply: Reply
        package var result: OutcomeEvent.Result
        /// Whether this is the end for the recipient.
        package var isFinal: Bool
        package var nextAttempt: Timestamp?
        package var destination: DestinationKey
        /// The host that answered; `nil` when none did.
        package var remoteHost: String?
        /// Protocol version and cipher; `nil` without TLS.
        package var tls: String?

        /// The event for detection; `nil` for mail of Sluice's own.
        package var outcome: OutcomeEvent? {
            identity.map {
                OutcomeEvent(
                    id: message, time: time, identity: $0, campaign: campaign, result: result,
                    receiver: recipient.domain.name)
            }
        }
    }

    package enum ReportKind: String, Sendable { case failure, delay, success }
}

/// What happens to held mail when its deadline is over.
package enum HeldFate: String, Sendable, Hashable, CaseIterable {
    /// The sender is told that it was not delivered.
    case bounce
    case delete
    /// Sent after all, through the risky pool.
    case release
}
