/// Text made safe inside HTML, XML and JSON.
enum Escaping {
    /// For element content and quoted attributes, in HTML and XML 1.0 alike.
    static func markup(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case let other where other.value < 0x20 || other.value == 0xfffe || other.value == 0xffff: result += "?"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A JSON string with its quotes (RFC 8259 §7).
    static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case let other where other.value < 0x20 || (0x7f...0x9f).contains(other.value) || other.value == 0x2028:
                let digits = String(other.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    static func json(_ texts: [String]) -> String { "[" + texts.map(json).joined(separator: ",") + "]" }
}

extension PostureReport {
    /// One object; keys are stable.
    package var json: String {
        let entries = ordered.map { finding in
            var fields = [
                "\"id\":\(Escaping.json(finding.check.description))", "\"target\":\(Escaping.json(finding.target))",
                "\"title\":\(Escaping.json(Check.find(finding.check)?.title ?? ""))",
                "\"result\":\(Escaping.json(finding.result.word))",
            ]
            if let severity = finding.result.severity { fields.append("\"severity\":\"\(severity)\"") }
            switch finding.result {
            case .unknown(let missing): fields.append("\"missing\":\(Escaping.json(missing))")
            case .waived(_, let waiver):
                fields.append(
                    "\"waiver\":{\"owner\":\(Escaping.json(waiver.owner)),\"expires\":\(Escaping.json(waiver.expires)),"
                        + "\"reason\":\(Escaping.json(waiver.reason))}")
            case .pass, .fail: break
            }
            fields.append("\"evidence\":\(Escaping.json(finding.evidence))")
            return "{" + fields.joined(separator: ",") + "}"
        }
        return "{\"time\":\(Escaping.json(time)),\"exit\":\(exitStatus),\"findings\":[\n"
            + entries.joined(separator: ",\n") + "\n]}"
    }

    /// JUnit's XML: what is unknown is an error, what is waived is skipped.
    package var junit: String {
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuite name="sluice check" timestamp="\(Escaping.markup(time))" tests="\(findings.count)" \
            failures="\(count("fail"))" errors="\(count("unknown"))" skipped="\(count("waived"))">

            """
        for finding in ordered {
            let title = Check.find(finding.check)?.title ?? ""
            text += "<testcase classname=\"\(Escaping.markup(finding.target))\" "
            text += "name=\"\(Escaping.markup("\(finding.check) \(title)"))\">"
            let evidence = Escaping.markup(finding.evidence.joined(separator: "\n"))
            switch finding.result {
            case .pass: break
            case .fail(let severity): text += "<failure type=\"\(severity)\">\(evidence)</failure>"
            case .unknown(let missing): text += "<error message=\"\(Escaping.markup(missing))\">\(evidence)</error>"
            case .waived(_, let waiver):
                text += "<skipped message=\"\(Escaping.markup(waiver.owner + ": " + waiver.reason))\"/>"
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
            case .fail: detail += (check?.remedies ?? []).map { "Remedy (\($0.system)): \($0.text)" }
            case .pass: break
            }
            let lines = detail.map { "<li>\(Escaping.markup($0))</li>" }.joined()
            let severity = finding.result.severity.map { " (\($0))" } ?? ""
            rows += """
                <tr class="\(finding.result.word)"><td>\(finding.check)</td><td>\(finding.result.word)\(severity)</td>\
                <td>\(Escaping.markup(finding.target))</td><td>\(Escaping.markup(check?.title ?? ""))<ul>\(lines)</ul></td></tr>

                """
        }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>sluice check</title><style>
            body{font:15px sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.4em;\
            text-align:left;vertical-align:top}ul{margin:.3em 0;padding-left:1.2em;overflow-wrap:anywhere}\
            .fail td:nth-child(2){background:#f6c0b8}.unknown td:nth-child(2){background:#f5e3a1}\
            .pass td:nth-child(2){background:#c4e8c2}.waived td:nth-child(2){background:#ddd}
            </style></head><body><h1>sluice check</h1><p>\(Escaping.markup(time)): \(summary)</p><table>
            <tr><th>Check</th><th>Result</th><th>Target</th><th>Statement and evidence</th></tr>
            \(rows)</table></body></html>

            """
    }
}
