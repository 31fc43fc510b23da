package import Detection
package import MailTypes

/// What inspection found in one submission by itself, before its sources' history: stops are looked up with `identity` and
/// `campaign`, then `Inspector.judge` decides.
package struct Assessment: Sendable {
    package var id: SubmissionID
    /// With the account that a trusted header named.
    package var identity: SubmissionIdentity
    package var event: SubmissionEvent
    package var digest: MessageDigest
    /// The customer's policy forbids the sender's address: the verdict will be `refuse`.
    package var isForeignSender: Bool
    /// Trace fields: hops so far, for the loop check (RFC 5321 §6.3).
    package var hops: Int
    /// Registered domains that it links to, for lists that are asked by DNS; at most `SubmissionEvent.linkLimit`.
    package var linkDomains: [DomainName]
    /// Recipients that the operator knows as traps.
    package var traps: Int

    package var campaign: CampaignID? { event.campaign?.campaign }
}
