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
