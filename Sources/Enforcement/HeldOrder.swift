package import MailTypes

/// An act on a stop or a case after which its held mail is to be looked at: what becomes of it is the policy of whoever
/// carries the order out. Written in the same transaction as the act, and kept until it is carried out.
package struct HeldOrder: Hashable, Sendable {
    package enum Occasion: String, Hashable, Sendable, CaseIterable {
        /// The source may send again.
        case lifted
        /// The source may send again on probation: its checks hold.
        case reinstated
        /// The case was no spam.
        case falseAlarm = "false-alarm"
        /// The source is a campaign, and its stop was confirmed.
        case confirmed
    }

    package var sequence: Int64
    package var caseID: CaseID
    /// Whose held mail; `nil`: all of the case.
    package var source: SourceID?
    package var occasion: Occasion
    package var author: String
    package var time: Timestamp

    package init(
        sequence: Int64, caseID: CaseID, source: SourceID?, occasion: Occasion, author: String, time: Timestamp
    ) {
        self.sequence = sequence
        self.caseID = caseID
        self.source = source
        self.occasion = occasion
        self.author = author
        self.time = time
    }
}
