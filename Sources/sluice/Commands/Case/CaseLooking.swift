import ArgumentParser
import ControlStore
import Enforcement
import MailTypes
import Response

/// Looking at cases.
extension CaseCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Cases, latest first; open ones unless --all.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Flag(help: "Ended ones, too.") var all = false
        @Option(help: "Of this customer.") var customer: String?
        @Option(help: "In this state: open, contained, notified, remediating, verifying, probation, reopened, closed …")
        var state: String?
        @Option(help: "Before this case.") var before: String?
        @Option(help: "At most so many.") var limit = 100

        private struct Line: Encodable {
            var id: String
            var state: String
            var customer: String
            var kinds: [String]
            var source: String?
            var sources: Int
            var stops: Int
            var first: String
            var last: String
            var delivered: Int
            var held: Int
            var refused: Int
            var asked: String?
        }

        func run() throws {
            let control = try State.control(config.load())
            let now = State.now
            var filter = ControlDatabase.CaseFilter(onlyOpen: !all && state == nil)
            if let customer {
                guard let id = CustomerID(customer) else {
                    throw CommandFailure.input("--customer is no customer's id")
                }
                filter.customer = id
            }
            if let state {
                guard let known = IncidentCase.State(rawValue: state) else {
                    let states = IncidentCase.State.allCases.map(\.rawValue).joined(separator: ", ")
                    throw CommandFailure.input("--state is one of \(states)")
                }
                filter.state = known
            }
            let cases = try control.caseSummaries(
                filter, before: try before.map(CaseCommand.id), limit: try MessageArgument.limit(limit))
            if json {
                return try JSONOutput.print(
                    cases.map {
                        Line(
                            id: $0.id.description, state: $0.state.rawValue, customer: $0.customer.description,
                            kinds: $0.kinds.sorted().map(\.rawValue), source: $0.source?.description,
                            sources: $0.sourceCount, stops: $0.stopCount, first: $0.first.iso8601,
                            last: $0.last.iso8601, delivered: $0.counts.delivered, held: $0.counts.held,
                            refused: $0.counts.refused, asked: $0.asked?.iso8601)
                    })
            }
            guard !cases.isEmpty else { return Terminal.line(all ? "no cases" : "no open cases") }
            var table = Table("CASE", "STATE", "CUSTOMER", "SOURCE", "SINCE", "LAST", "OUT", "HELD", "REFUSED", "WAITS")
            for line in cases {
                let more = line.sourceCount > 1 ? " +\(line.sourceCount - 1)" : ""
                table.add(
                    line.id.description, line.state.rawValue, line.customer.description,
                    (line.source?.description ?? "") + more, line.first.age(at: now), line.last.age(at: now),
                    "\(line.counts.delivered)", "\(line.counts.held)", "\(line.counts.refused)",
                    line.asked.map { $0.age(at: now) } ?? "-")
            }
            table.print()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One case: how it stands, what is asked and by whom it was answered, notes, the latest acts.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Argument(help: "The case.") var id: String

        func run() throws {
            let control = try State.control(config.load())
            let incident = try CaseCommand.incident(try CaseCommand.id(id), in: control)
            if json { return try JSONOutput.print(CaseView(incident, at: State.now)) }
            CaseCommand.print(incident)
            for note in try control.notes(of: incident.id, limit: 20) {
                Terminal.line(
                    "\("note".padded(12)) \(note.time.iso8601) \(SafeText.printable(note.author, limit: 60)): "
                        + SafeText.printable(note.text, limit: 500))
            }
            let acts = try control.caseTimeline(incident.id, limit: 1000).suffix(15)
            if !acts.isEmpty { Terminal.line() }
            for act in acts {
                Terminal.line(
                    "\(act.time.iso8601) \(SafeText.printable(act.author, limit: 40)) \(act.act) "
                        + SafeText.printable(act.detail, limit: 160))
            }
        }
    }

    struct Evidence: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Why: the evidence, samples, signed reports, and what was sent, of one case.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String

        func run() throws {
            let control = try State.control(config.load())
            let incident = try CaseCommand.incident(try CaseCommand.id(id), in: control)
            for sentence in incident.evidence { Terminal.line("- " + SafeText.printable(sentence, limit: 500)) }
            CaseCommand.print(samples: incident)
            Terminal.line("what left before the stop, and what receivers said: sluice explain \(incident.id)")
            for report in try control.reports(of: incident.id, limit: 50) {
                Terminal.line(
                    "report \(report.id) of \(report.time.iso8601) by \(SafeText.printable(report.producer)) on "
                        + SafeText.printable(report.host))
            }
            for notice in try control.sent(of: incident.id, limit: 100) {
                let outcome = notice.outcome.isEmpty ? "" : ", " + notice.outcome
                Terminal.line(
                    "sent \(notice.time.iso8601) \(notice.channel.rawValue) \(notice.stage) to "
                        + SafeText.printable(notice.target + outcome, limit: 200))
            }
        }
    }

    /// For people.
    static func print(_ incident: IncidentCase) {
        let now = State.now
        func row(_ name: String, _ value: String) {
            Terminal.line("\(name.padded(12)) \(SafeText.printable(value, limit: 500))")
        }
        row("case", incident.id.description)
        row("state", incident.state.rawValue)
        if let other = incident.recovery.mergedInto { row("merged into", other.description) }
        row("customer", incident.customer.description)
        let kinds = incident.recovery.kinds.sorted().map(\.rawValue).joined(separator: ", ")
        if !kinds.isEmpty { row("kind", kinds) }
        for source in incident.sources.prefix(20) {
            row("source", source.description + (incident.stopped.contains(source) ? " (stopped)" : ""))
        }
        row("since", incident.first.iso8601)
        row("last", incident.last.iso8601)
        if let ended = incident.ended { row("ended", ended.iso8601) }
        row(
            "messages",
            "\(incident.counts.delivered) delivered, \(incident.counts.held) held, \(incident.counts.refused) refused")
        if incident.recovery.earlier > 0 { row("earlier", "\(incident.recovery.earlier) incidents") }
        if incident.recovery.relapses > 0 { row("relapses", "\(incident.recovery.relapses)") }
        for sentence in incident.evidence { row("evidence", sentence) }
        if let ramp = incident.recovery.probation {
            let limit = ramp.current.map { "\($0.perHour) messages an hour" } ?? "all steps done"
            row("probation", "step \(min(ramp.step + 1, ramp.plan.steps.count)) of \(ramp.plan.steps.count), \(limit)")
        }
        if !incident.recovery.checks.isEmpty { Terminal.line() }
        for check in incident.recovery.checks { print(check, at: now) }
        print(samples: incident)
    }

    /// `verified`, `reported` and `attested` apart, since they are not worth the same.
    private static func print(_ check: RequiredCheck, at now: Timestamp) {
        let colour: Terminal.Colour =
            switch check.result(at: now) {
            case .pass: .green
            case .fail: .red
            case .unknown: .yellow
            }
        Terminal.line(
            Terminal.coloured(check.result(at: now).rawValue.padded(8), colour)
                + " \(check.name.rawValue.padded(20)) needs \(check.needs.rawValue)")
        for assurance in Assurance.allCases.reversed() {
            guard let said = check.state[assurance] else { continue }
            Terminal.line(
                "         \(assurance.rawValue) \(said.result.rawValue), \(said.time.iso8601), "
                    + SafeText.printable(said.author, limit: 60) + ": " + SafeText.printable(said.detail, limit: 300))
        }
        if let waiver = check.waiver {
            Terminal.line(
                "         waived by \(SafeText.printable(waiver.author, limit: 60)): "
                    + SafeText.printable(waiver.reason, limit: 300))
        }
        if let missing = check.missing(at: now) {
            Terminal.line("         missing: \(missing). \(CaseWording.advice(check.name, check.needs, link: nil))")
        }
    }

    static func print(samples incident: IncidentCase) {
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
