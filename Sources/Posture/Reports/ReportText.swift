extension PostureReport {
    /// Lines of evidence for a finding without details.
    private static let told = 20

    /// For a terminal. Without `details`, evidence is cut, and of what passed one line is shown.
    package func text(details: Bool = false) -> String {
        var text = ""
        var told: Set<String> = []
        for finding in ordered {
            let check = Check.find(finding.check)
            // What a whole part misses for one reason is told once.
            if !details, case .unknown(let missing) = finding.result, finding.evidence.isEmpty {
                let alike = like(finding, missing)
                guard told.insert("\(finding.check.group?.rawValue ?? "") \(finding.target) \(missing)").inserted else {
                    continue
                }
                text += "\(label(finding)) \(finding.check) \(finding.target): \(check?.title ?? "")\n"
                text += "      missing: \(missing)\n"
                if !alike.isEmpty { text += "      and so: \(alike.joined(separator: ", "))\n" }
                continue
            }
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

    /// Other checks of the part that miss the same.
    private func like(_ finding: Finding, _ missing: String) -> [String] {
        ordered.filter {
            $0.check != finding.check && $0.check.group == finding.check.group && $0.target == finding.target
                && $0.result == .unknown(missing) && $0.evidence.isEmpty
        }.map(\.check.description)
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
