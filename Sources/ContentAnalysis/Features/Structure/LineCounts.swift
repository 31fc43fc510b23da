/// What lines of text are made of.
struct LineCounts {
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
