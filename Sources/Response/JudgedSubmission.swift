package import Detection
package import Enforcement
import MailTypes

/// One judged submission, as far as the response needs it.
package struct JudgedSubmission: Hashable, Sendable {
    package var event: SubmissionEvent
    package var sample: CaseSample

    /// - Parameters:
    ///   - header: header lines for people to judge by, as they came.
    ///   - text: the beginning of the text, as it came.
    package init(event: SubmissionEvent, header: [UInt8], text: [UInt8]) {
        self.event = event
        sample = CaseSample(id: event.id, time: event.time, header: header, text: text)
    }

    /// The smallest sender known.
    var principal: SourceID { SourceID(principalOf: event.identity) }

    /// The same for a message and its later attempts: its recipients and sender, and the campaign.
    var repetition: UInt64 {
        // Summed, since a client may give the recipients in another order.
        let recipients = event.recipients.reduce(UInt64(event.recipients.count)) { $0 &+ ($1 ^ $1 << 21) }
        return recipients &* 31 &+ event.sender &+ (event.campaign?.campaign.rawValue ?? 0) &* 0x9e37_79b9_7f4a_7c15
    }
}
