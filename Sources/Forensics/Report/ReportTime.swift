import MailTypes

/// Times as the reports show them.
enum ReportTime {
    /// `2026-11-24T08:30:00Z`; empty for no time.
    static func iso(_ seconds: UInt32) -> String {
        guard seconds > 0, seconds < .max else { return "" }
        return Timestamp(seconds: Int64(seconds)).iso8601.prefix(19) + "Z"
    }

    /// `2026-11-24 08:30:00`
    static func short(_ seconds: UInt32) -> String {
        iso(seconds).prefix(19).map { $0 == "T" ? " " : String($0) }.joined()
    }

    /// `3 days 4 hours`, `12 minutes`, `5 seconds`.
    static func span(_ seconds: UInt32) -> String {
        let units: [(UInt32, String)] = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")]
        for (index, unit) in units.enumerated() where seconds >= unit.0 || unit.0 == 1 {
            let count = seconds / unit.0
            var text = "\(count) \(unit.1)\(count == 1 ? "" : "s")"
            if index + 1 < units.count, count < 10 {
                let rest = seconds % unit.0 / units[index + 1].0
                if rest > 0 { text += " \(rest) \(units[index + 1].1)\(rest == 1 ? "" : "s")" }
            }
            return text
        }
        return "0 seconds"
    }
}
