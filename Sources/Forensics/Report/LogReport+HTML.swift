import LogFormats
import MailTypes

extension LogReport {
    /// The whole report as one page that loads nothing and runs nothing.
    package var html: String {
        var out = HTMLPage.head
        out +=
            "<h1>What the logs show</h1><p>\(HTMLText.escape(ReportTime.short(first))) to \(HTMLText.escape(ReportTime.short(last))) UTC"
        out += " · \(totals.lines) lines of \(files.count) files"
        out += interrupted ? " · <strong>interrupted: only what was read until then</strong></p>" : "</p>"
        out +=
            "<table><caption>Findings</caption><thead><tr><th>#</th><th>confidence</th><th>what</th><th>who</th><th>since</th><th>summary</th></tr></thead><tbody>"
        for (index, finding) in findings.enumerated() {
            out += "<tr class=\"\(finding.confidence.rawValue)\"><td><a href=\"#f\(index + 1)\">\(index + 1)</a></td>"
            out += cells([
                finding.confidence.rawValue, finding.kind.rawValue, finding.subject, ReportTime.short(finding.start),
                finding.summary,
            ])
            out += "</tr>"
        }
        out += "</tbody></table>"
        for (index, finding) in findings.enumerated() { out += section(finding, index + 1) }
        out += "<h2>What was read</h2>" + table(["", ""], namedTotals.map { [$0.0, String($0.1)] })
        out += table(
            ["format", "lines", "not understood"],
            LogFormat.allCases.filter { tally.lines[Int($0.rawValue)] > 0 }.map {
                [$0.name, String(tally.lines[Int($0.rawValue)]), String(tally.unparsed[Int($0.rawValue)])]
            })
        out += "<p>Local times: \(HTMLText.escape(zone)).</p>"
        for error in errors { out += "<p>Could not read \(HTMLText.escape(error.description)).</p>" }
        return out + "</main></body></html>\n"
    }

    private func section(_ finding: Finding, _ number: Int) -> String {
        var out = "<section id=\"f\(number)\"><h2>\(number). \(HTMLText.escape(finding.subject))</h2>"
        out +=
            "<p><b class=\"\(finding.confidence.rawValue)\">\(finding.confidence.rawValue)</b> (\(finding.probability) %) · \(finding.kind.rawValue) · "
        out +=
            "\(HTMLText.escape(ReportTime.short(finding.start))) to \(HTMLText.escape(ReportTime.short(finding.end))) UTC</p>"
        out += "<p>\(HTMLText.escape(finding.summary))</p>"
        if let benign = finding.benign { out += "<p>Could also be: \(HTMLText.escape(benign)).</p>" }
        out += list(finding.signals)
        if finding.days.count > 1 { out += SVGChart.days(finding.days, start: finding.start) }
        if !finding.addresses.isEmpty {
            out += table(
                ["address", "place", "first", "last", "logins", "failures", "messages", "recipients"],
                finding.addresses.map {
                    [
                        $0.address.description, $0.place ?? "", ReportTime.short($0.first), ReportTime.short($0.last),
                        String($0.logins), String($0.failures), String($0.messages), String($0.recipients),
                    ]
                })
        }
        if !finding.timeline.isEmpty {
            out += table(
                ["time", "what", "line"],
                finding.timeline.map { moment in
                    [
                        ReportTime.short(moment.seconds), moment.text,
                        moment.evidence.map { "\($0.file):\($0.line)" } ?? "",
                    ]
                })
        }
        if !finding.evidence.isEmpty {
            out += "<pre>"
            for line in finding.evidence { out += "\(HTMLText.escape("\(line.file):\(line.line): \(line.text)"))\n" }
            out += "</pre>"
        }
        out += "<h3>What to do</h3>" + list(finding.advice)
        return out + "</section>"
    }

    private func cells(_ texts: [String]) -> String { texts.map { "<td>\(HTMLText.escape($0))</td>" }.joined() }

    private func list(_ texts: [String]) -> String {
        texts.isEmpty ? "" : "<ul>" + texts.map { "<li>\(HTMLText.escape($0))</li>" }.joined() + "</ul>"
    }

    private func table(_ heads: [String], _ rows: [[String]]) -> String {
        "<table><thead><tr>" + heads.map { "<th>\(HTMLText.escape($0))</th>" }.joined() + "</tr></thead><tbody>"
            + rows.map { "<tr>\(cells($0))</tr>" }.joined() + "</tbody></table>"
    }
}

private enum HTMLPage {
    static let head = """
        <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>Sluice: what the logs show</title><style>
        body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1b1f24;background:#fff}
        main{max-width:72rem;margin:auto;padding:1rem}
        table{border-collapse:collapse;margin:1rem 0;max-width:100%}caption{text-align:left;font-weight:600}
        th,td{border-bottom:1px solid #ccd;padding:.25rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
        pre{background:#f4f5f7;padding:.8rem;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere}
        .high{color:#a40e26}.medium{color:#8a5300}.low{color:#444}
        svg text{font-size:11px}.all{fill:#5a7fb5}.bad{fill:#c0392b}.mark{stroke:#111;stroke-dasharray:3 3}
        @media(prefers-color-scheme:dark){body{background:#15181c;color:#e4e6ea}pre{background:#21262d}svg text{fill:#e4e6ea}
        .high{color:#ff7b72}.medium{color:#e3b341}.low{color:#aab}.mark{stroke:#eee}}
        </style></head><body><main>

        """
}
