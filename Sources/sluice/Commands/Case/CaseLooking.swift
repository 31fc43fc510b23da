import ArgumentParser
import Console
import Enforcement
import MailTypes

/// Looking at cases.
extension CaseCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Cases, latest first; open ones unless --all.")
        @OptionGroup var gateway: GatewayOptions
        @Flag(help: "As JSON.") var json = false
        @Flag(help: "Ended ones, too.") var all = false
        @Option(help: "Of this customer.") var customer: String?
        @Option(help: "In this state: \(IncidentCase.State.allCases.map(\.rawValue).joined(separator: ", ")).")
        var state: String?
        @Option(help: "Before this case.") var before: String?
        @Option(help: "At most so many.") var limit = 100

        func run() throws {
            if let state, IncidentCase.State(rawValue: state) == nil {
                let states = IncidentCase.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.input("--state is one of \(states)")
            }
            let limit = try MessageArgument.limit(limit)
            let before = try before.map(CaseCommand.id)
            let cases = try gateway.connect().list(
                CaseSummaryView.self, "cases",
                query: [("state", state ?? (all ? "all" : nil)), ("customer", customer)], after: before, limit: limit)
            if json { return try JSONOutput.print(cases) }
            guard !cases.isEmpty else { return Terminal.line(all ? "no cases" : "no open cases") }
            var table = Table("CASE", "STATE", "CUSTOMER", "SOURCE", "SINCE", "LAST", "OUT", "HELD", "REFUSED", "WAITS")
            for line in cases {
                let more = line.sources > 1 ? " +\(line.sources - 1)" : ""
                table.add(
                    line.id, line.state, line.customer, (line.source ?? "") + more, Self.age(line.first),
                    Self.age(line.last), "\(line.delivered)", "\(line.held)", "\(line.refused)",
                    line.asked.map(Self.age) ?? "-")
            }
            table.print()
        }

        /// How long ago, of a time as it is written in answers.
        private static func age(_ text: String) -> String { Timestamp(text: text)?.age(at: State.now) ?? text }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One case: how it stands, what is asked and by whom it was answered, notes, the latest acts.")
        @OptionGroup var gateway: GatewayOptions
        @Flag(help: "As JSON.") var json = false
        @Argument(help: "The case.") var id: String

        func run() throws {
            let id = try CaseCommand.id(id)
            let api = try gateway.connect()
            let view = try api.get(CaseView.self, "cases", id)
            if json { return try JSONOutput.print(view) }
            CaseText.print(view)
            for note in view.notes.suffix(20) {
                Terminal.line(
                    "\("note".padded(12)) \(note.time) \(SafeText.printable(note.author + ": " + note.text, limit: 600))"
                )
            }
            let acts = try api.list(AuditView.self, "cases", id, "timeline", limit: 1000).suffix(15)
            if !acts.isEmpty { Terminal.line() }
            for act in acts {
                Terminal.line(SafeText.printable("\(act.time) \(act.author) \(act.act) \(act.detail)", limit: 240))
            }
        }
    }

    struct Evidence: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Why: the evidence, samples, signed reports, and what was sent, of one case.")
        @OptionGroup var gateway: GatewayOptions
        @Flag(help: "As JSON.") var json = false
        @Argument(help: "The case.") var id: String

        func run() throws {
            let view = try gateway.connect().get(CaseView.self, "cases", try CaseCommand.id(id))
            if json { return try JSONOutput.print(view) }
            for sentence in view.evidence { Terminal.line("- " + SafeText.printable(sentence, limit: 500)) }
            CaseText.print(samples: view)
            Terminal.line("what left before the stop, and what receivers said: sluice explain \(view.id)")
            for report in view.reports {
                Terminal.line(
                    SafeText.printable("report \(report.id) of \(report.time) by \(report.producer) on \(report.host)"))
            }
            for notice in view.notices {
                let outcome = notice.outcome.isEmpty ? "" : ", " + notice.outcome
                Terminal.line(
                    SafeText.printable(
                        "sent \(notice.time) \(notice.channel) \(notice.stage) to \(notice.target)\(outcome)",
                        limit: 300))
            }
        }
    }
}
