import MailTypes

/// All findings of a run.
package struct PostureReport: Sendable, Hashable {
    package var findings: [Finding]
    /// When it was made, as `2026-11-25T14:00:00Z`.
    package var time: String
    /// Systems that are there, as remedies name them; empty: not known, and all remedies are told.
    package var systems: Set<String>

    /// Waived failures whose day is over are failures again. `time` begins with the day.
    package init(_ findings: [Finding], waivers: [Waiver] = [], time: String, systems: Set<String> = []) {
        self.systems = systems
        let day = String(time.prefix(10))
        self.time = time
        self.findings = findings.map { finding in
            guard case .fail(let severity) = finding.result,
                let waiver = waivers.first(where: { $0.covers(finding, on: day) })
            else { return finding }
            var waived = finding
            waived.result = .waived(severity, waiver)
            return waived
        }
    }

    /// 0: all passed or waived; 1: something failed; 2: something is unknown and nothing failed, or nothing was checked.
    package var exitStatus: Int32 {
        if findings.contains(where: { $0.result.word == "fail" }) { return 1 }
        return findings.isEmpty || findings.contains { $0.result.word == "unknown" } ? 2 : 0
    }

    package func count(_ word: String) -> Int { findings.count { $0.result.word == word } }

    /// Failures first, the worst of them first; then what is unknown, waived, passed.
    package var ordered: [Finding] {
        func rank(_ finding: Finding) -> Int {
            switch finding.result {
            case .fail(let severity): 3 - severity.rawValue
            case .unknown: 4
            case .waived: 5
            case .pass: 6
            }
        }
        return findings.enumerated().sorted { a, b in
            (rank(a.element), a.element.check.description, a.offset)
                < (rank(b.element), b.element.check.description, b.offset)
        }.map(\.element)
    }

    /// Systems that only one of a host's remedies can be for.
    private static let exclusive: Set<String> = [
        "Postfix", "Exim", "OpenSMTPD", "Sendmail", "Dovecot", "Exchange", "Windows", "AD", "Unix", "iptables",
        "nftables",
    ]

    /// Remedies for the system that a finding is about (`host (Postfix)`), or for those that are there; else all.
    package func remedies(_ finding: Finding) -> [Check.Remedy] {
        let all = Check.find(finding.check)?.remedies ?? []
        if finding.target.hasSuffix(")"), let open = finding.target.lastIndex(of: "(") {
            let system = finding.target[finding.target.index(after: open)...].dropLast()
            let own = all.filter { $0.system == system || $0.system == "all" }
            if own.contains(where: { $0.system == system }) { return own }
        }
        guard !systems.isEmpty else { return all }
        let there = all.filter { systems.contains($0.system) || !Self.exclusive.contains($0.system) }
        return there.isEmpty ? all : there
    }
}
