/// One tag of HTML, as far as reading needs it: name and the attributes that carry URLs, text or hide something.
struct MarkupTag {
    let name: TagName
    private(set) var isClosing = false
    private(set) var hides = false
    /// Ranges of values in the source.
    private(set) var link: Range<Int>?
    private(set) var resource: Range<Int>?
    private(set) var alternative: Range<Int>?
    /// The index behind the tag.
    private(set) var end = 0

    /// Reads the tag whose `<` is at `start`.
    init(_ source: Span<UInt8>, at start: Int) {
        var i = start + 1
        if i < source.count, source[i] == 0x2f {
            isClosing = true
            i += 1
        }
        let nameStart = i
        while i < source.count, !Bytes.isSpace(source[i]), source[i] != 0x3e, source[i] != 0x2f { i += 1 }
        name = TagName(source, nameStart..<i)
        while i < source.count, source[i] != 0x3e {
            if Bytes.isSpace(source[i]) || source[i] == 0x2f {
                i += 1
            } else {
                i = readAttribute(source, i)
            }
        }
        end = min(source.count, i + 1)
    }

    private mutating func readAttribute(_ source: Span<UInt8>, _ start: Int) -> Int {
        var i = start
        // An attribute's name has one byte at least, so that `=` in its place is passed.
        repeat {
            i += 1
        } while i < source.count && !Bytes.isSpace(source[i]) && source[i] != 0x3d && source[i] != 0x3e
            && source[i] != 0x2f
        let nameRange = start..<i
        while i < source.count, Bytes.isSpace(source[i]) { i += 1 }
        guard i < source.count, source[i] == 0x3d else {
            note(source, nameRange, i..<i)
            return i
        }
        i += 1
        while i < source.count, Bytes.isSpace(source[i]) { i += 1 }
        guard i < source.count else { return i }
        if source[i] == 0x22 || source[i] == 0x27 {
            let close = Bytes.firstIndex(of: source[i], in: source, (i + 1)..<source.count) ?? source.count
            note(source, nameRange, (i + 1)..<close)
            return min(source.count, close + 1)
        }
        let valueStart = i
        while i < source.count, !Bytes.isSpace(source[i]), source[i] != 0x3e { i += 1 }
        note(source, nameRange, valueStart..<i)
        return i
    }

    private mutating func note(_ source: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>) {
        let attribute = source.extracting(name)
        func matches(_ text: StaticString) -> Bool {
            attribute.count == text.utf8CodeUnitCount && Bytes.hasPrefixIgnoringCase(attribute, text)
        }
        switch name.count {
        case 3:
            if matches("src") { resource = resource ?? value }
            if matches("alt") { alternative = alternative ?? value }
        case 4: if matches("href") { link = link ?? value }
        case 5: if matches("style"), Self.hides(source.extracting(value)) { hides = true }
        case 6:
            if matches("hidden") { hides = true }
            if matches("action") { link = link ?? value }
        case 10: if matches("background") { resource = resource ?? value }
        default: break
        }
    }

    private static let longestStyle = 1024
    private static let hidingStyles: [[UInt8]] = [
        "display:none", "visibility:hidden", "font-size:0", "opacity:0", "max-height:0", "mso-hide:all",
    ].map { Array($0.utf8) }

    /// Whether a style attribute hides what it applies to. Zero sizes with a fraction behind them do not.
    private static func hides(_ style: Span<UInt8>) -> Bool {
        var packed: [UInt8] = []
        for i in 0..<min(style.count, longestStyle) where !Bytes.isSpace(style[i]) {
            packed.append(style[i] &- 0x41 < 26 ? style[i] | 0x20 : style[i])
        }
        let isFollowed = packed.span
        for (index, byte) in packed.enumerated()
        where byte == 0x64 || byte == 0x76 || byte == 0x66 || byte == 0x6f || byte == 0x6d {
            guard index == 0 || packed[index - 1] == 0x3b else { continue }
            for hiding in hidingStyles where packed[index...].starts(with: hiding) {
                let next = index + hiding.count
                guard hiding.last == 0x30, next < isFollowed.count else { return true }
                if isFollowed[next] != 0x2e, Bytes.hex(isFollowed[next]).map({ $0 > 9 }) ?? true { return true }
                if isFollowed[next] == 0x2e, onlyZeros(packed[(next + 1)...]) { return true }
            }
        }
        return false
    }

    /// `0.00px` is zero, `0.9em` is not.
    private static func onlyZeros(_ rest: ArraySlice<UInt8>) -> Bool {
        rest.first { !(0x30...0x30).contains($0) }.map { !(0x31...0x39).contains($0) } ?? true
    }
}
