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
    private var hiding: (name: [UInt8], open: Int)?
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
                put(byte)
                i += 1
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
            var name: [UInt8] = []
            name.append(word)
            scalar = HTMLEntities.scalar(name)
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
        if !tag.isClosing, Self.rawElements.contains(tag.name) { return Self.rawEnd(source, tag.end, tag.name) }
        return tag.end
    }

    private mutating func followHidden(_ tag: MarkupTag) {
        guard let current = hiding, current.name == tag.name else { return }
        let open = current.open + (tag.isClosing ? -1 : 1)
        hiding = open > 0 ? (current.name, open) : nil
    }

    private mutating func apply(_ tag: MarkupTag, _ source: Span<UInt8>, _ urls: inout URLCollector) {
        let isAnchor = tag.name.count == 1 && tag.name[0] == 0x61
        if isAnchor { endAnchor(&urls) }
        if Self.blocks.contains(tag.name) {
            if let last = text.last, last != 0x0a, text.count < textLimit { text.append(0x0a) }
            owesSpace = false
        } else if Self.cells.contains(tag.name) {
            owesSpace = true
        }
        guard !tag.isClosing else { return }
        if let link = tag.link {
            let index = urls.add(Self.resolved(source.extracting(link)).span, .link)
            if isAnchor, let index { anchor = (text.count, index) }
        }
        if let resource = tag.resource { urls.add(Self.resolved(source.extracting(resource)).span, .resource) }
        if tag.hides, !Self.voids.contains(tag.name) {
            hiding = (tag.name, 1)
        } else if let alternative = tag.alternative, !alternative.isEmpty {
            owesSpace = true
            let shown = Self.resolved(source.extracting(alternative))
            for byte in shown { if Bytes.isSpace(byte) { owesSpace = true } else { put(byte) } }
            owesSpace = true
        }
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
    private static func rawEnd(_ source: Span<UInt8>, _ start: Int, _ name: [UInt8]) -> Int {
        var i = start
        while let open = Bytes.firstIndex(of: 0x3c, in: source, i..<source.count) {
            if open + 1 + name.count < source.count, source[open + 1] == 0x2f {
                var matches = true
                for k in 0..<name.count where source[open + 2 + k] | 0x20 != name[k] {
                    matches = false
                    break
                }
                if matches { return open }
            }
            i = open + 1
        }
        return source.count
    }

    private static func names(_ list: String) -> Set<[UInt8]> {
        Set(list.split(separator: " ").map { Array($0.utf8) })
    }

    private static let rawElements = names("script style title")
    private static let cells = names("td th img")
    private static let voids = names("area base br col embed hr img input link meta source track wbr")
    private static let blocks = names(
        "p div br tr li h1 h2 h3 h4 h5 h6 table hr blockquote ul ol dl dt dd pre center section article header footer "
            + "address form body html option")
}
