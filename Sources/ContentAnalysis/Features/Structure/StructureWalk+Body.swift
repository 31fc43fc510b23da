/// How text and markup are built.
extension StructureWalk {
    private enum Bounds {
        static let text = 4000
        static let markup = 16 * 1024
    }

    mutating func readMarkup() {
        guard !sample.html.isEmpty else { return }
        var counts = MarkupCounts()
        sample.html.withUnsafeBufferPointer { counts.read(UnsafeBufferPointer(rebasing: $0.prefix(Bounds.markup))) }
        let magnitude = FeatureHash.magnitude
        traits.add(.images, magnitude(counts.images))
        traits.add(.links, magnitude(counts.links))
        traits.add(.tables, magnitude(counts.tables))
        traits.add(.fonts, magnitude(counts.fonts))
        traits.add(.comments, magnitude(counts.comments))
        traits.add(.forms, counts.forms > 0 ? 1 : 0)
        traits.add(.scripts, when: counts.scripts > 0)
        traits.add(.pixel, when: counts.hasPixel)
        traits.add(.doctype, when: counts.hasDoctype)
        traits.add(.title, counts.titles > 0 ? 1 : 0)
        traits.add(.style, counts.styles > 0 ? 1 : 0)
        traits.add(.capitalTags, counts.capitals > 0 ? 1 : 0)
    }

    mutating func readText() {
        let text = sample.text.isEmpty ? sample.visibleHTML : sample.text
        var lines = LineCounts()
        let label = Array(senderLabel)
        text.withUnsafeBufferPointer {
            lines.read(UnsafeBufferPointer(rebasing: $0.prefix(Bounds.text)), naming: label)
        }
        let (bytes, magnitude) = (lines.bytes, FeatureHash.magnitude)
        let size = min(text.count, Bounds.text)
        traits.add(.quoted, lines.quoted == 0 ? 0 : min(3, 1 + 4 * lines.quoted / (lines.lines + 1)))
        traits.add(.capitals, bytes.letters > 0 ? min(6, bytes.capitals * 12 / bytes.letters) : -1)
        traits.add(.exclamations, magnitude(bytes.exclamations))
        traits.add(.dollars, magnitude(bytes.dollars))
        traits.add(.percents, min(2, magnitude(bytes.percents)))
        traits.add(.longestLine, magnitude(lines.longest))
        traits.add(.meanLine, magnitude(lines.lines > 0 ? size / (lines.lines + 1) : 0))
        traits.add(.foreign, bytes.foreign == 0 ? 0 : min(3, 1 + 3 * bytes.foreign / max(1, size)))
        traits.add(.blankLines, lines.lines > 0 ? min(3, 4 * lines.blank / (lines.lines + 1)) : 0)
        traits.add(.addresses, min(4, magnitude(lines.atSigns)))
        traits.add(.signature, when: lines.hasSignature)
        traits.add(.tollFree, when: lines.hasTollFree)
        traits.add(.senderInText, min(3, magnitude(lines.names)))
        for phrase in 0..<LineCounts.phrases where lines.found & 1 << phrase != 0 { traits.add(.phrase, phrase) }
    }
}

/// What markup is made of.
private struct MarkupCounts {
    var images = 0, links = 0, tables = 0, fonts = 0, forms = 0, scripts = 0, comments = 0, titles = 0, styles = 0
    var capitals = 0
    var hasPixel = false, hasDoctype = false

    mutating func read(_ html: UnsafeBufferPointer<UInt8>) {
        var i = 0
        while i + 1 < html.count {
            if html[i] == 0x3c {
                element(html, at: i + 1)
            } else if html[i] | 0x20 == 0x77, !hasPixel {
                hasPixel = Self.isOnePixel(html, at: i)
            }
            i += 1
        }
    }

    private mutating func element(_ html: UnsafeBufferPointer<UInt8>, at start: Int) {
        if html[start] == 0x21 {
            if start + 1 < html.count, html[start + 1] == 0x2d { comments += 1 } else { hasDoctype = true }
            return
        }
        var name: UInt64 = 0
        var i = start
        while i < html.count, i < start + 8, FeatureHash.isLetter(html[i]) {
            name = name << 8 | UInt64(FeatureHash.lowered(html[i]))
            i += 1
        }
        guard name != 0 else { return }
        if html[start] & 0x20 == 0 { capitals += 1 }
        switch name {
        case 0x696d67: images += 1
        case 0x61: links += 1
        case 0x7461_626c65: tables += 1
        case 0x666f_6e74: fonts += 1
        case 0x666f_726d: forms += 1
        case 0x7363_7269_7074: scripts += 1
        case 0x7469_746c65: titles += 1
        case 0x7374_796c65: styles += 1
        default: break
        }
    }

    /// `width=1`, quoted or not.
    private static func isOnePixel(_ html: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        let name: StaticString = "width="
        var i = start
        for k in 0..<name.utf8CodeUnitCount {
            guard i < html.count, FeatureHash.lowered(html[i]) == name.utf8Start[k] else { return false }
            i += 1
        }
        if i < html.count, html[i] == 0x22 || html[i] == 0x27 { i += 1 }
        return i + 1 < html.count && html[i] == 0x31 && !FeatureHash.isDigit(html[i + 1])
    }
}

/// What lines of text are made of.
private struct LineCounts {
    var bytes = ByteCounts()
    var lines = 0, quoted = 0, blank = 0, longest = 0, atSigns = 0, names = 0
    var hasSignature = false, hasTollFree = false
    /// Of `phrases`, a bit each.
    var found = 0

    static let phrases = 11

    mutating func read(_ text: UnsafeBufferPointer<UInt8>, naming label: [UInt8]) {
        bytes.add(text)
        var lineStart = 0
        var isWordStart = true
        for i in 0..<text.count {
            let byte = text[i]
            if byte == 0x0a {
                endLine(text, lineStart, i)
                lineStart = i + 1
            }
            if byte == 0x40 { atSigns += 1 }
            if isWordStart { beginWord(text, at: i, label) }
            isWordStart = !FeatureHash.isLetter(byte)
        }
        if lineStart < text.count { endLine(text, lineStart, text.count) }
    }

    private mutating func endLine(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) {
        lines += 1
        longest = max(longest, end - start)
        guard end > start else {
            blank += 1
            return
        }
        if text[start] == 0x3e { quoted += 1 }
        if end - start == 3, text[start] == 0x2d, text[start + 1] == 0x2d, text[start + 2] == 0x20 {
            hasSignature = true
        }
    }

    private mutating func beginWord(_ text: UnsafeBufferPointer<UInt8>, at start: Int, _ label: [UInt8]) {
        let first = FeatureHash.lowered(text[start])
        switch first {
        case 0x77:
            note(0, "wrote:", text, start)
            note(1, "writes:", text, start)
        case 0x75: note(2, "unsubscribe", text, start)
        case 0x72: note(3, "remove", text, start)
        case 0x63:
            note(4, "click", text, start)
            note(5, "copyright", text, start)
        case 0x64: note(6, "dear ", text, start)
        case 0x73:
            note(7, "subscribed", text, start)
            note(8, "subscription", text, start)
        case 0x70: note(9, "privacy", text, start)
        case 0x2d: note(10, "-----begin pgp", text, start)
        case 0x31 where start + 2 < text.count && text[start + 1] == 0x2d && text[start + 2] == 0x38,
            0x28 where start + 1 < text.count && text[start + 1] == 0x38:
            hasTollFree = true
        default: break
        }
        if label.count > 1, FeatureHash.lowered(label[0]) == first { names += Self.begins(label, text, start) ? 1 : 0 }
    }

    @inline(__always)
    private mutating func note(
        _ number: Int, _ phrase: StaticString, _ text: UnsafeBufferPointer<UInt8>, _ start: Int
    ) {
        guard found & 1 << number == 0, start + phrase.utf8CodeUnitCount <= text.count else { return }
        for k in 0..<phrase.utf8CodeUnitCount where FeatureHash.lowered(text[start + k]) != phrase.utf8Start[k] {
            return
        }
        found |= 1 << number
    }

    private static func begins(_ label: [UInt8], _ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        guard start + label.count <= text.count else { return false }
        for k in 0..<label.count where FeatureHash.lowered(text[start + k]) != FeatureHash.lowered(label[k]) {
            return false
        }
        return true
    }
}
