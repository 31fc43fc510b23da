package import MailTypes

/// What one log line tells, whatever program wrote it. Slices belong to the line's buffer.
package enum LogEvent {
    /// Understood, and nothing in it that the analysis counts.
    case nothing
    case login(Login)
    case submission(Submission)
    case queued(Queued)
    case delivery(Delivery)
    case removed(queueID: ByteSlice)
    case reject(Reject)
    case flow(Flow)
}

/// What a login was for.
package enum LoginService: UInt8, Sendable, CaseIterable {
    case smtp, imap, pop3, sieve, webmail, ssh, windows, other

    package var name: String {
        switch self {
        case .smtp: "smtp"
        case .imap: "imap"
        case .pop3: "pop3"
        case .sieve: "sieve"
        case .webmail: "webmail"
        case .ssh: "ssh"
        case .windows: "windows"
        case .other: "other"
        }
    }
}

/// An attempt to log in, and how it ended.
package struct Login {
    /// The name that was tried; empty where the log does not tell it.
    package var account: ByteSlice = .empty
    package var address: IPAddress?
    package var success: Bool
    package var service: LoginService
    /// `PLAIN`, `LOGIN`, `publickey`…; empty where the log does not tell it.
    package var method: ByteSlice = .empty
    /// How many attempts the line stands for; at least 1.
    package var attempts: Int = 1
    /// Told by a password backend, whose front (login process, smtpd) tells the same attempt again: count one of the two.
    package var isBackend = false
}

/// A message came in: by login, by a client's address, or from a process on the host itself.
package struct Submission {
    package var queueID: ByteSlice = .empty
    /// The login; empty when there was none.
    package var account: ByteSlice = .empty
    package var client: IPAddress?
    package var sender: ByteSlice = .empty
    package var size: Int = 0
    /// 0 when the line does not tell.
    package var recipients: Int = 0
    /// The user id, script or working directory of a local sender; empty when it came by network.
    package var script: ByteSlice = .empty
    /// The message came from the host itself, not by network.
    package var isLocal = false

    package init(
        queueID: ByteSlice = .empty, account: ByteSlice = .empty, client: IPAddress? = nil, sender: ByteSlice = .empty,
        script: ByteSlice = .empty, isLocal: Bool = false
    ) {
        self.queueID = queueID
        self.account = account
        self.client = client
        self.sender = sender
        self.script = script
        self.isLocal = isLocal
    }
}

/// What a queue manager says of a message: sender, size, recipients.
package struct Queued {
    package var queueID: ByteSlice
    package var sender: ByteSlice = .empty
    package var size: Int = 0
    /// 0 when the line does not tell.
    package var recipients: Int = 0
    /// The account, when this line tells it (Sendmail's `AUTH=server`, Exchange's tracking).
    package var account: ByteSlice = .empty
    package var client: IPAddress?
}

/// How an attempt to deliver ended.
package struct Delivery {
    package enum Outcome: UInt8, Sendable { case sent, deferred, bounced }

    package var queueID: ByteSlice
    package var recipient: ByteSlice = .empty
    package var outcome: Outcome
    /// The receiving host, where the log tells its address.
    package var relay: IPAddress?
    /// 0 when the line tells none.
    package var code: UInt16 = 0
    package var enhanced: EnhancedStatusCode?
    package var reason: ReplyClass = .none
    /// How many recipients the line stands for; at least 1.
    package var recipients = 1
    /// Delivered to a mailbox or command here: not mail that left.
    package var isLocal = false
    /// The queue id under which the next hop took it, when that hop is this host (content filters).
    package var nextQueueID: ByteSlice = .empty
}

/// This host refused something at its door.
package struct Reject {
    package var client: IPAddress?
    package var account: ByteSlice = .empty
    package var sender: ByteSlice = .empty
    package var recipient: ByteSlice = .empty
    package var code: UInt16 = 0
    package var enhanced: EnhancedStatusCode?
    package var reason: ReplyClass = .other
}

/// A connection that a firewall let through or dropped.
package struct Flow {
    package var source: IPAddress
    package var destination: IPAddress
    package var sourcePort: UInt16 = 0
    package var destinationPort: UInt16 = 0
    package var accepted: Bool
    package var direction: Direction = .unknown
    /// How many the line stands for; at least 1.
    package var count: Int = 1

    package enum Direction: UInt8, Sendable { case incoming, outgoing, forwarded, unknown }
}
