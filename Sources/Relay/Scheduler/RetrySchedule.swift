import MailTypes

/// When to try again: exponential back-off with jitter.
package struct RetrySchedule: Hashable, Sendable {
    /// Before the second attempt.
    package var first: Duration
    /// The longest wait.
    package var longest: Duration
    /// Each wait is spread evenly over ± this share, so that what failed together does not come back together.
    package var jitter: Double

    package init(first: Duration, longest: Duration, jitter: Double = 0.2) {
        self.first = first
        self.longest = longest
        self.jitter = jitter
    }

    /// For a message that was answered 4xx: 5 min (most greylisting lets pass after that; RFC 5321 §4.5.4.1 recommends
    /// 30 min as a general minimum but allows less for the first tries), doubling up to 4 h.
    package static let messages = RetrySchedule(first: .seconds(300), longest: .seconds(4 * 3600))
    /// For a destination that cannot be reached: one probe a minute at first, since most outages are restarts, then one an
    /// hour.
    package static let destinations = RetrySchedule(first: .seconds(60), longest: .seconds(3600))

    /// The wait after `failures` failures in a row (from 1); `random` is evenly spread over 0..<1.
    package func wait(after failures: Int, random: Double) -> Duration {
        let doublings = min(max(failures - 1, 0), 30)
        let seconds = min(first.inSeconds * Double(1 << doublings), longest.inSeconds)
        return .milliseconds(Int64(seconds * (1 + jitter * (2 * random - 1)) * 1000))
    }
}

/// SplitMix64: a small seeded generator, so that tests and replays see the same jitter twice. Not for secrets.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Evenly spread over 0..<1.
    package mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
