/// Reads HTML in one pass: what a reader sees as text, the URLs, and how much text styles hide.
///
/// Comments, scripts, styles and titles are dropped, character references resolved, invisible characters (zero width,
/// soft hyphens) left out, since spam tears words with them; white space is folded, and blocks end lines.
struct MarkupReader {
    private(set) var text: [UInt8] = []
    /// Bytes of text hidden by style.
    private(set) var hidden = 0

    private let textLimit: Int
    /// Where an anchor's text begins, and its URL.
    private var anchor: (start: Int, url: Int)?
    /// The element that hides, and how many of its name are open within.
    private var hiding: (name: TagName, open: Int)?
    private var owesSpace = false

    init(textLimit: Int) { self.textLimit = textLimit }

    mutating func read(_ source: Span<UInt8>, urls: inout URLCollector) {
        text.reserveCapacity(min(source.count / 2, textLimit))
        var i = 0
        while i < source.count {
            switch source[i] {
            case 0x3c: i = readMarkup(source, i, &urls)
            case 0x26: i = readReference(source, i)
            case 0x20, 0x09...0x0d:
                owesSpace = true
                i += 1
            case let byte where byte < 0x80:
                let start = i
                repeat { i += 1 } while i < source.count && Self.isPlain(source[i])
                put(source.extracting(start..<i))
            default: i = readForeign(source, i)
            }
        }
        endAnchor(&urls)
        if text.last == 0x0a { text.removeLast() }
        urls.addText(text.span)
    }

    // MARK: - Text

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        guard hiding == nil else {
            hidden += 1
            return
        }
        guard text.count < textLimit else { return }
        if owesSpace {
            owesSpace = false
            if let last = text.last, last != 0x0a { text.append(0x20) }
        }
        text.append(byte)
    }

    private mutating func put(_ run: Span<UInt8>) {
        guard hiding == nil else {
            hidden += run.count
            return
        }
        guard text.count < textLimit else { return }
        if owesSpace {
            owesSpace = false
            if let last = text.last, last != 0x0a { text.append(0x20) }
        }
        text.append(run, limit: textLimit)
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte < 0x80 && byte != 0x3c && byte != 0x26 && !Bytes.isSpace(byte)
    }

    private mutating func put(scalar: UInt32) {
        switch scalar {
        case 0x20, 0x09...0x0d, 0xa0: owesSpace = true
        case 0xad, 0x34f, 0x61c, 0x180e, 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x206f, 0xfeff: break
        case 0..<0x80: put(UInt8(scalar))
        default:
            var bytes: [UInt8] = []
            Charset.append(scalar, to: &bytes)
            for byte in bytes { put(byte) }
        }
    }

    /// A character outside ASCII; the source is valid UTF-8 or nearly so.
    private mutating func readForeign(_ source: Span<UInt8>, _ i: Int) -> Int {
        let lead = source[i]
        let length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1
        guard i + length <= source.count, length > 1 else {
            put(scalar: 0xfffd)
            return i + 1
        }
        var scalar = UInt32(lead) & (length == 2 ? 0x1f : length == 3 ? 0x0f : 0x07)
        for k in 1..<length { scalar = scalar << 6 | UInt32(source[i + k] & 0x3f) }
        put(scalar: scalar)
        return i + length
    }

    /// `&name;`, `&#64;`; the semicolon may be missing.
    private mutating func readReference(_ source: Span<UInt8>, _ start: Int) -> Int {
        guard let (scalar, end) = Self.reference(source, start) else {
            put(0x26)
            return start + 1
        }
        put(scalar: scalar)
        return end
    }

    private static func reference(_ source: Span<UInt8>, _ start: Int) -> (UInt32, Int)? {
        var end = start + 1
        let limit = min(source.count, end + HTMLEntities.longest)
        while end < limit, source[end] &- 0x30 < 10 || (source[end] | 0x20) &- 0x61 < 26 || source[end] == 0x23 {
            end += 1
        }
        guard end > start + 1 else { return nil }
        let word = source.extracting((start + 1)..<end)
        let scalar: UInt32?
        if word[0] == 0x23 {
            scalar = HTMLEntities.scalar(number: word)
        } else {
            scalar = HTMLEntities.scalar(name: word)
        }
        guard let scalar else { return nil }
        return (scalar, end < source.count && source[end] == 0x3b ? end + 1 : end)
    }

    /// Text of an attribute, references resolved.
    private static func resolved(_ value: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var i = 0
        while i < value.count, result.count < ReadingBounds.urlBytes {
            if value[i] == 0x26, let (scalar, end) = reference(value, i) {
                Charset.append(scalar, to: &result)
                i = end
            } else {
                result.append(value[i])
                i += 1
            }
        }
        return result
    }

    // MARK: - Markup

    private mutating func readMarkup(_ source: Span<UInt8>, _ i: Int, _ urls: inout URLCollector) -> Int {
        guard i + 1 < source.count else {
            put(0x3c)
            return i + 1
        }
        let next = source[i + 1]
        if next == 0x21 || next == 0x3f { return Self.declarationEnd(source, i) }
        guard next == 0x2f || (next | 0x20) &- 0x61 < 26 else {
            put(0x3c)
            return i + 1
        }
        let tag = MarkupTag(source, at: i)
        if hiding != nil {
            followHidden(tag)
        } else {
            apply(tag, source, &urls)
        }
        if !tag.isClosing, tag.name.role == .raw { return Self.rawEnd(source, tag.end, tag.name) }
        return tag.end
    }

    private mutating func followHidden(_ tag: MarkupTag) {
        guard let current = hiding, current.name == tag.name else { return }
        let open = current.open + (tag.isClosing ? -1 : 1)
        hiding = open > 0 ? (current.name, open) : nil
    }

    private mutating func apply(_ tag: MarkupTag, _ source: Span<UInt8>, _ urls: inout URLCollector) {
        let role = tag.name.role
        switch role {
        case .anchor: endAnchor(&urls)
        case .block:
            if let last = text.last, last != 0x0a, text.count < textLimit { text.append(0x0a) }
            owesSpace = false
        case .cell, .image: owesSpace = true
        case .void, .raw, .inline: break
        }
        guard !tag.isClosing else { return }
        if let link = tag.link {
            let index = Self.add(source.extracting(link), .link, to: &urls)
            if role == .anchor, let index { anchor = (text.count, index) }
        }
        if let resource = tag.resource { Self.add(source.extracting(resource), .resource, to: &urls) }
        if tag.hides, !tag.name.isVoid {
            hiding = (tag.name, 1)
        } else if let alternative = tag.alternative, !alternative.isEmpty {
            owesSpace = true
            let shown = Self.resolved(source.extracting(alternative))
            for byte in shown { if Bytes.isSpace(byte) { owesSpace = true } else { put(byte) } }
            owesSpace = true
        }
    }

    @discardableResult
    private static func add(_ value: Span<UInt8>, _ origin: FoundURL.Origin, to urls: inout URLCollector) -> Int? {
        guard Bytes.firstIndex(of: 0x26, in: value, 0..<value.count) != nil else { return urls.add(value, origin) }
        let resolved = resolved(value)
        return urls.add(resolved.span, origin)
    }

    private mutating func endAnchor(_ urls: inout URLCollector) {
        guard let anchor else { return }
        self.anchor = nil
        guard anchor.start < text.count else { return }
        urls.compare(anchor.url, shown: text.span.extracting(anchor.start..<text.count))
    }

    /// Behind `<!-- … -->`, `<!DOCTYPE …>`, `<? … >`.
    private static func declarationEnd(_ source: Span<UInt8>, _ start: Int) -> Int {
        guard start + 3 < source.count, source[start + 2] == 0x2d, source[start + 3] == 0x2d else {
            return Bytes.firstIndex(of: 0x3e, in: source, start..<source.count).map { $0 + 1 } ?? source.count
        }
        var i = start + 4
        while let close = Bytes.firstIndex(of: 0x3e, in: source, i..<source.count) {
            if source[close - 1] == 0x2d, source[close - 2] == 0x2d { return close + 1 }
            i = close + 1
        }
        return source.count
    }

    /// The end tag of an element whose content is no markup.
    private static func rawEnd(_ source: Span<UInt8>, _ start: Int, _ name: TagName) -> Int {
        var i = start
        while let open = Bytes.firstIndex(of: 0x3c, in: source, i..<source.count) {
            if open + 2 < source.count, source[open + 1] == 0x2f {
                var end = open + 2
                while end < source.count, end < open + 10, (source[end] | 0x20) &- 0x61 < 26 { end += 1 }
                if TagName(source, (open + 2)..<end) == name { return open }
            }
            i = open + 1
        }
        return source.count
    }
}
