import ContentAnalysis
import MTAControl
import MailTypes
import QueueCleanup

/// A scan for people and programs.
struct QueueView: Encodable {
    struct Group: Encodable {
        var name: String
        var messages: Int
        var held: Int
        var recipients: Int
        var is_: String
        var marked: String?
        var reason: String
        var isOdd: Bool
        var logOdds: Double
        var first: String
        var last: String
        var bytes: Int
        var accounts: [Counted]
        var scripts: [Counted]
        var clients: [Counted]
        var users: [Counted]
        var senders: [Counted]
        var recipientDomains: [Counted]
        var hosts: [Counted]
        var subjects: [Counted]
        var sample: [String]
        var fingerprint: String?

        private enum CodingKeys: String, CodingKey {
            case name, messages, held, recipients, marked, reason, isOdd, logOdds, first, last, bytes, accounts, scripts
            case clients, users, senders, recipientDomains, hosts, subjects, sample, fingerprint
            case is_ = "is"
        }
    }

    struct Counted: Encodable {
        var name: String
        var messages: Int
    }

    var queue: String
    var messages: Int
    var leftMeanwhile: Int
    var arriving: Int
    var problems: [QueueSurvey.Problem]
    var groups: [Group]

    /// How many values of each kind are told.
    private static let shown = 10

    init(_ scan: QueueScan, queue: String) {
        self.queue = queue
        messages = scan.survey.messages.count
        leftMeanwhile = scan.survey.leftMeanwhile
        arriving = scan.survey.arriving
        problems = scan.survey.problems
        groups = scan.groups.map { Self.group($0, scan.messages(of: $0)) }
    }

    private static func group(_ group: MessageGroup, _ messages: [MessageSummary]) -> Group {
        Group(
            name: group.name, messages: messages.count, held: messages.count { $0.isHeld },
            recipients: messages.reduce(0) { $0 + $1.left }, is_: group.verdict.rawValue, marked: group.mark?.rawValue,
            reason: group.reason, isOdd: group.isOdd, logOdds: (group.logOdds * 10).rounded() / 10,
            first: messages.first?.identity.arrival.iso8601 ?? "", last: messages.last?.identity.arrival.iso8601 ?? "",
            bytes: messages.reduce(0) { $0 + $1.size.bytes },
            accounts: counted(messages.map { $0.origin.account.map { [$0] } ?? [] }),
            scripts: counted(messages.map { $0.origin.script.map { [$0] } ?? [] }),
            clients: counted(messages.map { $0.origin.client.map { [$0] } ?? [] }),
            users: counted(messages.map { $0.origin.user.map { [$0] } ?? [] }),
            senders: counted(messages.map { [$0.sender.isEmpty ? "<>" : $0.sender] }),
            recipientDomains: counted(messages.map(\.domains)), hosts: counted(messages.map(\.hosts)),
            subjects: counted(messages.map { [$0.subject] }),
            sample: messages.prefix(5).map(\.id.description), fingerprint: group.centre?.text)
    }

    private static func counted(_ values: [[String]]) -> [Counted] {
        var counts: [String: Int] = [:]
        for value in values.joined() { counts[SafeText.printable(value, limit: 200), default: 0] += 1 }
        return counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(shown)
            .map { Counted(name: $0.key, messages: $0.value) }
    }

    static func standing(_ group: MessageGroup) -> String {
        group.mark.map { "\($0.rawValue) (marked)" } ?? group.verdict.rawValue
    }

    func print() {
        Terminal.line("\(SafeText.printable(queue)): \(messages) messages in \(groups.count) groups")
        var table = Table("group", "messages", "held", "rcpts", "is", "log-odds", "source", "to", "subject")
        for group in groups {
            let source = (group.accounts + group.scripts + group.users + group.clients + group.senders).first
            table.add(
                group.name, "\(group.messages)", "\(group.held)", "\(group.recipients)",
                group.marked.map { $0 + "*" } ?? group.is_, "\(group.logOdds)",
                SafeText.printable(source?.name ?? "", limit: 40),
                group.recipientDomains.first.map { "\(SafeText.printable($0.name, limit: 30)) \($0.messages)" } ?? "",
                SafeText.printable(group.subjects.first?.name ?? "", limit: 50))
        }
        if !table.isEmpty { table.print() }
        if groups.contains(where: { $0.marked != nil }) { Terminal.line("* marked by you") }
        if leftMeanwhile > 0 { Terminal.line("\(leftMeanwhile) messages left while the queue was read") }
        if arriving > 0 { Terminal.line("\(arriving) messages are being received now and were not read") }
        for problem in problems {
            Terminal.error("not read: \(SafeText.printable(problem.what)): \(SafeText.printable(problem.reason))")
        }
    }

    static func print(_ group: Group) {
        func row(_ name: String, _ value: String) { Terminal.line("\(name.padded(12)) \(value)") }
        func list(_ name: String, _ values: [Counted]) {
            for (index, value) in values.enumerated() {
                row(index == 0 ? name : "", "\(value.messages) × \(SafeText.printable(value.name, limit: 150))")
            }
        }
        row("group", group.name + (group.isOdd ? " (odd: look closely)" : ""))
        row("is", (group.marked.map { $0 + " (marked), by itself " } ?? "") + group.is_ + ": " + group.reason)
        row(
            "messages",
            "\(group.messages), \(group.held) of them held; \(ByteCount(group.bytes)); \(group.recipients) recipients")
        row("from, to", "\(group.first), \(group.last)")
        list("accounts", group.accounts)
        list("scripts", group.scripts)
        list("users", group.users)
        list("clients", group.clients)
        list("senders", group.senders)
        list("to", group.recipientDomains)
        list("links", group.hosts)
        list("subjects", group.subjects)
        row("for example", group.sample.joined(separator: " "))
    }
}
