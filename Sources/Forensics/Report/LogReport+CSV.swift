import MailTypes

extension LogReport {
    /// One row a finding and address, for spreadsheets. Cells that a spreadsheet would take for a formula begin with `'`.
    package var csv: String {
        var out =
            "kind,confidence,probability,subject,start,end,summary,address,address_first,address_last,logins,failures,messages,recipients,place,evidence\r\n"
        for finding in findings {
            let evidence = finding.evidence.first.map { "\($0.file):\($0.line)" } ?? ""
            let head: [String] = [
                finding.kind.rawValue, finding.confidence.rawValue, String(finding.probability), finding.subject,
                ReportTime.iso(finding.start), ReportTime.iso(finding.end), finding.summary,
            ]
            if finding.addresses.isEmpty {
                out += CSVText.row(head + Array(repeating: "", count: 8) + [evidence])
            }
            for use in finding.addresses {
                out += CSVText.row(
                    head + [
                        use.address.description, ReportTime.iso(use.first), ReportTime.iso(use.last),
                        String(use.logins),
                        String(use.failures), String(use.messages), String(use.recipients), use.place ?? "", evidence,
                    ])
            }
        }
        return out
    }
}

/// RFC 4180, with formulas made harmless.
enum CSVText {
    static func row(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

    static func cell(_ text: String) -> String {
        var safe = ""
        for scalar in text.unicodeScalars {
            safe.unicodeScalars.append(scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) ? " " : scalar)
        }
        if let first = safe.unicodeScalars.first(where: { $0 != " " }), ["=", "+", "-", "@", "|", "%"].contains(first) {
            safe = "'" + safe
        }
        guard safe.contains(where: { $0 == "," || $0 == "\"" || $0 == ";" || $0 == "'" }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
