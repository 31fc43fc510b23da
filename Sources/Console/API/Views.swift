import ControlStore
import Enforcement
import MailTypes
import Spool

/// One page of a list, and where the next one begins.
struct PageView<Item: Encodable>: Encodable {
    let items: [Item]
    /// For `after`; left out at the end.
    let next: String?

    /// - Parameter limit: how many were asked for: a shorter page is the last.
    init(_ items: [Item], limit: Int, cursor: (Item) -> String) {
        self.items = items
        next = items.count < limit ? nil : items.last.map(cursor)
    }
}

struct StopView: Encodable {
    let source: String
    let scope: String
    let reason: String
    let certainty: String
    let since: String
    let until: String?
    let author: String
    let caseID: String

    private enum CodingKeys: String, CodingKey {
        case source, scope, reason, certainty, since, until, author
        case caseID = "case"
    }

    init(_ stop: Stop) {
        source = SafeText.printable(stop.source.description, limit: 400)
        scope = stop.source.scope.rawValue
        reason = SafeText.printable(stop.reason, limit: 500)
        certainty = stop.certainty.rawValue
        since = stop.since.iso8601
        until = stop.until?.iso8601
        author = SafeText.printable(stop.author.description, limit: 200)
        caseID = stop.caseID.description
    }
}

struct HeldView: Encodable {
    /// Recipients shown of one message.
    static let recipientLimit = 20

    let id: String
    let received: String
    let until: String?
    let customer: String?
    let server: String?
    let account: String?
    let sender: String
    let recipients: [String]
    let recipientCount: Int
    let bytes: Int
    let logOdds: Double
    let campaign: String?
    let caseID: String?
    let evidence: [String]

    private enum CodingKeys: String, CodingKey {
        case id, received, until, customer, server, account, sender, recipients, recipientCount, bytes, logOdds
        case campaign, evidence
        case caseID = "case"
    }

    init(_ message: SpooledMessage) {
        id = message.id.description
        received = message.received.iso8601
        if case .held(let time) = message.state { until = time.iso8601 } else { until = nil }
        customer = message.identity?.customer.description
        server = message.identity?.server.description
        account = message.identity?.account.map { SafeText.printable($0.description) }
        sender = SafeText.printable(message.envelope.sender.description)
        recipients = message.envelope.recipients.prefix(Self.recipientLimit).map {
            SafeText.printable($0.address.description)
        }
        recipientCount = message.envelope.recipients.count
        bytes = message.size.bytes
        logOdds = message.logOdds.isFinite ? message.logOdds : 0
        campaign = message.campaign?.description
        caseID = message.caseID?.description
        evidence = message.reasons.split(separator: "\n").prefix(20).map { SafeText.printable(String($0), limit: 500) }
    }
}

struct MessageView: Encodable {
    struct Fate: Encodable {
        let what: String
        let at: String
        let author: String
    }

    let message: HeldView
    /// The beginning of header and text.
    let beginning: String
    let fates: [Fate]

    init(_ message: SpooledMessage, beginning: [UInt8], fates: [FateRecord]) {
        self.message = HeldView(message)
        self.beginning = SafeLines.text(beginning)
        self.fates = fates.map {
            Fate(what: $0.fate.rawValue, at: $0.at.iso8601, author: SafeText.printable($0.author, limit: 200))
        }
    }
}

struct AuditView: Encodable {
    let sequence: Int64
    let time: String
    let author: String
    let act: String
    let subject: String
    let detail: String

    init(_ entry: AuditEntry) {
        sequence = entry.sequence
        time = entry.time.iso8601
        author = SafeText.printable(entry.author, limit: 400)
        act = SafeText.printable(entry.act, limit: 100)
        subject = SafeText.printable(entry.subject, limit: 500)
        detail = SafeText.printable(entry.detail, limit: 1000)
    }
}

struct SpoolView: Encodable {
    struct Group: Encodable {
        let messages: Int
        let bytes: Int
        let oldest: String?

        init(_ group: SpoolStatus.Group) {
            messages = group.messages
            bytes = group.size.bytes
            oldest = group.oldest?.iso8601
        }
    }

    let queued: Group
    let held: Group
    let nextDeadline: String?

    init(_ status: SpoolStatus) {
        queued = Group(status.queued)
        held = Group(status.held)
        nextDeadline = status.nextDeadline?.iso8601
    }
}
