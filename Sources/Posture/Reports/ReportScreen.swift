extension PostureReport {
    /// Findings told on one screen.
    private static let told = 20

    /// For a terminal, after many parts: a line for each part, the worst findings with their first evidence, where to read on.
    package func screen() -> String {
        var text = ""
        for group in CheckGroup.allCases {
            let part = PostureReport(findings.filter { $0.check.group == group }, time: time)
            guard !part.findings.isEmpty else { continue }
            let state = part.count("fail") > 0 ? "FAIL" : part.count("unknown") > 0 ? "unknown" : "ok"
            let name = group.rawValue.lowercased()
            text += padded(name, 10) + padded(state, 9)
            text += part.counts + "\n"
        }
        let open = ordered.filter { $0.result.word == "fail" || $0.result.word == "unknown" }
        if !open.isEmpty { text += "\n" }
        let shown = withoutRepetitions(open)
        for finding in shown.prefix(Self.told) {
            let title = Check.find(finding.check)?.title ?? ""
            let word = finding.result.severity.map { "FAIL \($0)" } ?? "unknown"
            text += "\(padded(word, 14))\(padded(finding.check.description, 10))\(finding.target): \(title)\n"
            if case .unknown(let missing) = finding.result { text += "              missing: \(cut(missing))\n" }
            if case .fail = finding.result {
                for line in finding.evidence.prefix(2) { text += "              \(cut(line))\n" }
                if finding.evidence.count > 2 { text += "              … \(finding.evidence.count - 2) more lines\n" }
            }
        }
        if shown.count > Self.told { text += "… \(shown.count - Self.told) more\n" }
        text += "\n" + summary + "\n"
        if !open.isEmpty {
            text += "Remedies: sluice check --explain ID. All evidence: the same command with --details.\n"
        }
        return text
    }

    /// Of checks of one part that miss the same thing, the first stands for all.
    private func withoutRepetitions(_ findings: [Finding]) -> [Finding] {
        var seen: Set<String> = []
        return findings.filter { finding in
            guard case .unknown(let missing) = finding.result else { return true }
            return seen.insert("\(finding.check.group?.rawValue ?? "") \(missing)").inserted
        }
    }

    private var counts: String {
        ["fail", "unknown", "waived", "pass"].filter { count($0) > 0 }.map { "\(count($0)) \($0)" }.joined(
            separator: ", ")
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private func cut(_ text: String) -> String { text.count > 160 ? text.prefix(160) + "…" : text }
}
