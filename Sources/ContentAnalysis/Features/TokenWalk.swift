/// Splits text into words and gives each word's hash.
enum TokenWalk {
    /// Words are told apart by this many bytes.
    private static let significantBytes = 24

    /// Adds each word of two or more bytes: letters (any byte ≥ 0x80 counts as one), digits, and `$ ' - _ !` inside.
    /// Numbers become one feature a length and words over 24 bytes one a length, so that an attacker's random strings do
    /// not fill the model; a word that begins with two capitals gives a second feature.
    ///
    /// Begins at `start` and takes `words` words and `bytes` bytes at most; gives the place where it stopped, always
    /// between words.
    @discardableResult
    static func words(
        _ text: borrowing Span<UInt8>, from start: Int = 0, namespace: UInt64, kind: FeatureLabel.Kind, words: Int,
        bytes: Int = .max, into collector: inout FeatureCollector
    ) -> Int {
        let end = text.count
        let stop = start &+ min(bytes, end - start)
        var i = start
        var left = words
        while i < stop, left > 0 {
            let first = text[i]
            guard Self.classes[Int(first)] & 1 != 0 else {
                i += 1
                continue
            }
            let begin = i
            var hash = namespace
            var letters = false
            var digits = false
            while i < end {
                let byte = text[i]
                let sort = Self.classes[Int(byte)]
                if sort & 2 != 0 {
                    letters = true
                } else if sort & 4 != 0 {
                    digits = true
                } else if byte == 0x2e || byte == 0x2c {
                    guard i > begin, i + 1 < end, FeatureHash.isDigit(text[i + 1]), FeatureHash.isDigit(text[i - 1])
                    else { break }
                } else if byte != 0x24 {
                    break
                }
                if i - begin < significantBytes { hash = FeatureHash.extend(hash, FeatureHash.lowered(byte)) }
                i += 1
            }
            let length = i - begin
            if digits, !letters, length > 2 {
                hash = FeatureHash.extend(namespace, 0x23) &+ UInt64(length) &+ (first == 0x24 ? 99 : 0)
            } else if length > significantBytes {
                hash = FeatureHash.extend(namespace, 0x7e) &+ UInt64(min(length, 40))
            }
            left -= 1
            guard length >= 2 else { continue }
            let word = text.extracting(begin..<i)
            collector.add(hash, kind, word)
            if length >= 3, first &- 0x41 < 26, text[begin + 1] &- 0x41 < 26 {
                collector.add(hash &* 3 &+ 7, kind, word)
            }
        }
        return i
    }

    /// What a byte may be in a word: 1 its first, 2 a letter or inner sign, 4 a digit.
    private static let classes: [UInt8] = (0...255).map { value in
        let byte = UInt8(value)
        if FeatureHash.isDigit(byte) { return 1 | 4 }
        if FeatureHash.isLetter(byte) || byte >= 0x80 { return 1 | 2 }
        switch byte {
        case 0x24: return 1
        case 0x27, 0x2d, 0x5f, 0x21: return 2
        default: return 0
        }
    }
}
