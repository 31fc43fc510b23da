/// Finds record numbers by hash: open addressing, the upper half of the hash kept beside the number.
///
/// A reference to memory of its own, so that looking up needs no exclusive access to the owner.
final class HashIndex {
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: Int
    private var used = 0

    init() {
        mask = 1023
        slots = .allocate(capacity: 1024)
        slots.initialize(repeating: 0, count: 1024)
    }

    deinit { slots.deallocate() }

    /// The number stored under `hash` for which `matches` holds.
    @inline(__always)
    func find(_ hash: UInt64, _ matches: (UInt32) -> Bool) -> UInt32? {
        let (slots, mask) = (slots, mask)
        let tag = hash >> 32
        var at = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[at]
            if slot == 0 { return nil }
            if slot >> 32 == tag {
                let number = UInt32(truncatingIfNeeded: slot) &- 1
                if matches(number) { return number }
            }
            at = (at + 1) & mask
        }
    }

    /// Stores a number that is not there yet. `rehash` tells the hash of a stored number, for growing.
    func insert(_ hash: UInt64, _ number: UInt32, rehash: (UInt32) -> UInt64) {
        if used * 10 >= (mask + 1) * 7 {
            let (old, count) = (slots, mask + 1)
            slots = .allocate(capacity: count * 2)
            slots.initialize(repeating: 0, count: count * 2)
            mask = count * 2 - 1
            for index in 0..<count where old[index] != 0 {
                let number = UInt32(truncatingIfNeeded: old[index]) &- 1
                place(rehash(number), number)
            }
            old.deallocate()
        }
        place(hash, number)
        used += 1
    }

    private func place(_ hash: UInt64, _ number: UInt32) {
        var at = Int(truncatingIfNeeded: hash) & mask
        while slots[at] != 0 { at = (at + 1) & mask }
        slots[at] = (hash >> 32) << 32 | UInt64(number &+ 1)
    }
}

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

    /// - Parameter folding: A–Z count as a–z.
    func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int, folding: Bool = false) -> UInt64 {
        var state = key ^ UInt64(count) &* 0xe703_7ed1_a0b4_28db
        let raw = UnsafeRawPointer(bytes)
        var at = 0
        let fold: UInt64 = folding ? 0x2020_2020_2020_2020 : 0
        while at + 8 <= count {
            state = Hasher64.mix(
                state ^ (raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) | fold), 0x9e37_79b9_7f4a_7c15)
            at += 8
        }
        if at < count {
            var tail: UInt64 = 0
            while at < count {
                tail = tail << 8 | UInt64(bytes[at])
                at += 1
            }
            state = Hasher64.mix(state ^ (tail | fold), 0x8ebc_6af0_9c88_c6e3)
        }
        return Hasher64.mix(state ^ key, 0x5895_91ad_1295_b1ff)
    }
}
