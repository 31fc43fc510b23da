import ArgumentParser
import ControlStore
import MailTypes
import Spool

struct HeldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "held", abstract: "Mail that is held: list, look, release, delete.",
        subcommands: [List.self, Show.self, Release.self, Delete.self], defaultSubcommand: List.self)

    /// Which held messages are meant. Nothing chosen is an error: everything is said with `--all`.
    struct Selection: ParsableArguments {
        @Argument(help: "Message ids.") var ids: [String] = []
        @Option(help: "All of this customer.") var customer: String?
        @Option(help: "All of this account (with --customer).") var account: String?
        @Option(help: "All of this campaign.") var campaign: String?
        @Option(name: .customLong("case"), help: "All of this case.") var caseID: String?
        @Flag(help: "All that is held.") var all = false

        var filter: Spool.HeldFilter? {
            get throws {
                var filter = Spool.HeldFilter()
                if let customer {
                    guard let id = CustomerID(customer) else { throw Self.wrong("--customer", customer) }
                    filter.customer = id
                }
                if let account {
                    guard let name = AccountName(account) else { throw Self.wrong("--account", account) }
                    filter.account = name
                }
                if let campaign {
                    guard let id = CampaignID(campaign) else { throw Self.wrong("--campaign", campaign) }
                    filter.campaign = id
                }
                if let caseID {
                    guard let id = CaseID(caseID) else { throw Self.wrong("--case", caseID) }
                    filter.caseID = id
                }
                return filter == Spool.HeldFilter() ? nil : filter
            }
        }

        private static func wrong(_ option: String, _ value: String) -> CommandFailure {
            .input("\(option) '\(SafeText.printable(value))' is not of the right form")
        }

        /// Hands the messages on, a page at a time.
        func each(in spool: Spool, _ body: (SpooledMessage) async throws -> Void) async throws {
            let filter = try filter
            guard !ids.isEmpty || filter != nil || all else {
                throw CommandFailure.input("name messages, or choose them by --customer, --case, --campaign or --all")
            }
            for text in ids {
                let id = try MessageArgument.id(text)
                guard let message = try spool.message(id), case .held = message.state else {
                    throw CommandFailure.cannot("\(id) is not held")
                }
                try await body(message)
            }
            guard ids.isEmpty else { return }
            var last: SubmissionID?
            while true {
                let page = try spool.held(filter ?? Spool.HeldFilter(), after: last, limit: 500)
                for message in page { try await body(message) }
                guard let next = page.last?.id, page.count == 500 else { return }
                last = next
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Held messages, oldest first.")
        @OptionGroup var config: ConfigurationOption
        @OptionGroup var selection: Selection
        @Flag(help: "As JSON.") var json = false
        @Option(help: "At most so many.") var limit = 100
        @Option(help: "Behind this message.") var after: String?

        func run() throws {
            let spool = try State.spool(config.load())
            defer { spool.close() }
            let messages = try spool.held(
                try selection.filter ?? Spool.HeldFilter(), after: try after.map(MessageArgument.id),
                limit: try MessageArgument.limit(limit))
            try MessageList.print(messages, json: json, empty: "nothing is held")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One message: why it is held, its header and the beginning of its text.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Argument(help: "The message's id.") var id: String

        func run() throws {
            let spool = try State.spool(config.load())
            defer { spool.close() }
            try MessageList.show(try MessageArgument.id(id), in: spool, json: json)
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends held messages on, through the risky pool.",
            discussion: "A running gateway takes them up within a second.")
        @OptionGroup var config: ConfigurationOption
        @OptionGroup var selection: Selection
        @Flag(help: "As JSON.") var json = false

        func run() async throws {
            try await HeldCommand.act("released", config, selection, json: json) { spool, message, author, now, done in
                spool.move(message.id, to: .queued, author: author, at: now, done)
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes held messages for good, with a record of who did it.")
        @OptionGroup var config: ConfigurationOption
        @OptionGroup var selection: Selection
        @Flag(help: "Really: what is deleted cannot be brought back.") var yes = false
        @Flag(help: "As JSON.") var json = false

        func run() async throws {
            guard yes else {
                throw CommandFailure.input(
                    "deleting is for good; say so with --yes (`sluice held show` shows a message)")
            }
            try await HeldCommand.act("deleted", config, selection, json: json) { spool, message, author, now, done in
                spool.settle(message.id, as: .deleted, author: author, at: now, done)
            }
        }
    }

    private static func act(
        _ word: String, _ config: ConfigurationOption, _ selection: Selection, json: Bool,
        _ act: (Spool, SpooledMessage, String, Timestamp, @escaping Spool.Done) -> Void
    ) async throws {
        let configuration = try config.load()
        let spool = try State.spool(configuration)
        defer { spool.close() }
        let control = try State.control(configuration)
        let author = "person:" + Terminal.author
        var done: [String] = []
        var failed: [String: String] = [:]
        try await selection.each(in: spool) { message in
            let now = State.now
            let result = await withCheckedContinuation { continuation in
                act(spool, message, author, now) { continuation.resume(returning: $0) }
            }
            switch result {
            case .success:
                done.append(message.id.description)
                try control.record(author: author, act: "held.\(word)", subject: message.id.description, at: now)
            case .failure(let error): failed[message.id.description] = error.message
            }
        }
        if json {
            struct View: Encodable {
                var done: [String]
                var failed: [String: String]
            }
            try JSONOutput.print(View(done: done, failed: failed))
        } else {
            Terminal.line("\(word) \(done.count) message\(done.count == 1 ? "" : "s")")
            for (id, reason) in failed.sorted(by: { $0.key < $1.key }) {
                Terminal.error("\(id): \(SafeText.printable(reason))")
            }
        }
        if !failed.isEmpty { throw ExitCode(1) }
    }
}
