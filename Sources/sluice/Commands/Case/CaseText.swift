import Console
import MailTypes

/// A case for people.
enum CaseText {
    static func print(_ view: CaseView) {
        func row(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            Terminal.line("\(name.padded(12)) \(SafeText.printable(value, limit: 500))")
        }
        row("case", view.id)
        row("state", view.state)
        row("merged into", view.mergedInto)
        row("customer", view.customer)
        row("kind", view.kinds.joined(separator: ", "))
        for source in view.sources.prefix(20) {
            row("source", source + (view.stopped.contains(source) ? " (stopped)" : ""))
        }
        row("since", view.first)
        row("last", view.last)
        row("ended", view.ended)
        row("messages", "\(view.delivered) delivered, \(view.held) held, \(view.refused) refused")
        if view.earlier > 0 { row("earlier", "\(view.earlier) incidents") }
        if view.relapses > 0 { row("relapses", "\(view.relapses)") }
        for sentence in view.evidence { row("evidence", sentence) }
        if let ramp = view.probation {
            let limit = ramp.perHour.map { "\($0) messages an hour" } ?? "all steps done"
            row("probation", "step \(ramp.step) of \(ramp.steps), \(limit)")
        }
        if !view.checks.isEmpty { Terminal.line() }
        for check in view.checks { print(check) }
        print(samples: view)
    }

    /// `verified`, `reported` and `attested` apart, since they are not worth the same.
    private static func print(_ check: CheckView) {
        let colour: Terminal.Colour =
            switch check.result {
            case "pass": .green
            case "fail": .red
            default: .yellow
            }
        Terminal.line(
            Terminal.coloured(check.result.padded(8), colour) + " \(check.name.padded(20)) needs \(check.needs)")
        for (name, said) in [("verified", check.verified), ("reported", check.reported), ("attested", check.attested)] {
            guard let said else { continue }
            Terminal.line(
                "         \(name) \(said.result), \(said.at), "
                    + SafeText.printable("\(said.by): \(said.detail)", limit: 400))
        }
        if let waiver = check.waivedBy {
            Terminal.line(
                "         waived by " + SafeText.printable("\(waiver): \(check.waivedFor ?? "")", limit: 400))
        }
        if let missing = check.missing { Terminal.line("         missing: \(missing). \(check.advice)") }
    }

    static func print(samples view: CaseView) {
        for sample in view.samples {
            Terminal.line()
            Terminal.line("sample \(sample.id) of \(sample.time)")
            for line in (sample.header + "\n" + sample.text.prefix(600)).split(whereSeparator: \.isNewline) {
                Terminal.line("  " + SafeText.printable(String(line), limit: 160))
            }
        }
    }
}
