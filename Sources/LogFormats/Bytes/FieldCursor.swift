/// Walks the fields of a line that are separated by one byte: W3C logs, filterlog, CSV.
struct FieldCursor {
    private let text: ByteSlice
    private let separator: UInt8
    /// Understands `"…"` with doubled quotes (RFC 4180); a quoted field is given without its outer quotes.
    private let quoted: Bool
    private var at = 0

    init(_ text: ByteSlice, separator: UInt8, quoted: Bool = false) {
        self.text = text
        self.separator = separator
        self.quoted = quoted
    }

    /// The next field; `nil` behind the last.
    mutating func next() -> ByteSlice? {
        guard at <= text.count else { return nil }
        if quoted, text.at(at) == Byte.quote { return nextQuoted() }
        let end = text.index(of: separator, from: at)
        let field = end < 0 ? text.from(at) : text.part(at, end)
        at = end < 0 ? text.count + 1 : end + 1
        return field
    }

    private mutating func nextQuoted() -> ByteSlice? {
        let start = at + 1
        var end = text.index(of: Byte.quote, from: start)
        while end >= 0, text.at(end + 1) == Byte.quote { end = text.index(of: Byte.quote, from: end + 2) }
        guard end >= 0 else {
            at = text.count + 1
            return text.from(start)
        }
        let separatorAt = text.index(of: separator, from: end + 1)
        at = separatorAt < 0 ? text.count + 1 : separatorAt + 1
        return text.part(start, end)
    }

    mutating func skip(_ count: Int) {
        for _ in 0..<count where next() == nil { return }
    }

    /// All fields, `limit` at most.
    static func split(_ text: ByteSlice, by separator: UInt8, quoted: Bool = false, limit: Int = 64) -> [ByteSlice] {
        var cursor = FieldCursor(text, separator: separator, quoted: quoted)
        var fields: [ByteSlice] = []
        while fields.count < limit, let field = cursor.next() { fields.append(field) }
        return fields
    }
}
