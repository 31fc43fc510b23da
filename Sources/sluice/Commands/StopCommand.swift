import ArgumentParser
import ControlStore
import Enforcement
import MailTypes
import SluiceConfiguration

struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Sources that may not send: list, look, add, lift.",
        discussion: """
            A source is account:CUSTOMER/NAME, server:CUSTOMER/ADDRESS, campaign:CUSTOMER/ID or customer:CUSTOMER. A running
            gateway heeds what is changed here within a second.
            """,
        subcommands: [List.self, Show.self, Add.self, Lift.self], defaultSubcommand: List.self)

    struct View: Encodable {
        var source: String
        var certainty: String
        var since: String
        var until: String?
        var author: String
        var caseID: String
        var reason: String

        init(_ stop: Stop) {
            source = stop.source.description
            certainty = stop.certainty.rawValue
            since = stop.since.iso8601
            until = stop.until?.iso8601
            author = stop.author.description
            caseID = stop.caseID.description
            reason = stop.reason
        }
    }

    static func source(_ text: String) throws -> SourceID {
        guard let source = SourceID(text) else {
            throw CommandFailure.input(
                "'\(SafeText.printable(text))' is no source: account:CUSTOMER/NAME, server:CUSTOMER/ADDRESS, "
                    + "campaign:CUSTOMER/ID or customer:CUSTOMER")
        }
        return source
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The stops in force.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Option(help: "At most so many.") var limit = 1000

        func run() throws {
            let control = try State.control(config.load())
            let now = State.now
            let stops = try control.stops(at: now, limit: try MessageArgument.limit(limit))
            if json { return try JSONOutput.print(stops.map(View.init)) }
            guard !stops.isEmpty else { return Terminal.line("nobody is stopped") }
            var table = Table("SOURCE", "CERTAINTY", "SINCE", "LEFT", "CASE", "AUTHOR")
            for stop in stops {
                table.add(
                    stop.source.description, stop.certainty.rawValue, stop.since.age(at: now),
                    stop.until.map { $0.left(at: now) } ?? "-", stop.caseID.description, stop.author.description)
            }
            table.print()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One stop, with its case's evidence and samples.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Argument(help: "The source.") var source: String

        func run() throws {
            let control = try State.control(config.load())
            let source = try StopCommand.source(source)
            guard let stop = try control.register(at: State.now)[source] else {
                throw CommandFailure.cannot("\(SafeText.printable(source.description)) is not stopped")
            }
            let incident = try control.incident(stop.caseID)
            if json {
                struct Full: Encodable {
                    var stop: View
                    var evidence: [String]
                    var delivered: Int?
                    var held: Int?
                    var refused: Int?
                }
                return try JSONOutput.print(
                    Full(
                        stop: View(stop), evidence: incident?.evidence ?? [], delivered: incident?.counts.delivered,
                        held: incident?.counts.held, refused: incident?.counts.refused))
            }
            let view = View(stop)
            for (name, value) in [
                ("source", view.source), ("certainty", view.certainty), ("since", view.since),
                ("until", view.until ?? "somebody lifts it"), ("author", view.author), ("case", view.caseID),
                ("reason", view.reason),
            ] {
                Terminal.line("\(name.padded(12)) \(SafeText.printable(value, limit: 500))")
            }
            guard let incident else { return }
            Terminal.line()
            CaseCommand.print(incident)
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stops a source: its mail is refused from now on.",
            discussion: "Example: sluice stop add account:acme/joe --reason 'stolen password, ticket 4711' --for 24h")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The source.") var source: String
        @Option(help: "One sentence; the sender sees it.") var reason: String
        @Option(name: .customLong("for"), help: "How long: 30m, 24h, 7d. Left out: until somebody lifts it.")
        var duration: String?
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let configuration = try config.load()
            let source = try StopCommand.source(source)
            guard !reason.isEmpty else { throw CommandFailure.input("--reason is empty; the sender is told it") }
            guard configuration.customers.contains(where: { $0.id == source.customer }) else {
                throw CommandFailure.input(
                    "there is no customer \(source.customer) in the configuration; `sluice customer list` lists them")
            }
            let now = State.now
            let until = try duration.map { text in
                guard let duration = ShortDuration.read(text) else {
                    throw CommandFailure.input("--for '\(SafeText.printable(text))': a number with s, m, h or d")
                }
                return now + duration
            }
            let control = try State.control(configuration)
            let outcome = try control.stop(
                .init(
                    source: source, reason: SafeText.printable(reason, limit: 300), certainty: .confirmed, until: until,
                    author: .person(Terminal.author)), at: now)
            if json { return try JSONOutput.print(View(outcome.stop)) }
            Terminal.line("\(SafeText.printable(source.description)) is stopped, \(outcome.stop.caseID)")
        }
    }

    struct Lift: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets a source send again.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The source.") var source: String
        @Option(help: "One sentence, for the record.") var reason: String
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let control = try State.control(config.load())
            let source = try StopCommand.source(source)
            guard
                let stop = try control.lift(
                    source, author: .person(Terminal.author), reason: SafeText.printable(reason, limit: 300),
                    at: State.now)
            else { throw CommandFailure.cannot("\(SafeText.printable(source.description)) is not stopped") }
            if json { return try JSONOutput.print(View(stop)) }
            Terminal.line("\(SafeText.printable(source.description)) may send again, \(stop.caseID)")
        }
    }
}

/// `30m`, `24h`, `7d` as people write them.
enum ShortDuration {
    static func read(_ text: String) -> Duration? {
        guard let unit = text.utf8.last, let number = Int64(text.dropLast()), (1...1_000_000).contains(number) else {
            return nil
        }
        switch unit {
        case UInt8(ascii: "s"): return .seconds(number)
        case UInt8(ascii: "m"): return .seconds(number * 60)
        case UInt8(ascii: "h"): return .seconds(number * 3600)
        case UInt8(ascii: "d"): return .seconds(number * 86_400)
        default: return nil
        }
    }
}
