import MailTypes
import NIOConcurrencyHelpers

/// How often each of many may ask: a bucket a key (GCRA), bounded in their number.
final class RateLimiter<Key: Hashable & Sendable>: Sendable {
    private let interval: Duration
    private let burst: Int
    private let capacity: Int
    /// When the key's bucket is full again.
    private let full = NIOLockedValueBox<[Key: Timestamp]>([:])

    /// - Parameters:
    ///   - interval: one more is allowed each so often.
    ///   - burst: so many at once.
    ///   - capacity: keys known at a time; with more, those that are full again are forgotten, then all.
    init(every interval: Duration, burst: Int, capacity: Int = 10_000) {
        self.interval = interval
        self.burst = burst
        self.capacity = capacity
    }

    /// Whether the key may go on; takes one from its bucket if so.
    func allows(_ key: Key, at time: Timestamp) -> Bool { take(key, at: time) }

    /// Whether the key's bucket is empty; takes nothing.
    func isExhausted(_ key: Key, at time: Timestamp) -> Bool {
        full.withLockedValue { known in known[key].map { isBeyond($0 + interval, time) } ?? false }
    }

    @discardableResult
    func take(_ key: Key, at time: Timestamp) -> Bool {
        full.withLockedValue { known in
            if known.count >= capacity, known[key] == nil {
                known = known.filter { $0.value > time }
                if known.count >= capacity { known.removeAll() }
            }
            let next = max(known[key] ?? time, time) + interval
            // A clock that was set back must not shut anybody out for longer than the bucket is deep.
            if isBeyond(next, time) {
                known[key] = min(next - interval, time + interval * burst)
                return false
            }
            known[key] = next
            return true
        }
    }

    private func isBeyond(_ next: Timestamp, _ time: Timestamp) -> Bool { next - time > interval * burst }
}
