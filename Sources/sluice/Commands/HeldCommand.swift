import ArgumentParser
import Gateway
import Inspection
import Logging
import MailTypes
import Response
import SluiceConfiguration
import Spool

struct HeldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "held", abstract: "Mail that is held: list, look, release, delete, confirm as spam.",
        subcommands: [List.self, Show.self, Release.self, Delete.self, Confirm.self], defaultSubcommand: List.self)

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

        /// What is meant: messages by their numbers, or all that the filter finds.
        enum Choice {
            case messages([SubmissionID])
            case all(Spool.HeldFilter)
        }

        var choice: Choice {
            get throws {
                let filter = try filter
                guard !ids.isEmpty || filter != nil || all else {
                    throw CommandFailure.input(
                        "name messages, or choose them by --customer, --case, --campaign or --all")
                }
                if ids.isEmpty { return .all(filter ?? Spool.HeldFilter()) }
                guard filter == nil, !all else {
                    throw CommandFailure.input("give message ids or a selection, not both")
                }
                return .messages(try ids.map(MessageArgument.id))
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

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends held messages on, through the risky pool.",
            discussion: """
                A running gateway takes them up within a second, and learns within some more that they were good: their \
                sender is suspected less, and texts like these are.
                """)
        @OptionGroup var config: ConfigurationOption
        @OptionGroup var selection: Selection
        @Flag(inversion: .prefixedNo, help: "Learn from it.") var learn = true
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            try HeldCommand.act(.release, "released", config, selection, isSpam: learn ? false : nil, json: json)
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes held messages for good, with a record of who did it.")
        @OptionGroup var config: ConfigurationOption
        @OptionGroup var selection: Selection
        @Flag(help: "It is spam: learn so, and count it against its sender.") var spam = false
        @Flag(help: "Really: what is deleted cannot be brought back.") var yes = false
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            guard yes else {
                throw CommandFailure.input(
                    "deleting is for good; say so with --yes (`sluice held show` shows a message)")
            }
            try HeldCommand.act(.delete, "deleted", config, selection, isSpam: spam ? true : nil, json: json)
        }
    }

    struct Confirm: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Confirms held messages as spam: learnt, counted against their sender, and deleted.",
            discussion: "The same as `sluice held delete --spam`.")
        @OptionGroup var config: ConfigurationOption
        @OptionGroup var selection: Selection
        @Flag(help: "Really: what is deleted cannot be brought back.") var yes = false
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            guard yes else {
                throw CommandFailure.input(
                    "confirming deletes for good; say so with --yes (`sluice held show` shows a message)")
            }
            try HeldCommand.act(.delete, "confirmed as spam and deleted", config, selection, isSpam: true, json: json)
        }
    }

    private static func act(
        _ act: Spool.HeldAct, _ word: String, _ config: ConfigurationOption, _ selection: Selection, isSpam: Bool?,
        json: Bool
    ) throws {
        let choice = try selection.choice
        let configuration = try config.load()
        let spool = try State.spool(configuration)
        defer { spool.close() }
        let desk = HeldDesk(spool: spool, control: try State.control(configuration))
        let author = "person:" + Terminal.author
        if let isSpam {
            // Before the act: then the messages are gone.
            let ids: [SubmissionID] =
                switch choice {
                case .messages(let ids): ids
                case .all(let filter): try spool.held(filter, after: nil, limit: Spool.actLimit).map(\.id)
                }
            Teacher(stateDirectory: configuration.stateDirectory, logger: Logger(label: "sluice")).note(
                ids, in: spool, isSpam: isSpam, teacher: .operator, at: State.now)
        }
        let outcome =
            switch choice {
            case .messages(let ids): try desk.act(act, on: ids, author: author, at: State.now)
            case .all(let filter): try desk.act(act, onAll: filter, author: author, at: State.now)
            }
        if json {
            try JSONOutput.print(
                ["done": outcome.done, "missing": outcome.missing].mapValues { $0.map(\.description) })
        } else {
            Terminal.line("\(word) \(outcome.done.count) message\(outcome.done.count == 1 ? "" : "s")")
            for id in outcome.missing { Terminal.error("\(id) is not held") }
        }
        if !outcome.missing.isEmpty { throw ExitCode(1) }
    }
}
