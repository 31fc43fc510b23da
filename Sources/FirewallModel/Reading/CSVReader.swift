/// Reads comma-, semicolon- or tab-separated values with a header line (RFC 4180) into objects, as PowerShell's Export-Csv
/// writes them.
enum CSVReader {
    /// Columns of a line; more are refused.
    private static let columns = 500

    static func read(_ source: SourceText) throws(FirewallError) -> JSONNode {
        var rows: [(line: Int, fields: [String])] = []
        var separator: UInt8?
        var field: [UInt8] = []
        var fields: [String] = []
        var (line, start, quoted, wasQuoted) = (1, 1, false, false)
        let bytes = source.bytes
        var at = 0
        func finishField() {
            fields.append(String(decoding: field, as: UTF8.self))
            field = []
            wasQuoted = false
        }
        while at < bytes.count {
            let byte = bytes[at]
            if separator == nil, line == start, fields.isEmpty, field.isEmpty, !quoted, byte == UInt8(ascii: "#") {
                while at < bytes.count, bytes[at] != 0x0a { at += 1 }  // #TYPE …
                at += 1
                line += 1
                start = line
                continue
            }
            if separator == nil { separator = chooseSeparator(bytes[at...]) }
            if quoted {
                if byte == 0x22, at + 1 < bytes.count, bytes[at + 1] == 0x22 {
                    field.append(0x22)
                    at += 1
                } else if byte == 0x22 {
                    quoted = false
                } else {
                    if byte == 0x0a { line += 1 }
                    field.append(byte)
                }
            } else if byte == 0x22, field.isEmpty, !wasQuoted {
                quoted = true
                wasQuoted = true
            } else if byte == separator {
                finishField()
                guard fields.count <= columns else { throw source.error(line, "more than \(columns) columns") }
            } else if byte == 0x0a {
                finishField()
                if fields.contains(where: { !$0.isEmpty }) { rows.append((start, fields)) }
                fields = []
                line += 1
                start = line
            } else if byte != 0x0d {
                field.append(byte)
            }
            at += 1
        }
        guard !quoted else { throw source.error(start, "a quote is not closed: the file is cut") }
        if !field.isEmpty || !fields.isEmpty {
            finishField()
            rows.append((start, fields))
        }
        guard let header = rows.first else { throw source.error(1, "no header") }
        var objects: [JSONNode] = []
        for row in rows.dropFirst() {
            guard row.fields.count == header.fields.count else {
                throw source.error(
                    row.line, "\(row.fields.count) columns where the header has \(header.fields.count): the file is cut"
                )
            }
            objects.append(
                JSONNode(
                    line: row.line,
                    .object(zip(header.fields, row.fields).map { ($0.0, JSONNode(line: row.line, .string($0.1))) })))
        }
        return JSONNode(line: 1, .array(objects))
    }

    private static func chooseSeparator(_ rest: ArraySlice<UInt8>) -> UInt8 {
        let header = rest.prefix { $0 != 0x0a }
        let candidates: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
        return candidates.max { a, b in header.count { $0 == a } < header.count { $0 == b } } ?? UInt8(ascii: ",")
    }
}
