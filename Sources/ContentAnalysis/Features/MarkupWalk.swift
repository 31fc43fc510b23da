/// Features of HTML source: element names, attribute names, short attribute values. What the text says is the visible
/// text's; this is how it is dressed.
enum MarkupWalk {
    /// The beginning of an attribute's value that is a feature: colours, sizes, fonts.
    private static let valueBytes = 24
    private static let comment = Namespace.markup &* 41

    /// Attributes that hold URLs, which are looked at as such.
    @inline(__always)
    private static func isLink(_ name: UInt64) -> Bool { name == href || name == src || name == action || name == back }
    private static let href = FeatureHash.namespace("href")
    private static let src = FeatureHash.namespace("src")
    private static let action = FeatureHash.namespace("action")
    private static let back = FeatureHash.namespace("background")

    static func features(_ text: UnsafeBufferPointer<UInt8>, limit: Int, into collector: inout FeatureCollector) {
        let end = min(text.count, ContentSample.Bounds.markupBytes)
        var i = 0
        var left = limit
        while i < end, left > 0 {
            guard text[i] == 0x3c else {
                i += 1
                continue
            }
            i += 1
            if i + 2 < end, text[i] == 0x21, text[i + 1] == 0x2d, text[i + 2] == 0x2d {
                collector.add(comment)
                i = endOfComment(text, from: i + 3, end: end)
                continue
            }
            guard i < end, FeatureHash.isLetter(text[i]) else { continue }
            let begin = i
            var element = Namespace.markup
            while i < end, FeatureHash.isLetter(text[i]) || FeatureHash.isDigit(text[i]) {
                element = FeatureHash.extend(element, FeatureHash.lowered(text[i]))
                i += 1
            }
            collector.add(element, .markup, UnsafeBufferPointer(rebasing: text[begin..<i]))
            left -= 1
            i = attributes(of: element, text, from: i, end: end, &left, into: &collector)
        }
    }

    private static func endOfComment(_ text: UnsafeBufferPointer<UInt8>, from start: Int, end: Int) -> Int {
        var i = start
        while i + 2 < end, text[i] != 0x2d || text[i + 1] != 0x2d || text[i + 2] != 0x3e { i += 1 }
        return min(end, i + 3)
    }

    private static func attributes(
        of element: UInt64, _ text: UnsafeBufferPointer<UInt8>, from start: Int, end: Int, _ left: inout Int,
        into collector: inout FeatureCollector
    ) -> Int {
        var i = start
        while i < end, text[i] != 0x3e, left > 0 {
            guard FeatureHash.isLetter(text[i]) else {
                i += 1
                continue
            }
            let begin = i
            var attribute = element &* 31
            var name = FeatureHash.basis
            while i < end, FeatureHash.isLetter(text[i]) || text[i] == 0x2d {
                attribute = FeatureHash.extend(attribute, FeatureHash.lowered(text[i]))
                name = FeatureHash.extend(name, FeatureHash.lowered(text[i]))
                i += 1
            }
            collector.add(attribute, .markup, UnsafeBufferPointer(rebasing: text[begin..<i]))
            left -= 1
            guard i < end, text[i] == 0x3d else { continue }
            i += 1
            var quote: UInt8 = 0
            if i < end, text[i] == 0x22 || text[i] == 0x27 {
                quote = text[i]
                i += 1
            }
            let valueBegin = i
            var value = attribute &* 37
            while i < end, quote != 0 ? text[i] != quote : (text[i] != 0x3e && text[i] > 0x20) {
                if i - valueBegin < valueBytes { value = FeatureHash.extend(value, FeatureHash.lowered(text[i])) }
                i += 1
            }
            if !isLink(name) {
                let shown = UnsafeBufferPointer(rebasing: text[begin..<min(i, valueBegin + valueBytes)])
                collector.add(value, .markup, shown)
                left -= 1
            }
            if quote != 0, i < end { i += 1 }
        }
        return i
    }
}
