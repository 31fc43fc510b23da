/// Gathers what people see of a message: decoded text, HTML, its visible text, URLs; all bounded.
struct ContentCollector: Sendable {
    private(set) var text: [UInt8] = []
    private(set) var html: [UInt8] = []
    private(set) var htmlText: [UInt8] = []
    /// Bytes of hidden HTML text.
    private(set) var hidden = 0
    private(set) var urls = URLCollector()
    private(set) var defects: MessageDefects = []

    private var kind: Kind?
    private var decoder = TransferDecoder(.identity)
    private var charset: [UInt8] = []
    private var limit = 0
    /// The current part, its transfer encoding undone.
    private var raw: [UInt8] = []

    enum Kind: Sendable { case text, html }

    mutating func begin(_ kind: Kind, _ encoding: TransferEncoding, charset: [UInt8]) {
        end()
        self.kind = kind
        self.charset = charset
        decoder = TransferDecoder(encoding)
        limit = kind == .text ? ReadingBounds.textBytes - text.count : ReadingBounds.htmlBytes - html.count
    }

    /// False when no more of the part is wanted.
    mutating func line(_ piece: Span<UInt8>, ends: Bool) -> Bool {
        guard kind != nil else { return true }
        if decoder.decode(piece, ends: ends, into: &raw, limit: limit) { return true }
        defects.insert(.truncated)
        return false
    }

    /// Forgets the current part: a preamble that was one.
    mutating func discard() {
        kind = nil
        raw.removeAll(keepingCapacity: true)
    }

    /// The current part, if any, is complete.
    mutating func end() {
        guard let kind else { return }
        decoder.finish(into: &raw, limit: limit)
        defects.formUnion(decoder.defects)
        if !raw.isEmpty {
            if Bytes.firstIndex(of: 0, in: raw.span, 0..<raw.count) != nil, !Charset.isWide(charset) {
                defects.insert(.nulByte)
            }
            let (decoded, problem) = Charset.decode(raw, charset)
            defects.formUnion(problem)
            let part = Self.withPlainLineEnds(decoded)
            switch kind {
            case .text: addText(part)
            case .html: addHTML(part)
            }
        }
        if urls.isFull { defects.insert(.truncated) }
        self.kind = nil
        raw.removeAll(keepingCapacity: true)
    }

    private mutating func addText(_ part: [UInt8]) {
        if !text.isEmpty, text.last != 0x0a { text.append(0x0a) }
        if !text.append(part.span, limit: ReadingBounds.textBytes) { defects.insert(.truncated) }
        urls.addText(part.span)
    }

    private mutating func addHTML(_ part: [UInt8]) {
        if !html.append(part.span, limit: ReadingBounds.htmlBytes) { defects.insert(.truncated) }
        if !htmlText.isEmpty { htmlText.append(0x0a) }
        var reader = MarkupReader(textLimit: ReadingBounds.textBytes - htmlText.count)
        reader.read(part.span, urls: &urls)
        htmlText += reader.text
        hidden += reader.hidden
    }

    private static func withPlainLineEnds(_ bytes: [UInt8]) -> [UInt8] {
        guard Bytes.firstIndex(of: 0x0d, in: bytes.span, 0..<bytes.count) != nil else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        let span = bytes.span
        for i in 0..<span.count {
            if span[i] == 0x0d, i + 1 < span.count, span[i + 1] == 0x0a { continue }
            result.append(span[i])
        }
        return result
    }
}
