package import MailTypes

/// One submission as detection sees it: no content, no addresses, only what was counted and hashed from them.
package struct SubmissionEvent: Hashable, Sendable {
    package var id: SubmissionID
    package var time: Timestamp
    package var identity: SubmissionIdentity
    /// The content model's log-odds of spam.
    package var contentLogOdds: Double
    /// The campaign that the content belongs to, with how often it was seen before; `nil` if there was too little text.
    package var campaign: CampaignSighting?
    /// Keyed hashes of the recipients' canonical addresses.
    package var recipients: [UInt64]
    /// A keyed hash of the envelope sender; 0 for the null path.
    package var sender: UInt64
    /// False when sender and From lie outside the customer's own domains (where it has any).
    package var senderIsBound: Bool
    /// A keyed hash of the client's HELO name.
    package var helo: UInt64
    package var size: ByteCount

    package init(
        id: SubmissionID, time: Timestamp, identity: SubmissionIdentity, contentLogOdds: Double,
        campaign: CampaignSighting?,
        recipients: [UInt64], sender: UInt64, senderIsBound: Bool, helo: UInt64, size: ByteCount
    ) {
        self.id = id
        self.time = time
        self.identity = identity
        self.contentLogOdds = contentLogOdds
        self.campaign = campaign
        self.recipients = recipients
        self.sender = sender
        self.senderIsBound = senderIsBound
        self.helo = helo
        self.size = size
    }
}

/// A submission's place in its campaign, at the time it arrived.
package struct CampaignSighting: Hashable, Sendable {
    package var campaign: CampaignID
    /// Submissions of the campaign before this one, over all customers.
    package var earlier: Int
    package var firstSeen: Timestamp

    package init(campaign: CampaignID, earlier: Int, firstSeen: Timestamp) {
        self.campaign = campaign
        self.earlier = earlier
        self.firstSeen = firstSeen
    }
}

/// What a receiver answered for one recipient of one submission.
package struct OutcomeEvent: Hashable, Sendable {
    package var id: SubmissionID
    package var time: Timestamp
    package var identity: SubmissionIdentity
    package var campaign: CampaignID?
    package var result: Result

    package init(
        id: SubmissionID, time: Timestamp, identity: SubmissionIdentity, campaign: CampaignID?, result: Result
    ) {
        self.id = id
        self.time = time
        self.identity = identity
        self.campaign = campaign
        self.result = result
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
