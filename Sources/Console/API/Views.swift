import ControlStore
package import Enforcement
import MailTypes
package import Spool

/// One page of a list, and where the next one begins.
package struct PageView<Item: Codable & Sendable>: Codable, Sendable {
    package let items: [Item]
    /// For `after`; left out at the end.
    package let next: String?

    /// - Parameter limit: how many were asked for: a shorter page is the last.
    init(_ items: [Item], limit: Int, cursor: (Item) -> String) {
        self.items = items
        next = items.count < limit ? nil : items.last.map(cursor)
    }

    /// With a cursor that is not part of what is shown.
    init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }
}

/// A sentence about what was done.
package struct OutcomeView: Codable, Sendable {
    package let outcome: String
}

/// A new link of a case.
package struct NewLinkView: Codable, Sendable {
    package let link: LinkView
    /// Shown once; left out when the answer is given again.
    package let url: String?
}

package struct RevokedView: Codable, Sendable {
    package let revoked: Int
}

/// What became of an act on held messages.
package struct HeldOutcomeView: Codable, Sendable {
    /// On how many it was done.
    package let count: Int
    /// The first thousand of them.
    package let done: [String]
    /// Those that are not held (any more).
    package let missing: [String]
}

package struct StopOutcomeView: Codable, Sendable {
    package let outcome: String
    package let stop: StopView
}

package struct CustomerView: Codable, Sendable {
    package let id: String
    package let name: String
    package let servers: [String]
    package let domains: [String]
    package let contacts: [String]

    init(_ customer: ConsoleStores.Customer) {
        id = customer.id.description
        name = SafeText.printable(customer.name)
        servers = customer.servers
        domains = customer.domains
        contacts = customer.contacts
    }
}

/// Whether the audit log is as it was written.
package struct ChainView: Codable, Sendable {
    package let intact: Bool
    /// Entries that are as they were written, or the number of the first that is not.
    package let entry: Int64
}

package struct StopView: Codable, Sendable {
    package let source: String
    package let scope: String
    package let reason: String
    package let certainty: String
    package let since: String
    package let until: String?
    package let author: String
    package let caseID: String

    private enum CodingKeys: String, CodingKey {
        case source, scope, reason, certainty, since, until, author
        case caseID = "case"
    }

    package init(_ stop: Stop) {
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

package struct HeldView: Codable, Sendable {
    /// Recipients shown of one message.
    package static let recipientLimit = 20

    package let id: String
    package let received: String
    package let until: String?
    package let customer: String?
    package let server: String?
    package let account: String?
    package let sender: String
    package let recipients: [String]
    package let recipientCount: Int
    package let bytes: Int
    package let logOdds: Double
    package let campaign: String?
    package let caseID: String?
    package let evidence: [String]

    private enum CodingKeys: String, CodingKey {
        case id, received, until, customer, server, account, sender, recipients, recipientCount, bytes, logOdds
        case campaign, evidence
        case caseID = "case"
    }

    package init(_ message: SpooledMessage) {
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

package struct MessageView: Codable, Sendable {
    package struct Fate: Codable, Sendable {
        package let what: String
        package let at: String
        package let author: String
    }

    package let message: HeldView
    /// The beginning of header and text.
    package let beginning: String
    package let fates: [Fate]

    package init(_ message: SpooledMessage, beginning: [UInt8], fates: [FateRecord]) {
        self.message = HeldView(message)
        self.beginning = SafeLines.text(beginning)
        self.fates = fates.map {
            Fate(what: $0.fate.rawValue, at: $0.at.iso8601, author: SafeText.printable($0.author, limit: 200))
        }
    }
}

package struct AuditView: Codable, Sendable {
    package let sequence: Int64
    package let time: String
    package let author: String
    package let act: String
    package let subject: String
    package let detail: String

    package init(_ entry: AuditEntry) {
        sequence = entry.sequence
        time = entry.time.iso8601
        author = SafeText.printable(entry.author, limit: 400)
        act = SafeText.printable(entry.act, limit: 100)
        subject = SafeText.printable(entry.subject, limit: 500)
        detail = SafeText.printable(entry.detail, limit: 1000)
    }
}

package struct SpoolView: Codable, Sendable {
    package struct Group: Codable, Sendable {
        package let messages: Int
        package let bytes: Int
        package let oldest: String?

        init(_ group: SpoolStatus.Group) {
            messages = group.messages
            bytes = group.size.bytes
            oldest = group.oldest?.iso8601
        }
    }

    package let queued: Group
    package let held: Group
    package let nextDeadline: String?

    package init(_ status: SpoolStatus) {
        queued = Group(status.queued)
        held = Group(status.held)
        nextDeadline = status.nextDeadline?.iso8601
    }
}
