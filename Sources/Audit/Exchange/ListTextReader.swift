import FirewallModel
import MailTypes
import Posture

/// The text of `Format-List`, and what `adsutil.vbs enum` prints: `Name : value`, a blank line between objects.
enum ListTextReader {
    /// A property's value over several lines.
    private static let maximumValue = 1 << 20

    /// A shell's window, copied: it begins with the prompt of the Exchange Management Shell.
    static func isTranscript(_ file: SourceFile) -> Bool {
        let head = file.bytes.prefix(256).filter { $0 > 0x20 && $0 < 0x7f }
        return head.starts(with: "[PS]".utf8)
    }

    /// `[PS] C:\>Get-ReceiveConnector | fl`
    private static func isPrompt(_ line: Substring) -> Bool {
        (line.hasPrefix("[PS] ") || line.hasPrefix("PS ")) && line.contains(">")
    }

    static func read(_ file: SourceFile) throws(AuditError) -> [ExchangeObject] {
        let text: String
        do throws(PostureError) {
            text = try AccountText.decode(file.bytes)
        } catch {
            throw AuditError(.input, "\(file.name): \(error)")
        }
        var objects: [ExchangeObject] = []
        var object: ExchangeObject?
        var pending: (name: String, value: String, line: Int)?

        func finish() throws(AuditError) {
            if let (name, text, line) = pending { object?.properties[name] = try value(text, line, file.name) }
            pending = nil
        }
        for (number, line) in AccountText.lines(text) {
            if line.trimmed.isEmpty || isPrompt(line) {
                try finish()
                if let done = object { objects.append(done) }
                object = nil
                continue
            }
            // A value that goes on begins below where it began.
            if pending != nil, line.first == " " || line.first == "\t" {
                pending?.value += line.trimmed
                guard pending?.value.utf8.count ?? 0 <= maximumValue else {
                    throw AuditError(.input, "\(file.name):\(number): a value longer than 1 MiB")
                }
                continue
            }
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else {
                throw AuditError(
                    .input,
                    "\(file.name):\(number): no “Name : value”, as Format-List writes it: \(SafeText.printable(String(line), limit: 60))"
                )
            }
            let name = line[..<colon].trimmed
            guard !name.isEmpty,
                name.utf8.allSatisfy({
                    ASCII.isAlphanumeric($0) || $0 == 0x5f || $0 == 0x2d || $0 == 0x28 || $0 == 0x29
                })
            else {
                throw AuditError(
                    .input,
                    "\(file.name):\(number): \(SafeText.printable(String(name), limit: 60)) is no property's name")
            }
            try finish()
            if object == nil { object = ExchangeObject(properties: [:], file: file.name, line: number) }
            pending = (name.lowercased(), String(line[line.index(after: colon)...].trimmed), number)
        }
        if text.last != "\n", pending != nil {
            throw AuditError(.input, "\(file.name): the last line is not ended: the export is cut")
        }
        try finish()
        if let done = object { objects.append(done) }
        return objects
    }

    private static func value(_ text: String, _ line: Int, _ file: String) throws(AuditError) -> ExchangeObject.Value {
        var text = text[...]
        // adsutil: (INTEGER) -1
        for kind in ["(INTEGER)", "(STRING)", "(BOOLEAN)", "(IPSec)", "(LIST)"] where text.hasPrefix(kind) {
            text = text.dropFirst(kind.count).trimmed
            if text.hasPrefix("\""), text.hasSuffix("\""), text.count >= 2 { text = text.dropFirst().dropLast() }
        }
        guard text.hasPrefix("{") else { return text.isEmpty ? .none : .text(String(text)) }
        guard text.hasSuffix("}") else {
            throw AuditError(.input, "\(file):\(line): a list that is not closed: the export is cut")
        }
        let items = text.dropFirst().dropLast().split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
        if let last = items.last, last.hasSuffix("...") || last.hasSuffix("…") {
            throw AuditError(
                .input,
                "\(file):\(line): PowerShell has cut the list: set $FormatEnumerationLimit = -1 and export again, or use Export-Clixml"
            )
        }
        return .list(items)
    }
}
