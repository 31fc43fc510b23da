/// A keyed hash of short texts and numbers: what is counted comes from attackers, who must not choose where it lands.
struct Hasher64: Sendable {
    private let key: UInt64

    init(key: UInt64) { self.key = key | 1 }

    @inline(__always)
    static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    @inline(__always)
    func hash(_ a: UInt64, _ b: UInt64) -> UInt64 {
        Hasher64.mix(a ^ key, Hasher64.mix(b ^ 0x9e37_79b9_7f4a_7c15, key ^ 0xa076_1d64_78bd_642f) | 1)
    }

    /// - Parameter folding: A–Z count as a–z, and nothing else as anything else.
    @inline(__always)
    func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int, folding: Bool = false) -> UInt64 {
        var state = key ^ UInt64(truncatingIfNeeded: count) &* 0xe703_7ed1_a0b4_28db
        var at = 0
        while at + 8 < count {
            state = Hasher64.mix(state ^ Hasher64.word(bytes + at, folding), 0x9e37_79b9_7f4a_7c15)
            at += 8
        }
        // The last eight bytes, some of which may have counted already; fewer where there are fewer.
        let tail = count >= 8 ? Hasher64.word(bytes + (count - 8), folding) : Hasher64.short(bytes, count, folding)
        state = Hasher64.mix(state ^ tail, 0x8ebc_6af0_9c88_c6e3)
        return Hasher64.mix(state ^ key, 0x5895_91ad_1295_b1ff)
    }

    @inline(__always)
    private static func word(_ bytes: UnsafePointer<UInt8>, _ folding: Bool) -> UInt64 {
        let word = UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self)
        return folding ? lowered(word) : word
    }

    @inline(__always)
    private static func short(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ folding: Bool) -> UInt64 {
        var word: UInt64 = 0
        var at = 0
        while at < count {
            word = word << 8 | UInt64(bytes[at])
            at += 1
        }
        return folding ? lowered(word) : word
    }

    /// A–Z of eight bytes in lower case, the others as they are.
    @inline(__always)
    static func lowered(_ word: UInt64) -> UInt64 {
        let heptets = word & 0x7f7f_7f7f_7f7f_7f7f
        let fromA = heptets &+ 0x3f3f_3f3f_3f3f_3f3f
        let beyondZ = heptets &+ 0x2525_2525_2525_2525
        let upper = ~word & (fromA ^ beyondZ) & 0x8080_8080_8080_8080
        return word | upper >> 2
    }
}
