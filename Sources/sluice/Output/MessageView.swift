import MailTypes
import Spool

/// A spooled message as it is listed and shown.
struct MessageView: Encodable {
    var id: String
    var kind: String
    var received: String
    var state: String
    var heldUntil: String?
    var customer: String?
    var server: String?
    var account: String?
    var sender: String
    var recipients: [RecipientView]
    var bytes: Int
    var logOdds: Double
    var pool: String
    var campaign: String?
    var caseID: String?
    var evidence: [String]

    struct RecipientView: Encodable {
        var address: String
        var status: String
        var attempts: Int
        var nextAttempt: String?
        var lastReply: String?
    }

    init(_ message: SpooledMessage) {
        id = message.id.description
        kind = message.kind.rawValue
        received = message.received.iso8601
        switch message.state {
        case .queued: state = "queued"
        case .held(let until):
            state = "held"
            heldUntil = until.iso8601
        }
        customer = message.identity?.customer.description
        server = message.identity?.server.description
        account = message.identity?.account?.description
        sender = message.envelope.sender.description
        recipients = zip(message.envelope.recipients, message.recipients).map { recipient, progress in
            RecipientView(
                address: recipient.address.description, status: "\(progress.status)", attempts: Int(progress.attempts),
                nextAttempt: progress.status == .pending && progress.nextAttempt != .distantPast
                    ? progress.nextAttempt.iso8601 : nil,
                lastReply: progress.lastReply.isEmpty ? nil : progress.lastReply)
        }
        bytes = message.size.bytes
        logOdds = message.logOdds
        pool = message.pool.rawValue
        campaign = message.campaign?.description
        caseID = message.caseID?.description
        evidence = message.reasons.split(separator: "\n").map(String.init)
    }

    /// Who it came from: the account, or else the server, of the customer.
    var source: String {
        guard let customer else { return "(sluice)" }
        return customer + "/" + (account ?? server ?? "")
    }

    func print() {
        func row(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            Terminal.line("\(name.padded(12)) \(SafeText.printable(value, limit: 500))")
        }
        row("id", id)
        row("kind", kind)
        row("received", received)
        row("state", heldUntil.map { "held until \($0)" } ?? state)
        row("customer", customer)
        row("server", server)
        row("account", account)
        row("sender", "<\(sender)>")
        row("size", ByteCount(bytes).description)
        row("pool", pool)
        row("campaign", campaign)
        row("case", caseID)
        for recipient in recipients.prefix(50) {
            row("to", "<\(recipient.address)> \(recipient.status)" + (recipient.lastReply.map { ": \($0)" } ?? ""))
        }
        if recipients.count > 50 { row("to", "and \(recipients.count - 50) more") }
        row("log-odds", String(describing: (logOdds * 10).rounded() / 10))
        for sentence in evidence { row("evidence", sentence) }
    }
}

extension String {
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension Spool {
    /// The beginning of a message's content, for people: header and text, at most `limit` bytes.
    func beginning(_ message: SpooledMessage, limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for index in 0..<message.chunkCount where bytes.count < limit {
            guard let chunk = try chunk(message.id, index: index) else { break }
            bytes += chunk.prefix(limit - bytes.count)
        }
        return bytes
    }
}
