/// Whom a source wrote to before: a Bloom filter in two generations, which grows once.
///
/// A generation is closed when it is full or old, and then the one before is forgotten, so the memory ages: with
/// generations of 45 days, 90 days. 64 × `words` bits with four hashes hold 8 × `words` addresses at under 3 % falsely
/// known ones. A source that fills its first generation gets four times the room (a newsletter has more recipients
/// than a person), and no more after that.
struct RecipientMemory: Hashable, Sendable {
    static let words = 32
    static let growth = 4
    /// No memory is larger, whatever a snapshot says: the relay's own.
    static let mostWords = 32_768
    /// Generations end after 45 days at the latest.
    static let lifetime: Int64 = 45 * 86_400

    var young: [UInt64]
    var old: [UInt64]
    var inserted: UInt32 = 0
    var began: Int64
    /// Addresses ever inserted, saturating: tells whether "new" means anything yet.
    var total: UInt32 = 0
    var mayGrow: Bool

    init(at seconds: Int64, words: Int = Self.words, mayGrow: Bool = true) {
        // A power of two, so that a mask picks the bit.
        young = [UInt64](repeating: 0, count: max(1, words))
        old = young
        began = seconds
        self.mayGrow = mayGrow
    }

    /// One that has grown is filled more, at 8 % falsely known ones: 1,536 addresses a generation.
    private var perGeneration: UInt32 {
        UInt32(young.count == Self.words * Self.growth ? 12 * young.count : 8 * young.count)
    }

    func knows(_ hash: UInt64) -> Bool { Self.isSet(hash, in: young) || Self.isSet(hash, in: old) }

    /// Notes a recipient; true if it was not known.
    @discardableResult
    mutating func insert(_ hash: UInt64, at seconds: Int64) -> Bool {
        if inserted >= perGeneration || seconds - began > Self.lifetime || seconds < began - Self.lifetime {
            rotate(at: seconds)
        }
        let inOld = Self.isSet(hash, in: old)
        let wasNew = Self.set(hash, in: &young)
        if wasNew { inserted += 1 }
        guard wasNew, !inOld else { return false }
        total = min(total + 1, .max - 1)
        return true
    }

    private mutating func rotate(at seconds: Int64) {
        let grows = mayGrow && inserted >= perGeneration
        let count = grows ? young.count * Self.growth : young.count
        if grows { mayGrow = false }
        old = young
        young = [UInt64](repeating: 0, count: count)
        inserted = 0
        began = seconds
    }

    private static func isSet(_ hash: UInt64, in bits: [UInt64]) -> Bool {
        let mask = bits.count * 64 - 1
        for round in 0..<4 {
            let bit = position(hash, round) & mask
            if bits[bit >> 6] & (1 << UInt64(bit & 63)) == 0 { return false }
        }
        return true
    }

    /// True if it changed anything.
    private static func set(_ hash: UInt64, in bits: inout [UInt64]) -> Bool {
        let mask = bits.count * 64 - 1
        var isNew = false
        for round in 0..<4 {
            let bit = position(hash, round) & mask
            let one: UInt64 = 1 << UInt64(bit & 63)
            isNew = isNew || bits[bit >> 6] & one == 0
            bits[bit >> 6] |= one
        }
        return isNew
    }

    /// Double hashing (Kirsch and Mitzenmacher 2006): two halves give all positions.
    private static func position(_ hash: UInt64, _ round: Int) -> Int {
        let (low, high) = (UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32) | 1)
        return Int(low &+ UInt32(truncatingIfNeeded: round) &* high)
    }
}
