import Glibc

/// About how many different things were seen, in 64 bits (linear counting).
///
/// Within a tenth up to 100, "more than 200" when it is full. Enough for thresholds; the reports say "about".
struct DistinctCount {
    private var bits: UInt64 = 0

    @inline(__always)
    mutating func add(_ hash: UInt64) { bits |= 1 << (hash >> 58) }

    var isEmpty: Bool { bits == 0 }

    var estimate: Int {
        let zeros = 64 - bits.nonzeroBitCount
        guard zeros > 0 else { return 266 }
        return Int((-64 * log(Double(zeros) / 64)).rounded())
    }

    /// For people: exact up to 3, then "about".
    var text: String {
        let count = estimate
        if count >= 200 { return "more than 200" }
        return count <= 3 ? "\(count)" : "about \(count)"
    }
}
