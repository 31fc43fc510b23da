/// Splits text into words and gives each word's hash.
enum TokenWalk {
    /// Calls `found` for each word of two or more bytes: letters (any byte ≥ 0x80 counts as one), digits, and `$ ' - _ !`
    /// inside. Numbers become one feature a length and words over 24 bytes one a length, so that an attacker's random
    /// strings do not fill the model; a word in capitals gives a second feature.
    static func words(_ bytes: ArraySlice<UInt8>, namespace: UInt64, limit: Int, found: (UInt64) -> Void) {
        bytes.withUnsafeBufferPointer { text in
            let end = text.count
            var i = 0
            var words = 0
            while i < end, words < limit {
                guard isStart(text[i]) else {
                    i += 1
                    continue
                }
                let start = i
                var hash = namespace
                var letters = false
                var digits = false
                while i < end {
                    let byte = text[i]
                    if FeatureHash.isDigit(byte) {
                        digits = true
                    } else if byte == 0x2e || byte == 0x2c {
                        guard i + 1 < end, FeatureHash.isDigit(text[i + 1]), FeatureHash.isDigit(text[i - 1]) else {
                            break
                        }
                    } else if byte == 0x24 {
                    } else if isInner(byte) {
                        letters = true
                    } else {
                        break
                    }
                    if i - start < 24 { hash = FeatureHash.extend(hash, FeatureHash.lowered(byte)) }
                    i += 1
                    if byte == 0x2e || byte == 0x2c, i == start + 1 { break }
                }
                let length = i - start
                if digits, !letters, length > 2 {
                    hash = FeatureHash.extend(namespace, 0x23) &+ UInt64(length) &+ (text[start] == 0x24 ? 99 : 0)
                } else if length > 24 {
                    hash = FeatureHash.extend(namespace, 0x7e) &+ UInt64(min(length, 40))
                }
                words += 1
                guard length >= 2 else { continue }
                found(hash)
                if length >= 3, text[start] &- 0x41 < 26, text[start + 1] &- 0x41 < 26 { found(hash &* 3 &+ 7) }
            }
        }
    }

    @inline(__always)
    private static func isStart(_ byte: UInt8) -> Bool {
        FeatureHash.isLetter(byte) || FeatureHash.isDigit(byte) || byte >= 0x80 || byte == 0x24
    }

    @inline(__always)
    private static func isInner(_ byte: UInt8) -> Bool {
        FeatureHash.isLetter(byte) || byte >= 0x80 || byte == 0x27 || byte == 0x2d || byte == 0x5f || byte == 0x21
    }
}
