import MailTypes

/// The report as one page that needs nothing else: no scripts, no fonts, no network.
extension ReplayReport {
    package func html(against other: ReplayReport? = nil) -> String {
        var out = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>Sluice replay</title>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <style>body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}
            table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
            td.n{text-align:right}small{color:#666}svg{width:100%;height:auto}</style>
            <h1>Replay</h1>

            """
        out += section()
        if let other {
            out += "<h2>Compared</h2><pre>\(MarkupText.escaped(difference(to: other)))</pre>" + other.section()
        }
        return out + "</html>\n"
    }

    private func section() -> String {
        var out = label.isEmpty ? "" : "<h2>Policy \(MarkupText.escaped(label))</h2>\n"
        out += "<p>\(submissions) submissions to \(recipients) recipients in \(days.count) days. "
        out +=
            "Delivered \(delivered), throttled \(throttled), held \(held) (\(released) released by themselves), refused \(refused).</p>\n"
        out += Self.plot(days.map(\.submissions), "submissions a day", colour: "#9ab")
        out += Self.plot(days.map { $0.held + $0.refused }, "held and refused a day", colour: "#c63")
        out += "<h2>\(stops.count) stops</h2>\n<table><tr><th>When<th>Who<th>After<th>Out<th>Why</tr>\n"
        for stop in stops.prefix(500) {
            out +=
                "<tr><td>\(MarkupText.escaped(stop.time))<td>\(MarkupText.escaped(stop.source))<td class=n>\(Int(stop.seconds)) s<td class=n>\(stop.delivered)"
            out += "<td>\(stop.reasons.map(MarkupText.escaped).joined(separator: "<br>"))</tr>\n"
        }
        let only = touchedOnly
        out += "</table>\n<h2>\(only.count) senders held or refused, but not stopped</h2>\n"
        out += "<table><tr><th>First<th>Who<th>Messages<th>Why</tr>\n"
        for sender in only.prefix(500) {
            out +=
                "<tr><td>\(MarkupText.escaped(sender.first))<td>\(MarkupText.escaped(sender.source))<td class=n>\(sender.messages)"
            out += "<td>\(sender.reasons.map(MarkupText.escaped).joined(separator: "<br>"))</tr>\n"
        }
        return out + "</table>\n"
    }

    /// Bars, scaled to the highest.
    static func plot(_ values: [Int], _ title: String, colour: String) -> String {
        let top = max(1, values.max() ?? 1)
        let width = 1000.0 / Double(max(1, values.count))
        var out = "<svg viewBox=\"0 0 1000 120\" role=\"img\"><title>\(MarkupText.escaped(title))</title>"
        for (index, value) in values.enumerated() where value > 0 {
            let height = max(1, 95 * Double(value) / Double(top))
            out +=
                "<rect x=\"\(rounded(Double(index) * width))\" y=\"\(rounded(100 - height))\" width=\"\(rounded(width * 0.8))\" height=\"\(rounded(height))\" fill=\"\(colour)\"/>"
        }
        return out
            + "<text x=\"0\" y=\"116\" font-size=\"13\">\(MarkupText.escaped(title)), at most \(top)</text></svg>\n"
    }

    private static func rounded(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}
