package import Detection
package import MailTypes

/// A message in the spool, without its content.
package struct SpooledMessage: Hashable, Sendable {
    package var id: SubmissionID
    package var kind: Kind
    /// Who submitted it; `nil` for the gateway's own notices and reports.
    package var identity: SubmissionIdentity?
    package var envelope: Envelope
    /// Bytes of content, with the trace header.
    package var size: ByteCount
    package var chunkCount: Int
    package var received: Timestamp
    package var state: State
    package var pool: Pool
    /// What inspection said.
    package var action: Verdict.Action
    package var logOdds: Double
    package var campaign: CampaignID?
    /// The evidence's sentences, one a line, for `held show`.
    package var reasons: String
    package var caseID: CaseID?
    /// When delivery is given up.
    package var expires: Timestamp
    /// One for each recipient of the envelope, in its order.
    package var recipients: [RecipientState]

    package enum Kind: String, Hashable, Sendable {
        case submission
        /// Ours, to operator or customer; stops do not touch it.
        case notice
        /// Ours, a delivery status notification.
        case report
    }

    package enum State: Hashable, Sendable {
        case queued
        /// Kept until the deadline, then its configured fate.
        case held(until: Timestamp)
    }

    /// The source addresses it may leave through.
    package enum Pool: String, Hashable, Sendable {
        case clean, risky
    }

    package init(
        id: SubmissionID, kind: Kind, identity: SubmissionIdentity?, envelope: Envelope, size: ByteCount,
        chunkCount: Int,
        received: Timestamp, state: State = .queued, pool: Pool = .clean, action: Verdict.Action = .deliver,
        logOdds: Double = 0, campaign: CampaignID? = nil, reasons: String = "", caseID: CaseID? = nil,
        expires: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.identity = identity
        self.envelope = envelope
        self.size = size
        self.chunkCount = chunkCount
        self.received = received
        self.state = state
        self.pool = pool
        self.action = action
        self.logOdds = logOdds
        self.campaign = campaign
        self.reasons = reasons
        self.caseID = caseID
        self.expires = expires
        self.recipients = envelope.recipients.map { _ in RecipientState() }
    }
}

/// How far one recipient's delivery is.
package struct RecipientState: Hashable, Sendable {
    package enum Status: UInt8, Hashable, Sendable {
        case pending = 0
        case delivered, failed
    }

    package var status: Status = .pending
    package var attempts: UInt32 = 0
    package var nextAttempt: Timestamp = .distantPast
    package var delayNoticed = false
    /// The last reply, as `code enhanced text`, made safe; at most 512 bytes are kept.
    package var lastReply = ""

    package init() {}
}
