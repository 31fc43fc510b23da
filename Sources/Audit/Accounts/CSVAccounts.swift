import MailTypes
import Posture

/// Tables with a header: `Export-Csv` of Get-ADUser or Get-Mailbox, SQL exports, Samba's.
enum CSVAccounts {
    static func read(_ text: String) throws(PostureError) -> [Account] {
        var rows = CSVRows(text)
        var header: [String]?
        var accounts: [Account] = []
        while let row = try rows.next() {
            if isFrame(row.fields) { continue }
            if row.fields == [""] || (header == nil && row.fields[0].hasPrefix("#TYPE")) { continue }
            guard let names = header else {
                header = row.fields
                continue
            }
            guard row.fields.count == names.count else {
                throw PostureError(line: row.line, "\(row.fields.count) fields where the header has \(names.count)")
            }
            accounts.append(try AccountRecord(zip(names, row.fields.map { Optional($0) }), line: row.line).account())
            guard accounts.count <= AccountReader.maximumAccounts else {
                throw PostureError(line: row.line, "too many accounts")
            }
        }
        return accounts
    }

    /// Lines that draw a table on a screen: `+----+`, `----+----`, `(2 rows)`.
    static func isFrame(_ fields: [String]) -> Bool {
        let text = fields.joined().filter { $0 != " " }
        if text.isEmpty { return false }
        return text.allSatisfy { $0 == "-" || $0 == "+" }
            || (fields.count == 1 && text.hasPrefix("(") && text.hasSuffix(")"))
    }
}

/// Rows of RFC 4180, with the separator of the header: comma, semicolon, tab, or the bars of a database's screen.
struct CSVRows {
    private var rest: Substring.UTF8View
    private let separator: UInt8
    private var line = 1

    init(_ text: String) {
        rest = text[...].utf8
        // PowerShell's first line may be "#TYPE …".
        let lines = rest.split(separator: 0x0a, maxSplits: 2)
        let header = lines.first { $0.first != UInt8(ascii: "#") && $0.first != UInt8(ascii: "+") } ?? rest.prefix(0)
        let counts = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")].map { sign in
            (sign, header.count { $0 == sign })
        }
        separator = counts.max { $0.1 < $1.1 }?.0 ?? UInt8(ascii: ",")
    }

    mutating func next() throws(PostureError) -> (line: Int, fields: [String])? {
        guard !rest.isEmpty else { return nil }
        let start = line
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var size = 0
        while let byte = rest.popFirst() {
            size += 1
            guard size <= AccountReader.maximumLine else { throw PostureError(line: start, "longer than 1 MiB") }
            if byte == 0x0a { line += 1 }
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    field.append(byte)
                } else if rest.first == UInt8(ascii: "\"") {
                    field.append(byte)
                    rest = rest.dropFirst()
                } else {
                    isQuoted = false
                }
            } else if byte == UInt8(ascii: "\""), field.isEmpty {
                isQuoted = true
            } else if byte == separator {
                fields.append(String(decoding: field, as: UTF8.self))
                field = []
            } else if byte == 0x0a {
                break
            } else if byte != 0x0d {
                field.append(byte)
            }
        }
        guard !isQuoted else { throw PostureError(line: start, "a quote is never closed: the export is cut in half") }
        fields.append(String(decoding: field, as: UTF8.self))
        guard separator == UInt8(ascii: "|") else { return (start, fields) }
        fields = fields.map { String($0[...].trimmed) }
        // `| a | b |`: the bars at both ends divide nothing.
        if fields.count > 2, fields.first == "", fields.last == "" { fields = Array(fields.dropFirst().dropLast()) }
        return (start, fields)
    }
}
