import MailTypes

/// Text inside HTML: control bytes and directional overrides replaced, markup escaped, also inside quoted attributes.
enum HTMLText {
    static func escape(_ text: String, limit: Int = 1000) -> String {
        MarkupText.escaped(SafeText.printable(text, limit: limit))
    }
}

/// Charts as inline SVG: nothing is loaded and nothing runs.
enum SVGChart {
    /// Bars by day: recipients, and over them those that failed. The start of the finding is a line.
    static func days(_ days: [(day: Int, recipients: Int, failed: Int)], start: UInt32) -> String {
        guard let first = days.first?.day, let last = days.last?.day, last - first < 400 else { return "" }
        let span = last - first + 1
        let top = max(1, days.map { max($0.recipients, $0.failed) }.max() ?? 1)
        let width = max(240, min(900, span * 24))
        let bar = Double(width) / Double(span)
        let height = 110.0
        var svg =
            "<svg role=\"img\" aria-label=\"recipients by day\" viewBox=\"0 0 \(width) 140\" width=\"\(width)\" height=\"140\">"
        for day in days {
            let x = Double(day.day - first) * bar
            let all = Double(day.recipients) / Double(top) * height
            let failed = Double(day.failed) / Double(top) * height
            svg += rect(x, bar, height - all, all, "all") + rect(x, bar, height - failed, failed, "bad")
        }
        let mark = (Double(start) / 86_400 - Double(first)) * bar
        if mark >= 0, mark <= Double(width) {
            svg += "<line class=\"mark\" x1=\"\(fixed(mark))\" x2=\"\(fixed(mark))\" y1=\"0\" y2=\"\(height)\"/>"
        }
        svg +=
            "<text x=\"0\" y=\"126\">\(date(first))</text><text x=\"\(width)\" y=\"126\" text-anchor=\"end\">\(date(last))</text>"
        svg += "<text x=\"0\" y=\"138\">most on one day: \(top)</text></svg>"
        return svg
    }

    private static func rect(_ x: Double, _ width: Double, _ y: Double, _ height: Double, _ kind: String) -> String {
        guard height > 0 else { return "" }
        return
            "<rect class=\"\(kind)\" x=\"\(fixed(x + width * 0.1))\" y=\"\(fixed(y))\" width=\"\(fixed(width * 0.8))\" height=\"\(fixed(height))\"/>"
    }

    private static func fixed(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func date(_ day: Int) -> String {
        String(ReportTime.iso(UInt32(clamping: day * 86_400 + 1)).prefix(10))
    }
}
