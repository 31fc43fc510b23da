import MailTypes

/// Counts failures by key and forgets one after each `recovery`: a leaky bucket. Pure; bounded.
struct FailureLimiter<Key: Hashable & Sendable>: Sendable {
    private struct Level: Sendable {
        var failures: Double
        var at: Timestamp
    }

    private let most: Double
    /// Microseconds to forget one failure.
    private let recovery: Double
    private var levels: RecentTable<Key, Level>

    init(most: Int, recovery: Duration, capacity: Int) {
        self.most = Double(most)
        self.recovery = max(1, Double(recovery.wholeMicroseconds))
        levels = RecentTable(capacity: capacity)
    }

    /// True while there are too many failures.
    mutating func isBlocked(_ key: Key, at now: Timestamp) -> Bool { level(key, now) > most - 1 }

    mutating func failed(_ key: Key, at now: Timestamp) {
        levels.set(Level(failures: min(level(key, now) + 1, most), at: now), for: key)
    }

    private mutating func level(_ key: Key, _ now: Timestamp) -> Double {
        guard let level = levels.value(for: key) else { return 0 }
        // A clock that steps back forgets nothing.
        let elapsed = max(0, Double(now.microseconds) - Double(level.at.microseconds))
        return max(0, level.failures - elapsed / recovery)
    }
}
