import MTAControl
import MailTypes
import QueueCleanup

/// One queued message for people and programs.
struct QueuedMessageView: Encodable {
    var id: String
    var group: String
    var place: String
    var held: Bool
    var arrival: String
    var sender: String
    var subject: String
    var account: String?
    var script: String?
    var client: String?
    var user: String?
    var recipientsLeft: Int
    var recipientsDone: Int
    var recipientDomains: [String]
    var hosts: [String]
    var logOdds: Double
    var bytes: Int
    var sha256: String

    init(_ scan: QueueScan, _ index: Int) {
        let message = scan.survey.messages[index]
        id = message.id.description
        group = scan.groups[scan.groupOf[index]].name
        place = message.place
        held = message.isHeld
        arrival = message.identity.arrival.iso8601
        sender = SafeText.printable(message.sender, limit: 320)
        subject = message.subject
        account = message.origin.account
        script = message.origin.script
        client = message.origin.client
        user = message.origin.user
        recipientsLeft = message.left
        recipientsDone = message.done
        recipientDomains = Array(message.domains.prefix(50))
        hosts = message.hosts
        logOdds = (message.logOdds * 10).rounded() / 10
        bytes = message.size.bytes
        sha256 = message.identity.sha256
    }

    func print() {
        func row(_ name: String, _ value: String?) {
            if let value, !value.isEmpty {
                Terminal.line("\(name.padded(12)) \(SafeText.printable(value, limit: 500))")
            }
        }
        row("id", "\(id), group \(group)")
        row("place", place + (held ? ", held" : ""))
        row("arrival", arrival)
        row("sender", "<\(sender)>")
        row("account", account)
        row("script", script)
        row("client", client)
        row("user", user)
        row("recipients", "\(recipientsLeft) left, \(recipientsDone) done: \(recipientDomains.joined(separator: " "))")
        row("links", hosts.joined(separator: " "))
        row("size", ByteCount(bytes).description)
        row("log-odds", "\(logOdds)")
        row("subject", subject)
    }

    /// The beginning of header and body, every line made safe.
    func printText(_ queue: any MailQueue) throws {
        guard let message = try found(in: queue) else { return }
        let lines = message.content.prefix(4096).split(separator: 0x0a, omittingEmptySubsequences: false)
        for line in lines { Terminal.line("  " + SafeText.printable(bytes: line, limit: 200)) }
        if message.content.count > 4096 { Terminal.line("  … (\(ByteCount(message.content.count)) in all)") }
    }

    /// What a reader sees of it, as much as the window has room for.
    func printReadable(_ queue: any MailQueue, within window: WindowSize) throws {
        guard let message = try found(in: queue) else { return }
        let lines = ReadableText.of(message).split(separator: 0x0a, maxSplits: 1000)
            .filter { $0.contains { $0 > 0x20 } }
        let rows = max(5, window.rows - Self.rowsAround)
        for line in lines.prefix(rows) {
            Terminal.line("  " + SafeText.printable(bytes: line, limit: max(20, window.columns - 2)))
        }
        if lines.count > rows || lines.isEmpty { Terminal.line("  … (\(ByteCount(message.content.count)) in all)") }
    }

    /// What stands above and below the text.
    private static let rowsAround = 14

    private func found(in queue: any MailQueue) throws -> QueuedMessage? {
        let listing = try QueueFailures.told { try queue.list() }
        guard let id = QueueID(id), let entry = listing.entries[id], case .message(let message) = queue.read(entry)
        else {
            Terminal.line("(it has left the queue)")
            return nil
        }
        Terminal.line()
        return message
    }
}
