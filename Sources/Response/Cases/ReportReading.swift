import Enforcement
import MailTypes
import ReportSigning

/// From a signed report's findings to statements about required checks. Only findings that pass are a pass; one that is
/// waived by the server's own people, unknown or missing is `unknown`.
enum ReportReading {
    /// Findings that together answer a check: all must be there at least once.
    private static let answers: [(name: RequiredCheck.Name, checks: [String])] = [
        (.relayClosed, ["RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04"]),
        (.portRules, ["FW-01"]),
        (.noAlienLogin, ["LOG-01"]),
        (.noNullAccount, ["LOG-02"]),
        (.scriptRemoved, ["LOG-02"]),
        (.queueClean, ["QUEUE-01"]),
    ]

    /// Targets named in a statement.
    private static let named = 5

    struct Answer: Hashable {
        var name: RequiredCheck.Name
        var result: CheckState.Result
        var detail: String
    }

    /// What the report says about checks; nothing about those of which it has no finding.
    static func answers(_ report: SignedReport) -> [Answer] {
        let byCheck = Dictionary(grouping: report.items, by: \.check)
        return answers.compactMap { name, checks in
            let found = checks.map { byCheck[$0] ?? [] }
            guard found.contains(where: { !$0.isEmpty }) else { return nil }
            let items = found.flatMap(\.self)
            let bad = items.filter { $0.result == "fail" }
            let unclear = items.filter { $0.result != "fail" && $0.result != "pass" }
            let result: CheckState.Result =
                !bad.isEmpty ? .fail : unclear.isEmpty && found.allSatisfy({ !$0.isEmpty }) ? .pass : .unknown
            let told = (bad.isEmpty ? unclear : bad).prefix(named).map { item in
                let why = item.evidence.first.map { ": " + $0 } ?? ""
                return SafeText.printable("\(item.check) \(item.target) \(item.result)\(why)", limit: 200)
            }
            let detail = told.isEmpty ? checks.joined(separator: ", ") + " pass" : told.joined(separator: "; ")
            return Answer(
                name: name, result: result, detail: detail + " (\(SafeText.printable(report.producer, limit: 60)))")
        }
    }

    /// Kinds of incident that the findings show.
    static func kinds(_ report: SignedReport) -> Set<IncidentKind> {
        var kinds: Set<IncidentKind> = []
        for item in report.items where item.result == "fail" {
            if ["RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04"].contains(item.check) { kinds.insert(.openRelay) }
            if item.check == "LOG-02" { kinds.insert(.script) }
        }
        return kinds
    }

    /// The time in the report, `2026-11-25T14:00:00Z` with or without a fraction.
    static func time(_ text: String) -> Timestamp? {
        let parts = text.split(separator: "T")
        guard parts.count == 2, text.hasSuffix("Z"), let clock = parts[1].dropLast().split(separator: ".").first else {
            return nil
        }
        let date = parts[0].split(separator: "-")
        guard date.count == 3 else { return nil }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let month = Int(date[1]), (1...12).contains(month) else { return nil }
        return MailDate.read("\(date[2]) \(months[month - 1]) \(date[0]) \(clock) +0000")
    }
}
