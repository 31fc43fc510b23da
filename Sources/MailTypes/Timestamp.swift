/// A moment on the wall clock, in microseconds since 1970-01-01T00:00:00Z.
///
/// Whole microseconds, so that journals and databases hold exactly what the program compared, and replaying them gives
/// the same answers. Time is always an argument in the pure layers; only the shells read a clock.
package struct Timestamp: Hashable, Comparable, Sendable, Codable {
    /// Microseconds since the Unix epoch; negative before it.
    package var microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
    package init(seconds: Int64) { self.microseconds = seconds &* 1_000_000 }

    /// Whole seconds since the Unix epoch, rounded down.
    package var seconds: Int64 { microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000 }

    package static let distantPast = Timestamp(microseconds: 0)
    package static let distantFuture = Timestamp(microseconds: Int64.max)

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

    /// Saturates instead of overflowing: a deadline computed from a hostile duration stays a deadline.
    package static func + (a: Timestamp, d: Duration) -> Timestamp {
        let (sum, overflow) = a.microseconds.addingReportingOverflow(d.wholeMicroseconds)
        return Timestamp(microseconds: overflow ? (d.wholeMicroseconds < 0 ? Int64.min : Int64.max) : sum)
    }

    package static func - (a: Timestamp, d: Duration) -> Timestamp {
        let (difference, overflow) = a.microseconds.subtractingReportingOverflow(d.wholeMicroseconds)
        return Timestamp(microseconds: overflow ? (d.wholeMicroseconds < 0 ? Int64.max : Int64.min) : difference)
    }

    package static func - (a: Timestamp, b: Timestamp) -> Duration {
        let (difference, overflow) = a.microseconds.subtractingReportingOverflow(b.microseconds)
        return .microseconds(overflow ? (a < b ? Int64.min : Int64.max) : difference)
    }
}

extension Duration {
    /// The duration in whole microseconds, rounded toward zero, saturating.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return seconds < 0 ? Int64.min : Int64.max }
        let (sum, overflow2) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return overflow2 ? (seconds < 0 ? Int64.min : Int64.max) : sum
    }

    /// The duration in seconds, for arithmetic on rates.
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
