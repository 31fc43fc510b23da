/// Whether something was seen: one bit a hash, in eight megabytes. Never forgets; now and then it says yes wrongly
/// (one in twenty after three million entries).
final class SeenSet {
    private static let bits = 1 << 26
    private let words: UnsafeMutablePointer<UInt64>

    init() {
        words = .allocate(capacity: SeenSet.bits / 64)
        words.initialize(repeating: 0, count: SeenSet.bits / 64)
    }

    deinit { words.deallocate() }

    @inline(__always)
    func insert(_ hash: UInt64) {
        let bit = Int(truncatingIfNeeded: hash >> 7) & (SeenSet.bits - 1)
        words[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    func contains(_ hash: UInt64) -> Bool {
        let bit = Int(truncatingIfNeeded: hash >> 7) & (SeenSet.bits - 1)
        return words[bit >> 6] & 1 << UInt64(bit & 63) != 0
    }
}
