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
    /// A keyed hash of the envelope sender's domain; 0 for the null path or where it is not known.
    package var senderDomain: UInt64
    /// What the mail program shows of itself.
    package var client: ClientTraits
    /// Where the message stands in a conversation.
    package var thread: ThreadTraits
    /// Keyed hashes of the registered domains that the text links to, each once; at most `linkLimit`.
    package var links: [UInt64]
    /// How the message declares itself to be bulk mail.
    package var bulk: BulkMark
    /// The text was found in a local list of bad or good fingerprints, links or domains (log-odds; 0 if not).
    package var listed: Double

    package static let linkLimit = 16

    package init(
        id: SubmissionID, time: Timestamp, identity: SubmissionIdentity, contentLogOdds: Double,
        campaign: CampaignSighting?,
        recipients: [UInt64], sender: UInt64, senderIsBound: Bool, helo: UInt64, size: ByteCount,
        senderDomain: UInt64 = 0, client: ClientTraits = ClientTraits(), thread: ThreadTraits = ThreadTraits(),
        links: [UInt64] = [], bulk: BulkMark = .none, listed: Double = 0
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
        self.senderDomain = senderDomain
        self.client = client
        self.thread = thread
        self.links = links
        self.bulk = bulk
        self.listed = listed
    }
}

/// A submission that was judged and not kept.
package struct ReturnedEvent: Hashable, Sendable {
    package var id: SubmissionID
    package var time: Timestamp
    /// `SubmissionEvent.identityOfMessage`.
    package var message: UInt64

    package init(_ event: SubmissionEvent, at time: Timestamp) {
        self.init(id: event.id, time: time, message: event.identityOfMessage)
    }

    package init(id: SubmissionID, time: Timestamp, message: UInt64) {
        self.id = id
        self.time = time
        self.message = message
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
