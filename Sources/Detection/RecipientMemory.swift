/// Whom a source wrote to before: a Bloom filter in two generations.
///
/// A generation is closed when it is full or old, and then the one before is forgotten, so the memory ages. 2 × 2,048
/// bits with four hashes hold 256 to 512 addresses at under 3 % falsely known ones.
struct RecipientMemory: Hashable, Sendable {
    static let words = 32
    static let perGeneration: UInt32 = 256
    /// Generations end after 30 days at the latest.
    static let lifetime: Int64 = 30 * 86_400

    var young: [UInt64]
    var old: [UInt64]
    var inserted: UInt32 = 0
    var began: Int64
    /// Addresses ever inserted, saturating: tells whether "new" means anything yet.
    var total: UInt32 = 0

    init(at seconds: Int64) {
        young = [UInt64](repeating: 0, count: Self.words)
        old = young
        began = seconds
    }

    /// Notes a recipient; true if it was not known.
    mutating func insert(_ hash: UInt64, at seconds: Int64) -> Bool {
        if inserted >= Self.perGeneration || seconds - began > Self.lifetime || seconds < began - Self.lifetime {
            old = young
            for index in young.indices { young[index] = 0 }
            inserted = 0
            began = seconds
        }
        var inYoung = true
        var inOld = true
        for round in 0..<4 {
            let bit = Int(truncatingIfNeeded: hash >> UInt64(16 * round)) & (Self.words * 64 - 1)
            let mask: UInt64 = 1 << UInt64(bit & 63)
            inYoung = inYoung && young[bit >> 6] & mask != 0
            inOld = inOld && old[bit >> 6] & mask != 0
            young[bit >> 6] |= mask
        }
        if !inYoung { inserted += 1 }
        guard !inYoung, !inOld else { return false }
        total = min(total + 1, .max - 1)
        return true
    }
}

/// About how many different things were seen today and yesterday: linear counting on 64 bits (Whang et al. 1990).
struct DistinctCount: Hashable, Sendable {
    var day: Int64 = 0
    var today: UInt64 = 0
    var yesterday: UInt64 = 0

    mutating func insert(_ hash: UInt64, at seconds: Int64) {
        let now = seconds / 86_400
        if now != day {
            if now > day {
                yesterday = now == day &+ 1 ? today : 0
                today = 0
            }
            day = now
        }
        // A keyed hash may be short of entropy in its low bits for tiny inputs: fold it once more.
        today |= 1 << (StableHash.mix(hash) >> 58)
    }

    var estimate: Double { Self.estimate(today) }
    var estimateYesterday: Double { Self.estimate(yesterday) }

    private static func estimate(_ bits: UInt64) -> Double {
        let empty = 64 - bits.nonzeroBitCount
        // 64 of 64: beyond what 64 bits can tell, about 270.
        return empty == 0 ? 270 : -64 * NaturalLogarithm.of(Double(empty) / 64)
    }
}
