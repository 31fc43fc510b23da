package import MailTypes

/// What a report says about a message that was sent before: a complaint (RFC 5965, or Microsoft's form without a report
/// part), or a delivery status notification (RFC 3464). Every word in it is the sender's of the report.
package struct FeedbackReport: Hashable, Sendable {
    package var kind: Kind
    /// The domain of the report's From: who says so.
    package var reporter: DomainName?
    /// The values of one header field of the returned message, topmost first; at most `referenceLimit`.
    package var references: [String] = []
    /// Of the returned message, without its brackets; empty if it is not known.
    package var messageID: [UInt8] = []
    /// The returned message, if it came back whole enough to be read; at most `originalLimit` bytes of it.
    package var original: [UInt8]?

    package static let referenceLimit = 4
    package static let originalLimit = 256 << 10

    package enum Kind: Hashable, Sendable {
        case complaint(Complaint)
        /// One for each recipient that the report names; at most `recipientLimit`.
        case delivery([Recipient])
    }

    package static let recipientLimit = 1000

    /// Feedback-Type (RFC 5965 §7.3 and the registry behind it).
    package enum Complaint: String, Hashable, Sendable, CaseIterable {
        case abuse, fraud, virus, other
        /// RFC 6430: the recipient took it out of the spam folder. No complaint.
        case notSpam = "not-spam"
        /// He wants no more of the list.
        case optOut = "opt-out"
        case authenticationFailure = "auth-failure"

        /// Whether somebody called the message unwanted.
        package var isComplaint: Bool {
            switch self {
            case .abuse, .fraud, .virus, .other: true
            case .notSpam, .optOut, .authenticationFailure: false
            }
        }
    }

    package struct Recipient: Hashable, Sendable {
        package var action: Action
        /// 5.1.1 and the like, if it can be read.
        package var status: EnhancedStatusCode?

        package enum Action: String, Hashable, Sendable, CaseIterable {
            case failed, delayed, delivered, relayed, expanded
        }
    }
}
