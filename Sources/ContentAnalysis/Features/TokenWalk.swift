/// Splits text into words, gives each word's hash, and pairs it with the two words before it.
enum TokenWalk {
    /// Words are told apart by this many bytes.
    private static let significantBytes = 24

    /// Where a walk's single words go.
    enum Target {
        /// Every view, and pairs.
        case tokens
        /// Every view, without pairs.
        case tokensAlone
        /// The wide view, with the pairs.
        case wide
    }

    /// Adds each word of two or more bytes: letters (any byte ≥ 0x80 counts as one), digits, and `$ ' - _ !` inside.
    /// Numbers become one feature a length and words over 24 bytes one a length, so that an attacker's random strings do
    /// not fill the model; a word that begins with two capitals gives a second feature. Pairs are made of these words, of
    /// single letters and of runs of a sign.
    ///
    /// Begins at `start` and takes `words` words and `bytes` bytes at most; gives the place where it stopped, always
    /// between words.
    @discardableResult
    static func words(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int = 0, namespace: UInt64, kind: FeatureLabel.Kind,
        words: Int, bytes: Int = .max, to target: Target = .tokens, into collector: inout FeatureCollector
    ) -> Int {
        let end = text.count
        let stop = start &+ min(bytes, end - start)
        return classes.withUnsafeBufferPointer { classes in
            var i = start
            var left = words
            while i < stop, left > 0 {
                let first = text[i]
                guard first > 0x20 else {
                    i += 1
                    continue
                }
                guard classes[Int(first)] & 1 != 0 else {
                    if target == .tokensAlone {
                        i += 1
                    } else {
                        i = sign(text, i, namespace, &collector)
                        left -= 1
                    }
                    continue
                }
                let (hash, next) = word(text, i, namespace, classes)
                let length = next - i
                left -= 1
                if target != .tokensAlone { collector.pair(hash) }
                if length >= 2 {
                    switch target {
                    case .tokens, .tokensAlone:
                        let bytes = UnsafeBufferPointer(rebasing: text[i..<next])
                        collector.add(hash, kind, bytes)
                        if length >= 3, first &- 0x41 < 26, text[i + 1] &- 0x41 < 26 {
                            collector.add(hash &* 3 &+ 7, kind, bytes)
                        }
                    case .wide: collector.addWide(hash)
                    }
                }
                i = next
            }
            return i
        }
    }

    /// The hash of the word at `begin`, and where it ends.
    @inline(__always)
    private static func word(
        _ text: UnsafeBufferPointer<UInt8>, _ begin: Int, _ namespace: UInt64, _ classes: UnsafeBufferPointer<UInt8>
    ) -> (hash: UInt64, end: Int) {
        let end = text.count
        let first = text[begin]
        var i = begin
        var hash = namespace
        var kinds: UInt8 = 0
        while i < end {
            let byte = text[i]
            let sort = classes[Int(byte)]
            if sort & 6 != 0 {
                kinds |= sort
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
        if kinds & 6 == 4, length > 2 {
            hash = FeatureHash.extend(namespace, 0x23) &+ UInt64(length) &+ (first == 0x24 ? 99 : 0)
        } else if length > significantBytes {
            hash = FeatureHash.extend(namespace, 0x7e) &+ UInt64(min(length, 40))
        }
        return (hash, i)
    }

    /// A run of one sign: a feature of the wide view.
    private static func sign(
        _ text: UnsafeBufferPointer<UInt8>, _ begin: Int, _ namespace: UInt64, _ collector: inout FeatureCollector
    ) -> Int {
        var i = begin + 1
        while i < text.count, text[i] == text[begin] { i += 1 }
        let hash = FeatureHash.extend(namespace &* 3, text[begin]) &+ UInt64(min(3, i - begin))
        collector.addWide(hash)
        collector.pair(hash)
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
