/// Collects header fields from lines: all of the message's own header within bounds, the MIME fields of parts.
struct FieldCollector: Sendable {
    /// The header is the message's own.
    private(set) var isTop: Bool
    private(set) var defects: MessageDefects = []
    private(set) var contentType: [UInt8]?
    private(set) var disposition: [UInt8]?
    private(set) var encoding: [UInt8]?

    private var header = MessageHeader()
    private var keptBytes = 0
    /// The field being read, from its name on; empty if none.
    private var current: [UInt8] = []
    private var colon = 0
    private var sawLine = false

    init(isTop: Bool) { self.isTop = isTop }

    enum LineKind { case field, end, notAField }

    /// Forgets the entity's fields for the next one's.
    mutating func beginPart() {
        isTop = false
        (contentType, disposition, encoding) = (nil, nil, nil)
        current.removeAll(keepingCapacity: true)
        sawLine = false
    }

    mutating func takeHeader() -> MessageHeader {
        let taken = header
        header = MessageHeader()
        return taken
    }

    mutating func line(_ piece: Span<UInt8>, starts: Bool) -> LineKind {
        var count = piece.count
        if count > 0, piece[count - 1] == 0x0d { count -= 1 }
        let line = piece.extracting(0..<count)
        guard starts else {
            extend(line)
            return .field
        }
        guard count > 0 else { return .end }
        defer { sawLine = true }
        if line[0] == 0x20 || line[0] == 0x09 {
            guard sawLine else { return .notAField }
            extend(line)
            return .field
        }
        guard let colon = Self.colon(line) else {
            // An mbox separator before the header, quoted or not, is not part of the message.
            let isSeparator =
                Bytes.hasPrefixIgnoringCase(line, "from ") || Bytes.hasPrefixIgnoringCase(line, ">from ")
            return !sawLine && isSeparator ? .field : .notAField
        }
        finish()
        self.colon = colon
        extend(line)
        return .field
    }

    private mutating func extend(_ line: Span<UInt8>) {
        let limit = isTop ? ReadingBounds.headerBytes : ReadingBounds.partFieldBytes
        if !current.append(line, limit: limit) { defects.insert(.headerTooLarge) }
    }

    /// The colon behind a field name: printable bytes without white space but before the colon (RFC 5322 §3.6.8, §4.5).
    private static func colon(_ line: Span<UInt8>) -> Int? {
        var i = 0
        while i < line.count, line[i] > 0x20, line[i] != 0x3a, line[i] < 0x7f { i += 1 }
        guard i > 0 else { return nil }
        while i < line.count, line[i] == 0x20 || line[i] == 0x09 { i += 1 }
        return i < line.count && line[i] == 0x3a ? i : nil
    }

    /// Takes the field read so far.
    mutating func finish() {
        var field: [UInt8] = []
        swap(&field, &current)
        take(field)
        field.removeAll(keepingCapacity: true)
        current = field
    }

    private mutating func take(_ field: [UInt8]) {
        // In parts only Content-* counts.
        guard let first = field.first, colon < field.count, isTop || first | 0x20 == 0x63 else { return }
        let name = Self.lowered(field.span.extracting(0..<colon))
        let rest = field.span.extracting((colon + 1)..<field.count)
        var value: [UInt8] = []
        value.append(rest.extracting(Bytes.trimmed(rest)))
        if name.first == 0x63 { noteMIME(name, value) }
        if isTop { keep(name, value) }
    }

    private static func lowered(_ name: Span<UInt8>) -> [UInt8] {
        let range = Bytes.trimmed(name)
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        for i in range { result.append(name[i] &- 0x41 < 26 ? name[i] | 0x20 : name[i]) }
        return result
    }

    private mutating func noteMIME(_ name: [UInt8], _ value: [UInt8]) {
        if Bytes.equal(name, "content-type") {
            note(value, in: \.contentType)
        } else if Bytes.equal(name, "content-disposition") {
            note(value, in: \.disposition)
        } else if Bytes.equal(name, "content-transfer-encoding") {
            note(value, in: \.encoding)
        }
    }

    /// The first one counts, as with most mail programs.
    private mutating func note(_ value: [UInt8], in place: WritableKeyPath<Self, [UInt8]?>) {
        guard self[keyPath: place] == nil else {
            defects.insert(.conflictingFields)
            return
        }
        self[keyPath: place] = Array(value.prefix(ReadingBounds.partFieldBytes))
    }

    private mutating func keep(_ name: [UInt8], _ value: [UInt8]) {
        header.fieldCount += 1
        guard header.fields.count < ReadingBounds.fields,
            keptBytes + name.count + value.count <= ReadingBounds.headerBytes
        else {
            defects.insert(.headerTooLarge)
            return
        }
        keptBytes += name.count + value.count
        if Self.isSingle(name), header.fields.contains(where: { $0.name == name }) {
            defects.insert(.conflictingFields)
        }
        if value.contains(0) { defects.insert(.nulByte) }
        let (decoded, isRaw) = EncodedWords.decoded(value)
        if isRaw { defects.insert(.rawEightBitHeader) }
        header.fields.append(HeaderField(name: name, value: value, decoded: decoded))
    }

    /// RFC 5322 §3.6: at most one of each.
    private static func isSingle(_ name: [UInt8]) -> Bool {
        switch name.count {
        case 2: Bytes.equal(name, "to") || Bytes.equal(name, "cc")
        case 4: Bytes.equal(name, "from") || Bytes.equal(name, "date")
        case 6: Bytes.equal(name, "sender")
        case 7: Bytes.equal(name, "subject")
        case 8: Bytes.equal(name, "reply-to")
        case 10: Bytes.equal(name, "message-id") || Bytes.equal(name, "references")
        case 12: Bytes.equal(name, "mime-version")
        default: false
        }
    }
}
