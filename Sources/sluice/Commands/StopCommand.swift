import ArgumentParser
import Console
import Foundation
import MailTypes

struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Sources that may not send: list, look, add, lift.",
        discussion: """
            A source is account:CUSTOMER/NAME, server:CUSTOMER/ADDRESS, campaign:CUSTOMER/ID or customer:CUSTOMER. A running
            gateway heeds what is changed here within a second.
            """,
        subcommands: [List.self, Show.self, Add.self, Lift.self], defaultSubcommand: List.self)

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
        @OptionGroup var gateway: GatewayOptions
        @Flag(help: "As JSON.") var json = false
        @Option(help: "At most so many.") var limit = 1000

        func run() throws {
            let limit = try MessageArgument.limit(limit)
            let stops = try gateway.connect().list(StopView.self, "stops", limit: limit)
            if json { return try JSONOutput.print(stops) }
            guard !stops.isEmpty else { return Terminal.line("nobody is stopped") }
            let now = State.now
            var table = Table("SOURCE", "CERTAINTY", "SINCE", "LEFT", "CASE", "AUTHOR")
            for stop in stops {
                table.add(
                    stop.source, stop.certainty, Timestamp(text: stop.since)?.age(at: now) ?? stop.since,
                    stop.until.flatMap { Timestamp(text: $0)?.left(at: now) } ?? "-", stop.caseID, stop.author)
            }
            table.print()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One stop, with its case's evidence and samples.")
        @OptionGroup var gateway: GatewayOptions
        @Flag(help: "As JSON.") var json = false
        @Argument(help: "The source.") var source: String

        private struct Full: Encodable {
            var stop: StopView
            var incident: CaseView

            private enum CodingKeys: String, CodingKey {
                case stop
                case incident = "case"
            }
        }

        func run() throws {
            let source = try StopCommand.source(source)
            let api = try gateway.connect()
            let stop = try api.get(StopView.self, "stops", source.description)
            let incident = try api.get(CaseView.self, "cases", stop.caseID)
            if json { return try JSONOutput.print(Full(stop: stop, incident: incident)) }
            for (name, value) in [
                ("source", stop.source), ("certainty", stop.certainty), ("since", stop.since),
                ("until", stop.until ?? "somebody lifts it"), ("author", stop.author), ("case", stop.caseID),
                ("reason", stop.reason),
            ] {
                Terminal.line("\(name.padded(12)) \(SafeText.printable(value, limit: 500))")
            }
            Terminal.line()
            CaseText.print(incident)
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stops a source: its mail is refused from now on.",
            discussion: "Example: sluice stop add account:acme/joe --reason 'stolen password, ticket 4711' --for 24h")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The source.") var source: String
        @Option(help: "One sentence; the sender sees it.") var reason: String
        @Option(name: .customLong("for"), help: "How long: 30m, 24h, 7d. Left out: until somebody lifts it.")
        var duration: String?
        @Flag(help: "As JSON.") var json = false

        private struct Body: Encodable {
            var source: String
            var reason: String
            var seconds: Int?
        }

        func run() throws {
            let source = try StopCommand.source(source)
            guard !reason.isEmpty else { throw CommandFailure.input("--reason is empty; the sender is told it") }
            let seconds = try duration.map { text in
                guard let duration = ShortDuration.read(text) else {
                    throw CommandFailure.input("--for '\(SafeText.printable(text))': a number with s, m, h or d")
                }
                return Int(duration.components.seconds)
            }
            let outcome: StopOutcomeView = try gateway.connect().post(
                "stops", body: Body(source: source.description, reason: reason, seconds: seconds))
            if json { return try JSONOutput.print(outcome.stop) }
            Terminal.line("\(SafeText.printable(outcome.stop.source)) is stopped, \(outcome.stop.caseID)")
        }
    }

    struct Lift: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets a source send again.")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The source.") var source: String
        @Option(help: "One sentence, for the record.") var reason: String
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let source = try StopCommand.source(source)
            let outcome: StopOutcomeView = try gateway.connect().post(
                "stops", "lift", body: ["source": source.description, "reason": reason])
            if json { return try JSONOutput.print(outcome.stop) }
            Terminal.line("\(SafeText.printable(outcome.stop.source)) may send again, \(outcome.stop.caseID)")
        }
    }
}

extension Timestamp {
    /// A time as answers of the API have it.
    init?(text: String) {
        guard let date = try? Date(text.prefix(19) + "Z", strategy: .iso8601) else { return nil }
        self.init(seconds: Int64(date.timeIntervalSince1970))
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
