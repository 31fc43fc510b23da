import ArgumentParser
import MailTypes
import Spool

struct SpoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool", abstract: "What is accepted and not yet delivered.",
        subcommands: [Status.self, List.self, Show.self, Check.self], defaultSubcommand: Status.self)

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "How much is queued and held, and for how long.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false

        private struct View: Encodable {
            var queued: GroupView
            var held: GroupView
            /// The gateway's own notices and reports among the queued.
            var queuedOwn: Int
            var nextDeadline: String?
            var fileBytes: Int
            var logBytes: Int
            var freeBytes: Int
        }

        private struct GroupView: Encodable {
            var messages: Int
            var bytes: Int
            var oldest: String?

            init(_ group: SpoolStatus.Group) {
                messages = group.messages
                bytes = group.size.bytes
                oldest = group.oldest?.iso8601
            }
        }

        func run() throws {
            let spool = try State.spool(config.load())
            defer { spool.close() }
            let status = try spool.status()
            if json {
                return try JSONOutput.print(
                    View(
                        queued: GroupView(status.queued), held: GroupView(status.held), queuedOwn: status.queuedOwn,
                        nextDeadline: status.nextDeadline?.iso8601, fileBytes: status.file.bytes,
                        logBytes: status.log.bytes, freeBytes: status.free.bytes))
            }
            let now = State.now
            for (name, group) in [("queued", status.queued), ("held", status.held)] {
                let oldest = group.oldest.map { ", the oldest for \($0.age(at: now))" } ?? ""
                Terminal.line("\(name.padded(8)) \(group.messages) (\(group.size)\(oldest))")
            }
            if let deadline = status.nextDeadline {
                Terminal.line("\("deadline".padded(8)) the next hold ends in \(deadline.left(at: now))")
            }
            Terminal.line("\("file".padded(8)) \(status.file), free in it \(status.free), log \(status.log)")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Queued messages, oldest first.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Option(help: "At most so many.") var limit = 100
        @Option(help: "Behind this message.") var after: String?

        func run() throws {
            let spool = try State.spool(config.load())
            defer { spool.close() }
            let messages = try spool.queued(
                after: try after.map(MessageArgument.id), limit: try MessageArgument.limit(limit))
            try MessageList.print(messages, json: json, empty: "nothing is queued")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One message: envelope, progress, the beginning of its content.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Argument(help: "The message's id.") var id: String

        func run() throws {
            let spool = try State.spool(config.load())
            defer { spool.close() }
            try MessageList.show(try MessageArgument.id(id), in: spool, json: json)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads the whole spool and tells what is damaged.",
            discussion: "Exit status 1 if something is. Works beside a running gateway.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let spool = try State.spool(config.load())
            defer { spool.close() }
            let problems = try spool.integrityProblems()
            if json {
                try JSONOutput.print(["problems": problems])
            } else {
                for problem in problems { Terminal.line(SafeText.printable(problem)) }
                if problems.isEmpty { Terminal.line("the spool is sound") }
            }
            if !problems.isEmpty { throw ExitCode(1) }
        }
    }
}

/// What several commands take as arguments.
enum MessageArgument {
    static func id(_ text: String) throws -> SubmissionID {
        guard let id = SubmissionID(text) else {
            throw CommandFailure.input("'\(SafeText.printable(text))' is no message id: 13 letters and digits")
        }
        return id
    }

    static func limit(_ limit: Int) throws -> Int {
        guard (1...100_000).contains(limit) else { throw CommandFailure.input("--limit takes 1 to 100000") }
        return limit
    }
}

/// Messages on the terminal or as JSON.
enum MessageList {
    static func print(_ messages: [SpooledMessage], json: Bool, empty: String) throws {
        let views = messages.map(MessageView.init)
        if json { return try JSONOutput.print(views) }
        guard !views.isEmpty else { return Terminal.line(empty) }
        let now = State.now
        var table = Table("ID", "AGE", "SOURCE", "FROM", "TO", "SIZE", "LOG-ODDS", "LEFT", "CASE")
        for (message, view) in zip(messages, views) {
            let more = view.recipients.count > 1 ? " +\(view.recipients.count - 1)" : ""
            var left = ""
            if case .held(let until) = message.state { left = until.left(at: now) }
            table.add(
                view.id, message.received.age(at: now), view.source, "<\(view.sender)>",
                "<\(view.recipients.first?.address ?? "")>\(more)", message.size.description,
                "\((view.logOdds * 10).rounded() / 10)", left, view.caseID ?? "")
        }
        table.print()
    }

    static func show(_ id: SubmissionID, in spool: Spool, json: Bool) throws {
        let fates = try spool.fates(id)
        guard let message = try spool.message(id) else {
            guard !fates.isEmpty else { throw CommandFailure.cannot("there is no message \(id)") }
            if json { return try JSONOutput.print(fates.map(FateView.init)) }
            return fates.forEach { FateView($0).print() }
        }
        let view = MessageView(message)
        if json { return try JSONOutput.print(view) }
        view.print()
        fates.forEach { FateView($0).print() }
        Terminal.line()
        let text = try spool.beginning(message, limit: 4096)
        for line in String(decoding: text, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false) {
            Terminal.line("  " + SafeText.printable(String(line), limit: 200))
        }
        if message.size.bytes > text.count { Terminal.line("  … (\(message.size) in all)") }
    }
}

/// What was done with a message.
struct FateView: Encodable {
    var message: String
    var fate: String
    var author: String
    var at: String

    init(_ record: FateRecord) {
        message = record.message.description
        fate = record.fate.rawValue
        author = record.author
        at = record.at.iso8601
    }

    func print() { Terminal.line("\("fate".padded(12)) \(fate) \(at) by \(SafeText.printable(author))") }
}
