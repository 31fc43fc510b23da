package import MailTypes

/// A message of the spool as the relay handles it: everything but its bytes.
package struct RelayMessage: Sendable {
    package var id: SubmissionID
    package var kind: Kind
    /// Who submitted it; `nil` for mail of Sluice's own.
    package var identity: SubmissionIdentity?
    package var campaign: CampaignID?
    package var envelope: Envelope
    package var size: ByteCount
    /// Chunks that the spool keeps the bytes in.
    package var chunkCount: Int
    package var received: Timestamp
    /// End of its time in the queue.
    package var expires: Timestamp
    package var pool: EgressPool.Kind
    /// In the order of the envelope's recipients.
    package var progress: [RecipientProgress]

    package init(
        id: SubmissionID, kind: Kind, identity: SubmissionIdentity?, campaign: CampaignID?, envelope: Envelope,
        size: ByteCount, chunkCount: Int, received: Timestamp, expires: Timestamp, pool: EgressPool.Kind,
        progress: [RecipientProgress]
    ) {
        self.id = id
        self.kind = kind
        self.identity = identity
        self.campaign = campaign
        self.envelope = envelope
        self.size = size
        self.chunkCount = chunkCount
        self.received = received
        self.expires = expires
        self.pool = pool
        self.progress = progress
    }

    package enum Kind: String, Sendable, Hashable {
        case submission
        /// Mail of Sluice's own to people.
        case notice
        /// A delivery status notification: never answered by another.
        case report
    }
}

/// How far one recipient's delivery is.
package struct RecipientProgress: Sendable, Hashable {
    package var status: Status
    /// Attempts made.
    package var attempts: Int
    package var nextAttempt: Timestamp?
    /// The last reply, as `Reply.description` gives it; `nil` before the first.
    package var lastReply: String?
    package var isDelayNoticed: Bool

    package init(
        status: Status = .pending, attempts: Int = 0, nextAttempt: Timestamp? = nil, lastReply: String? = nil,
        isDelayNoticed: Bool = false
    ) {
        self.status = status
        self.attempts = attempts
        self.nextAttempt = nextAttempt
        self.lastReply = lastReply
        self.isDelayNoticed = isDelayNoticed
    }

    package enum Status: String, Sendable, Hashable { case pending, delivered, failed }
}
