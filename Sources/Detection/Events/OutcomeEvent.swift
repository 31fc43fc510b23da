package import MailTypes

/// What a receiver answered for one recipient of one submission.
package struct OutcomeEvent: Hashable, Sendable {
    package var id: SubmissionID
    package var time: Timestamp
    package var identity: SubmissionIdentity
    package var campaign: CampaignID?
    package var result: Result
    /// The recipient's domain, for the damage report; detection does not look at it.
    package var receiver: DomainName?

    package init(
        id: SubmissionID, time: Timestamp, identity: SubmissionIdentity, campaign: CampaignID?, result: Result,
        receiver: DomainName? = nil
    ) {
        self.id = id
        self.time = time
        self.identity = identity
        self.campaign = campaign
        self.result = result
        self.receiver = receiver
    }

    package enum Result: String, Hashable, Sendable {
        case delivered
        /// 5.1.1 and its kin: there is no such mailbox.
        case unknownRecipient = "unknown-recipient"
        /// 5.7.x, 4.7.x and blocklist replies: the receiver does not want mail from here.
        case policyRefusal = "policy-refusal"
        case otherFailure = "other-failure"
        case deferred
    }
}
