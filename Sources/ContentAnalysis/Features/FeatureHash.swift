/// Hashing of features: FNV-1a while bytes are walked, a finaliser when the feature is complete.
///
/// Not keyed: the model file must mean the same on every machine. A writer who searches collisions can hide one word
/// behind another, which is no more than choosing another word.
enum FeatureHash {
    static let prime: UInt64 = 0x0000_0100_0000_01b3
    static let basis: UInt64 = 0xcbf2_9ce4_8422_2325

    /// The start value of one kind of feature, so that the same word in subject and body are two features.
    static func namespace(_ name: StaticString) -> UInt64 {
        name.withUTF8Buffer { $0.reduce(basis) { ($0 ^ UInt64($1)) &* prime } }
    }

    @inline(__always)
    static func extend(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* prime }

    @inline(__always)
    static func extend(_ hash: UInt64, lowercased bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = hash
        for byte in bytes { hash = extend(hash, lowered(byte)) }
        return hash
    }

    @inline(__always)
    static func finished(_ hash: UInt64) -> UInt64 {
        var h = hash
        h ^= h >> 32
        h = h &* 0xd6e8_feb8_6659_fd93
        h ^= h >> 32
        return h
    }

    @inline(__always)
    static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// 0 for 0, 1 for 1, 2 for 2…3, 3 for 4…7: sizes as classes.
    static func magnitude(_ n: Int) -> Int { n <= 0 ? 0 : Int.bitWidth - n.leadingZeroBitCount }

    /// The shape of a string: runs of digits, lower and upper letters folded to one sign each; at most 40 signs.
    static func shape(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, into start: UInt64) -> UInt64 {
        var hash = start
        var last: UInt8 = 0
        var count = 0
        for byte in bytes {
            let sign: UInt8 =
                isDigit(byte) ? 0x39 : byte &- 0x61 < 26 ? 0x61 : byte &- 0x41 < 26 ? 0x41 : byte >= 0x80 ? 0x75 : byte
            if sign == last, sign == 0x39 || sign == 0x61 || sign == 0x41 { continue }
            hash = extend(hash, sign)
            last = sign
            count += 1
            if count == 40 { break }
        }
        return hash
    }
}
