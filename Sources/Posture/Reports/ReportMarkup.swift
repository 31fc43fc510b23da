import MailTypes

extension PostureReport {
    /// One object; keys are stable.
    package var json: String {
        let entries = ordered.map { finding in
            var fields = [
                "\"id\":\(JSONString.quoted(finding.check.description))",
                "\"target\":\(JSONString.quoted(finding.target))",
                "\"title\":\(JSONString.quoted(Check.find(finding.check)?.title ?? ""))",
                "\"result\":\(JSONString.quoted(finding.result.word))",
            ]
            if let severity = finding.result.severity { fields.append("\"severity\":\"\(severity)\"") }
            switch finding.result {
            case .unknown(let missing): fields.append("\"missing\":\(JSONString.quoted(missing))")
            case .waived(_, let waiver):
                fields.append(
                    "\"waiver\":{\"owner\":\(JSONString.quoted(waiver.owner)),\"expires\":\(JSONString.quoted(waiver.expires)),"
                        + "\"reason\":\(JSONString.quoted(waiver.reason))}")
            case .pass, .fail: break
            }
            fields.append("\"evidence\":[\(finding.evidence.map(JSONString.quoted).joined(separator: ","))]")
            return "{" + fields.joined(separator: ",") + "}"
        }
        return "{\"time\":\(JSONString.quoted(time)),\"exit\":\(exitStatus),\"findings\":[\n"
            + entries.joined(separator: ",\n") + "\n]}"
    }

    /// JUnit's XML: what is unknown is an error, what is waived is skipped.
    package var junit: String {
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuite name="sluice check" timestamp="\(MarkupText.escaped(time))" tests="\(findings.count)" \
            failures="\(count("fail"))" errors="\(count("unknown"))" skipped="\(count("waived"))">

            """
        for finding in ordered {
            let title = Check.find(finding.check)?.title ?? ""
            text += "<testcase classname=\"\(MarkupText.escaped(finding.target))\" "
            text += "name=\"\(MarkupText.escaped("\(finding.check) \(title)"))\">"
            let evidence = MarkupText.escaped(finding.evidence.joined(separator: "\n"))
            switch finding.result {
            case .pass: break
            case .fail(let severity): text += "<failure type=\"\(severity)\">\(evidence)</failure>"
            case .unknown(let missing): text += "<error message=\"\(MarkupText.escaped(missing))\">\(evidence)</error>"
            case .waived(_, let waiver):
                text += "<skipped message=\"\(MarkupText.escaped(waiver.owner + ": " + waiver.reason))\"/>"
            }
            text += "</testcase>\n"
        }
        return text + "</testsuite>\n"
    }

    /// One page without scripts, links or images, to be shown to a provider.
    package var html: String {
        var rows = ""
        for finding in ordered {
            let check = Check.find(finding.check)
            var detail = finding.evidence
            switch finding.result {
            case .unknown(let missing): detail.append("Missing: " + missing)
            case .waived(_, let waiver):
                detail.append("Waived by \(waiver.owner) until \(waiver.expires): \(waiver.reason)")
            case .fail: detail += remedies(finding).map { "Remedy (\($0.system)): \($0.text)" }
            case .pass: break
            }
            let lines = detail.map { "<li>\(MarkupText.escaped($0))</li>" }.joined()
            let severity = finding.result.severity.map { " (\($0))" } ?? ""
            rows += """
                <tr class="\(finding.result.word)"><td>\(finding.check)</td><td>\(finding.result.word)\(severity)</td>\
                <td>\(MarkupText.escaped(finding.target))</td><td>\(MarkupText.escaped(check?.title ?? ""))<ul>\(lines)</ul></td></tr>

                """
        }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>sluice check</title><style>
            body{font:15px sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.4em;\
            text-align:left;vertical-align:top}ul{margin:.3em 0;padding-left:1.2em;overflow-wrap:anywhere}\
            .fail td:nth-child(2){background:#f6c0b8}.unknown td:nth-child(2){background:#f5e3a1}\
            .pass td:nth-child(2){background:#c4e8c2}.waived td:nth-child(2){background:#ddd}
            </style></head><body><h1>sluice check</h1><p>\(MarkupText.escaped(time)): \(summary)</p><table>
            <tr><th>Check</th><th>Result</th><th>Target</th><th>Statement and evidence</th></tr>
            \(rows)</table></body></html>

            """
    }
}
