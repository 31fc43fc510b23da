import MailTypes

/// What one system's configuration says to each check, collected while it is read.
struct MTAResults {
    private struct Entry {
        var severity: Severity?
        var failures: [String] = []
        var missing: [String] = []
        var notes: [String] = []
    }

    /// `Postfix`, `Dovecot`…
    let system: String
    private var entries: [CheckID: Entry] = [:]

    init(system: String) { self.system = system }

    /// Lines of evidence and missing things a check keeps.
    private static let maximumLines = 200

    mutating func fail(_ id: CheckID, _ severity: Severity, _ evidence: String) {
        var entry = entries[id] ?? Entry()
        entry.severity = max(entry.severity ?? severity, severity)
        if entry.failures.count < Self.maximumLines, !entry.failures.contains(evidence) {
            entry.failures.append(evidence)
        }
        entries[id] = entry
    }

    /// The check cannot be decided, with what is missing.
    mutating func unknown(_ id: CheckID, _ missing: String) {
        var entry = entries[id] ?? Entry()
        if entry.missing.count < Self.maximumLines, !entry.missing.contains(missing) { entry.missing.append(missing) }
        entries[id] = entry
    }

    /// It was looked at and is as it should be.
    mutating func pass(_ id: CheckID, _ evidence: String) {
        var entry = entries[id] ?? Entry()
        if entry.notes.count < Self.maximumLines, !entry.notes.contains(evidence) { entry.notes.append(evidence) }
        entries[id] = entry
    }

    /// One finding a check that was looked at. A failure counts before what is missing, and that before a pass.
    func findings(target: String) -> [Finding] {
        let name = "\(target) (\(system))"
        return entries.sorted { $0.key < $1.key }.map { id, entry in
            if let severity = entry.severity {
                return Finding(
                    id, target: name, .fail(severity), evidence: entry.failures + entry.missing.map { "unknown: \($0)" }
                )
            }
            if let first = entry.missing.first {
                let more = entry.missing.count > 1 ? " (and \(entry.missing.count - 1) more)" : ""
                let evidence = (entry.missing.count > 1 ? entry.missing : []) + entry.notes
                return Finding(id, target: name, .unknown(first + more), evidence: evidence)
            }
            return Finding(id, target: name, .pass, evidence: entry.notes)
        }
    }
}
