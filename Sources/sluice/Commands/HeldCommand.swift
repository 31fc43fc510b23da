import ArgumentParser
import Console
import MailTypes

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

        /// What is asked for, as the API takes it; checked here, so that a slip is told before anything else.
        func query() throws -> [(String, String?)] {
            func check(_ option: String, _ value: String?, _ isGood: (String) -> Bool) throws {
                guard let value, !isGood(value) else { return }
                throw CommandFailure.input("\(option) '\(SafeText.printable(value))' is not of the right form")
            }
            try check("--customer", customer) { CustomerID($0) != nil }
            try check("--account", account) { AccountName($0) != nil }
            try check("--campaign", campaign) { CampaignID($0) != nil }
            try check("--case", caseID) { CaseID($0) != nil }
            guard account == nil || customer != nil else {
                throw CommandFailure.input("--account goes with --customer")
            }
            return [("customer", customer), ("account", account), ("campaign", campaign), ("case", caseID)]
        }

        /// The messages that an act is for: by their ids, or all that the selection finds.
        func body() throws -> Body {
            let given = try query().compactMap { name, value in value.map { (name, $0) } }
            guard !ids.isEmpty || !given.isEmpty || all else {
                throw CommandFailure.input(
                    "name messages, or choose them by --customer, --case, --campaign or --all")
            }
            guard ids.isEmpty || given.isEmpty && !all else {
                throw CommandFailure.input("give message ids or a selection, not both")
            }
            guard ids.isEmpty else { return Body(ids: try ids.map { try MessageArgument.id($0).description }) }
            var select = Body.Select(everything: given.isEmpty)
            (select.customer, select.account, select.campaign, select.case) = (customer, account, campaign, caseID)
            return Body(select: select)
        }
    }

    /// An act's request.
    struct Body: Encodable {
        struct Select: Encodable {
            var customer: String?
            var account: String?
            var campaign: String?
            var `case`: String?
            var everything: Bool
        }

        var ids: [String]?
        var select: Select?
        /// Of a release: whether it is learnt that they were good.
        var learn: Bool?
        /// Of a deletion: whether it is learnt that they were spam.
        var spam: Bool?
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Held messages, oldest first.")
        @OptionGroup var gateway: GatewayOptions
        @OptionGroup var selection: Selection
        @Flag(help: "As JSON.") var json = false
        @Option(help: "At most so many.") var limit = 100
        @Option(help: "Behind this message.") var after: String?

        func run() throws {
            let query = try selection.query()
            let after = try after.map { try MessageArgument.id($0).description }
            let limit = try MessageArgument.limit(limit)
            let messages = try gateway.connect().list(HeldView.self, "held", query: query, after: after, limit: limit)
            if json { return try JSONOutput.print(messages) }
            guard !messages.isEmpty else { return Terminal.line("nothing is held") }
            let now = State.now
            var table = Table("ID", "AGE", "SOURCE", "FROM", "TO", "SIZE", "LOG-ODDS", "LEFT", "CASE")
            for message in messages {
                let more = message.recipientCount > 1 ? " +\(message.recipientCount - 1)" : ""
                table.add(
                    message.id, Timestamp(text: message.received)?.age(at: now) ?? "",
                    (message.customer ?? "") + "/" + (message.account ?? message.server ?? ""), "<\(message.sender)>",
                    "<\(message.recipients.first ?? "")>\(more)", ByteCount(message.bytes).description,
                    "\((message.logOdds * 10).rounded() / 10)",
                    message.until.flatMap { Timestamp(text: $0)?.left(at: now) } ?? "", message.caseID ?? "")
            }
            table.print()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One message: why it is held, its header and the beginning of its text.")
        @OptionGroup var gateway: GatewayOptions
        @Flag(help: "As JSON.") var json = false
        @Argument(help: "The message's id.") var id: String

        func run() throws {
            let id = try MessageArgument.id(id).description
            let view = try gateway.connect().get(Console.MessageView.self, "held", id)
            if json { return try JSONOutput.print(view) }
            func row(_ name: String, _ value: String?) {
                guard let value, !value.isEmpty else { return }
                Terminal.line("\(name.padded(12)) \(SafeText.printable(value, limit: 500))")
            }
            let message = view.message
            row("id", message.id)
            row("received", message.received)
            row("held until", message.until)
            row("customer", message.customer)
            row("server", message.server)
            row("account", message.account)
            row("sender", "<\(message.sender)>")
            row("size", ByteCount(message.bytes).description)
            row("campaign", message.campaign)
            row("case", message.caseID)
            for recipient in message.recipients { row("to", "<\(recipient)>") }
            let more = message.recipientCount - message.recipients.count
            if more > 0 { row("to", "and \(more) more") }
            row("log-odds", "\((message.logOdds * 10).rounded() / 10)")
            for sentence in message.evidence { row("evidence", sentence) }
            for fate in view.fates { row("then", "\(fate.at) \(fate.what), \(fate.author)") }
            Terminal.line()
            for line in view.beginning.split(separator: "\n", omittingEmptySubsequences: false) {
                Terminal.line(SafeText.printable(String(line), limit: 400))
            }
        }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends held messages on, through the risky pool.",
            discussion: """
                A running gateway takes them up within a second, and learns within some more that they were good: their \
                sender is suspected less, and texts like these are.
                """)
        @OptionGroup var gateway: GatewayOptions
        @OptionGroup var selection: Selection
        @Flag(inversion: .prefixedNo, help: "Learn from it.") var learn = true
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            var body = try selection.body()
            body.learn = learn
            try HeldCommand.act("release", "released", gateway, body, json: json)
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes held messages for good, with a record of who did it.")
        @OptionGroup var gateway: GatewayOptions
        @OptionGroup var selection: Selection
        @Flag(help: "It is spam: learn so, and count it against its sender.") var spam = false
        @Flag(help: "Really: what is deleted cannot be brought back.") var yes = false
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            guard yes else {
                throw CommandFailure.input(
                    "deleting is for good; say so with --yes (`sluice held show` shows a message)")
            }
            var body = try selection.body()
            body.spam = spam
            try HeldCommand.act("delete", "deleted", gateway, body, json: json)
        }
    }

    struct Confirm: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Confirms held messages as spam: learnt, counted against their sender, and deleted.",
            discussion: "The same as `sluice held delete --spam`.")
        @OptionGroup var gateway: GatewayOptions
        @OptionGroup var selection: Selection
        @Flag(help: "Really: what is deleted cannot be brought back.") var yes = false
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            guard yes else {
                throw CommandFailure.input(
                    "confirming deletes for good; say so with --yes (`sluice held show` shows a message)")
            }
            var body = try selection.body()
            body.spam = true
            try HeldCommand.act("delete", "confirmed as spam and deleted", gateway, body, json: json)
        }
    }

    private static func act(
        _ act: String, _ word: String, _ gateway: GatewayOptions, _ body: Body, json: Bool
    ) throws {
        let outcome: HeldOutcomeView = try gateway.connect().post("held", act, body: body)
        if json {
            try JSONOutput.print(outcome)
        } else {
            Terminal.line("\(word) \(outcome.count) message\(outcome.count == 1 ? "" : "s")")
            for id in outcome.missing { Terminal.error("\(id) is not held") }
        }
        if !outcome.missing.isEmpty { throw ExitCode(1) }
    }
}
