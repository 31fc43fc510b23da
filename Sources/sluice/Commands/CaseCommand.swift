import ArgumentParser
import ControlStore
import Enforcement
import MailTypes

struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Incidents: list, look, close, or call one a false alarm.",
        subcommands: [List.self, Show.self, Close.self, FalseAlarm.self], defaultSubcommand: List.self)

    struct View: Encodable {
        var id: String
        var customer: String
        var state: String
        var sources: [String]
        var stopped: [String]
        var delivered: Int
        var held: Int
        var refused: Int
        var first: String
        var last: String
        var ended: String?
        var evidence: [String]

        init(_ incident: IncidentCase) {
            id = incident.id.description
            customer = incident.customer.description
            state = incident.state.rawValue
            sources = incident.sources.map(\.description)
            stopped = incident.stopped.map(\.description).sorted()
            delivered = incident.counts.delivered
            held = incident.counts.held
            refused = incident.counts.refused
            first = incident.first.iso8601
            last = incident.last.iso8601
            ended = incident.ended?.iso8601
            evidence = incident.evidence
        }
    }

    static func id(_ text: String) throws -> CaseID {
        guard let id = CaseID(text) ?? CaseID("case-" + text) else {
            throw CommandFailure.input("'\(SafeText.printable(text))' is no case: case-17 or 17")
        }
        return id
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Cases, latest first; open ones unless --all.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Flag(help: "Ended ones, too.") var all = false
        @Option(help: "At most so many.") var limit = 100

        func run() throws {
            let control = try State.control(config.load())
            let now = State.now
            let cases = try control.incidents(onlyOpen: !all, limit: try MessageArgument.limit(limit))
            if json { return try JSONOutput.print(cases.map(View.init)) }
            guard !cases.isEmpty else { return Terminal.line(all ? "no cases" : "no open cases") }
            var table = Table("CASE", "STATE", "CUSTOMER", "SOURCE", "SINCE", "LAST", "OUT", "HELD", "REFUSED")
            for incident in cases {
                let source = incident.sources.first?.description ?? ""
                let more = incident.sources.count > 1 ? " +\(incident.sources.count - 1)" : ""
                table.add(
                    incident.id.description, incident.state.rawValue, incident.customer.description, source + more,
                    incident.first.age(at: now), incident.last.age(at: now), "\(incident.counts.delivered)",
                    "\(incident.counts.held)", "\(incident.counts.refused)")
            }
            table.print()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One case: sources, counts, evidence, samples.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Argument(help: "The case.") var id: String

        func run() throws {
            let control = try State.control(config.load())
            let id = try CaseCommand.id(id)
            guard let incident = try control.incident(id) else { throw CommandFailure.cannot("there is no \(id)") }
            if json { return try JSONOutput.print(View(incident)) }
            CaseCommand.print(incident)
        }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a case. Stops must be lifted before; held mail waits for a person or its deadline.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Flag(help: "As JSON.") var json = false

        func run() throws { try CaseCommand.end(.closed, id, config, json: json) }
    }

    struct FalseAlarm: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "false-alarm", abstract: "It was no spam: stops are lifted and held mail is released.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Flag(help: "As JSON.") var json = false

        func run() throws { try CaseCommand.end(.falseAlarm, id, config, json: json) }
    }

    private static func end(
        _ event: IncidentCase.Event, _ text: String, _ config: ConfigurationOption, json: Bool
    ) throws {
        let control = try State.control(config.load())
        let id = try id(text)
        guard let before = try control.incident(id) else { throw CommandFailure.cannot("there is no \(id)") }
        guard !before.state.isFinal else { throw CommandFailure.cannot("\(id) is \(before.state.rawValue) already") }
        let (incident, _) = try control.apply([event], to: id, author: "person:" + Terminal.author, at: State.now)
        guard incident.state.isFinal else {
            throw CommandFailure.cannot(
                "\(id) cannot be ended while sources are stopped: `sluice stop lift` them first")
        }
        if json { return try JSONOutput.print(View(incident)) }
        Terminal.line("\(id) is \(incident.state.rawValue)")
    }

    /// For people.
    static func print(_ incident: IncidentCase) {
        func row(_ name: String, _ value: String) {
            Terminal.line("\(name.padded(12)) \(SafeText.printable(value, limit: 500))")
        }
        row("case", incident.id.description)
        row("state", incident.state.rawValue)
        row("customer", incident.customer.description)
        for source in incident.sources.prefix(20) {
            row("source", source.description + (incident.stopped.contains(source) ? " (stopped)" : ""))
        }
        row("since", incident.first.iso8601)
        row("last", incident.last.iso8601)
        if let ended = incident.ended { row("ended", ended.iso8601) }
        row(
            "messages",
            "\(incident.counts.delivered) delivered, \(incident.counts.held) held, \(incident.counts.refused) refused")
        for sentence in incident.evidence { row("evidence", sentence) }
        for sample in incident.samples {
            Terminal.line()
            Terminal.line("sample \(sample.id) of \(sample.time.iso8601)")
            let text = String(decoding: sample.header + [0x0a] + sample.text.prefix(600), as: UTF8.self)
            for line in text.split(whereSeparator: \.isNewline) {
                Terminal.line("  " + SafeText.printable(String(line), limit: 160))
            }
        }
    }
}
