/// Whether something was seen: one bit a hash, in eight megabytes. Never forgets; now and then it says yes wrongly
/// (one in twenty after three million entries).
///
/// New hashes wait until there are some: their places are far apart in memory, and brought near together.
final class SeenSet {
    private static let bits = 1 << 26
    private static let patience = 64
    private let words: UnsafeMutablePointer<UInt64>
    private let waiting: UnsafeMutablePointer<UInt64>
    private let waitingCount: UnsafeMutablePointer<Int>

    init() {
        words = Pages.allocate(SeenSet.bits / 8).bindMemory(to: UInt64.self, capacity: SeenSet.bits / 64)
        waiting = .allocate(capacity: SeenSet.patience)
        waitingCount = .allocate(capacity: 1)
        waitingCount.initialize(to: 0)
    }

    deinit {
        Pages.deallocate(UnsafeMutableRawPointer(words), SeenSet.bits / 8)
        waiting.deallocate()
        waitingCount.deallocate()
    }

    @inline(__always)
    func insert(_ hash: UInt64) {
        let count = waitingCount.pointee
        waiting[count] = hash
        waitingCount.pointee = count + 1
        if count + 1 == SeenSet.patience { settle() }
    }

    func contains(_ hash: UInt64) -> Bool {
        settle()
        let bit = SeenSet.bit(hash)
        return words[bit >> 6] & 1 << UInt64(bit & 63) != 0
    }

    private func settle() {
        for index in 0..<waitingCount.pointee {
            let bit = SeenSet.bit(waiting[index])
            words[bit >> 6] |= 1 << UInt64(bit & 63)
        }
        waitingCount.pointee = 0
    }

    @inline(__always)
    private static func bit(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 7) & (bits - 1) }
}
