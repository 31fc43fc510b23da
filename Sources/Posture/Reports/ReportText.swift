extension PostureReport {
    /// For a terminal. With `details`, also what passed.
    package func text(details: Bool = false) -> String {
        var text = ""
        for finding in ordered where details || finding.result.word != "pass" {
            let check = Check.find(finding.check)
            text += "\(label(finding)) \(finding.check) \(finding.target): \(check?.title ?? "")\n"
            for line in finding.evidence { text += "      \(line)\n" }
            switch finding.result {
            case .unknown(let missing): text += "      missing: \(missing)\n"
            case .waived(_, let waiver):
                text += "      waived by \(waiver.owner) until \(waiver.expires): \(waiver.reason)\n"
            case .fail:
                for remedy in check?.remedies ?? [] { text += "      remedy (\(remedy.system)): \(remedy.text)\n" }
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
