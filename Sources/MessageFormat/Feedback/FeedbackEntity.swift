import MailTypes

/// One entity of a report: its header fields and its body, each bounded. Simple and strict: what a report's parts need,
/// where `MessageReader` gives no parts' bytes.
struct FeedbackEntity {
    private static let mostFields = 300
    private static let mostParts = 12

    /// Names in lower case, values unfolded.
    let fields: [(name: [UInt8], value: [UInt8])]
    /// As transferred.
    let body: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        var fields: [(name: [UInt8], value: [UInt8])] = []
        var rest = bytes
        while let line = Self.line(&rest) {
            if line.isEmpty { break }
            if line.first == 0x20 || line.first == 0x09 {
                if !fields.isEmpty, fields[fields.count - 1].value.count < 4096 {
                    fields[fields.count - 1].value += [0x20] + Self.trimmed(line)
                }
                continue
            }
            guard let colon = line.firstIndex(of: 0x3a), fields.count < Self.mostFields else { continue }
            fields.append((line[..<colon].prefix(100).map(ASCII.lowercased), Self.trimmed(line[(colon + 1)...])))
        }
        self.fields = fields
        body = rest
    }

    func first(_ name: StaticString) -> [UInt8]? { fields.first { Bytes.equal($0.name, name) }?.value }

    var contentType: ParameterisedValue { ParameterisedValue(first("content-type") ?? Array("text/plain".utf8)) }

    /// The body with its transfer encoding taken off, at most `limit` bytes.
    func decoded(limit: Int) -> [UInt8] {
        let encoding = ParameterisedValue(first("content-transfer-encoding") ?? []).value
        let kind: TransferEncoding =
            Bytes.equal(encoding, "base64")
            ? .base64 : Bytes.equal(encoding, "quoted-printable") ? .quotedPrintable : .identity
        guard kind != .identity else { return Array(body.prefix(limit)) }
        var decoder = TransferDecoder(kind)
        var out: [UInt8] = []
        var rest = body
        while out.count < limit, let line = Self.line(&rest) {
            _ = decoder.decode(Array(line.prefix(65_536)).span, ends: true, into: &out, limit: limit)
        }
        decoder.finish(into: &out, limit: limit)
        return out
    }

    /// The parts of a multipart (RFC 2046 §5.1.1), at most `mostParts`; what stands before and behind them is left out.
    var parts: [FeedbackEntity] {
        guard let boundary = contentType["boundary"], (1...200).contains(boundary.count) else { return [] }
        let mark = Array("--".utf8) + boundary
        var parts: [FeedbackEntity] = []
        var rest = body
        var start: ArraySlice<UInt8>.Index?
        var position = rest.startIndex
        while parts.count < Self.mostParts, let line = Self.line(&rest) {
            defer { position = rest.startIndex }
            guard line.starts(with: mark) else { continue }
            let tail = Self.trimmed(line.dropFirst(mark.count))
            guard tail.isEmpty || tail == Array("--".utf8) else { continue }
            if let start, start <= position { parts.append(FeedbackEntity(body[start..<position])) }
            start = tail.isEmpty ? rest.startIndex : nil
            if start == nil { return parts }
        }
        // A report that was cut off still says what it says.
        if let start, parts.count < Self.mostParts { parts.append(FeedbackEntity(body[start...])) }
        return parts
    }

    /// The next line without its end; `nil` at the end.
    static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
        let line = rest[rest.startIndex..<end]
        rest = rest[min(end + 1, rest.endIndex)...]
        return line.last == 0x0d ? line.dropLast() : line
    }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = bytes.drop(while: Bytes.isSpace)
        while let last = bytes.last, Bytes.isSpace(last) { bytes = bytes.dropLast() }
        return Array(bytes.prefix(4096))
    }
}
