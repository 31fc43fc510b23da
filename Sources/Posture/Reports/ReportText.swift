extension PostureReport {
    /// Lines of evidence for a finding without details.
    private static let told = 20

    /// For a terminal. Without `details`, evidence is cut, and of what passed one line is shown.
    package func text(details: Bool = false) -> String {
        var text = ""
        for finding in ordered {
            let check = Check.find(finding.check)
            text += "\(label(finding)) \(finding.check) \(finding.target): \(check?.title ?? "")\n"
            let limit = details ? finding.evidence.count : finding.result.word == "pass" ? 1 : Self.told
            for line in finding.evidence.prefix(limit) { text += "      \(line)\n" }
            if finding.result.word != "pass", finding.evidence.count > limit {
                text += "      … \(finding.evidence.count - limit) more lines (--details)\n"
            }
            switch finding.result {
            case .unknown(let missing): text += "      missing: \(missing)\n"
            case .waived(_, let waiver):
                text += "      waived by \(waiver.owner) until \(waiver.expires): \(waiver.reason)\n"
            case .fail:
                for remedy in remedies(finding) { text += "      remedy (\(remedy.system)): \(remedy.text)\n" }
            case .pass: break
            }
        }
        return text + summary + "\n"
    }

    /// One line of counts.
    package var summary: String {
        "\(findings.count) checks: \(count("fail")) failed, \(count("unknown")) unknown, \(count("waived")) waived, "
            + "\(count("pass")) passed"
    }

    private func label(_ finding: Finding) -> String {
        switch finding.result {
        case .pass: "[pass]"
        case .fail(let severity): "[FAIL \(severity)]"
        case .unknown: "[unknown]"
        case .waived: "[waived]"
        }
    }
}
