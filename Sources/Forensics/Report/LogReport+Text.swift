import LogFormats
import MailTypes

extension LogReport {
    /// The summary for a terminal: what matters first, one screen; everything from logs made harmless.
    ///
    /// - Parameters:
    ///   - details: all findings with signals, addresses, timeline and evidence, instead of the screenful.
    package func text(details: Bool) -> String {
        var out = header
        if findings.isEmpty {
            out +=
                "\nNothing found. \(totals.lines) lines were read; look at --unparsed if that is less than you expect.\n"
            return out
        }
        out += "\n"
        let limit = details ? findings.count : 12
        for (index, finding) in findings.prefix(limit).enumerated() {
            out += finding.text(index + 1, details: details, short: index >= 4)
        }
        let rest = findings.dropFirst(limit)
        if !rest.isEmpty {
            var kinds: [(Finding.Kind, Int)] = []
            for kind in Finding.Kind.allCases {
                let count = rest.count { $0.kind == kind }
                if count > 0 { kinds.append((kind, count)) }
            }
            let list = kinds.map { "\($1) \($0.rawValue)" }.joined(separator: ", ")
            out += "\nand \(rest.count) more (\(list)): --all shows them, --report FILE.html writes everything.\n"
        }
        return out
    }

    private var header: String {
        var out = ""
        if interrupted { out += "Interrupted: this is what was found so far.\n" }
        let formats = LogFormat.allCases.filter { tally.lines[Int($0.rawValue)] > 0 }.map(\.name).joined(
            separator: ", ")
        out += "\(totals.lines) lines of \(files.count) file\(files.count == 1 ? "" : "s") (\(formats))"
        out += ", \(ReportTime.short(first)) to \(ReportTime.short(last)) UTC\n"
        out +=
            "\(totals.logins) logins, \(totals.failedLogins) failed; \(totals.messages) messages in, \(totals.delivered) delivered, "
            + "\(totals.bounced) bounced, \(totals.deferrals) deferrals, \(totals.rejects) refused at the door\n"
        if totals.unparsed > 0 { out += "\(totals.unparsed) lines were not understood (--unparsed shows them)\n" }
        for error in errors { out += "could not read \(SafeText.printable(error.description))\n" }
        return out
    }

    /// The lines that were not understood, by format: counts, and the first of each.
    package var unparsedText: String {
        var out = ""
        for format in LogFormat.allCases where tally.unparsed[Int(format.rawValue)] > 0 {
            let lines = tally.lines[Int(format.rawValue)]
            let unparsed = tally.unparsed[Int(format.rawValue)]
            out += "\(format.name): \(unparsed) of \(lines) lines not understood\n"
            for sample in tally.samples where sample.format == format {
                let ref = EvidenceRef(rawValue: sample.ref)
                let file = files.indices.contains(ref.file) ? files[ref.file].path : "?"
                out += "  \(SafeText.printable(file)):\(ref.line): \(SafeText.printable(sample.text, limit: 300))\n"
            }
        }
        return out.isEmpty ? "All \(totals.lines) lines were understood.\n" : out
    }
}

extension Finding {
    func text(_ number: Int, details: Bool, short: Bool) -> String {
        let name = SafeText.printable(subject, limit: 80)
        var out =
            "\(number). [\(confidence.rawValue)] \(kind.rawValue): \(name) \(SafeText.printable(summary, limit: 400))\n"
        out += "   since \(ReportTime.short(start))"
        out += end > start ? ", \(ReportTime.span(end - start)), last \(ReportTime.short(end))\n" : "\n"
        if short, !details { return out }
        for signal in signals { out += "   · \(SafeText.printable(signal, limit: 300))\n" }
        let shown = details ? addresses.count : 3
        for use in addresses.prefix(shown) {
            out += "   from \(use.address)\(use.place.map { " (\(SafeText.printable($0, limit: 60)))" } ?? ""): "
            out +=
                "\(use.logins) logins, \(use.messages) messages, \(use.recipients) recipients, \(ReportTime.short(use.first)) to \(ReportTime.short(use.last))\n"
        }
        if addresses.count > shown { out += "   and \(addresses.count - shown) more addresses\n" }
        if details {
            for moment in timeline {
                out += "   \(ReportTime.short(moment.seconds))  \(SafeText.printable(moment.text, limit: 300))\n"
            }
        }
        for line in evidence.prefix(details ? 20 : 2) {
            out +=
                "   \(SafeText.printable(line.file, limit: 200)):\(line.line): \(SafeText.printable(line.text, limit: details ? 400 : 160))\n"
        }
        if let benign { out += "   could be: \(benign)\n" }
        for line in advice.prefix(details ? 10 : 1) { out += "   → \(line)\n" }
        return out
    }
}
