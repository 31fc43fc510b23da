/// A `Timestamp` taken apart in UTC, without Foundation: for log lines, `Date:` fields and ISO 8601 text.
///
/// The calendar arithmetic is the proleptic Gregorian one, by days from civil (era of 400 years).
package struct CivilTime: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int
    package var microsecond: Int
    /// 0 is Sunday.
    package var weekday: Int

    package init(_ time: Timestamp) {
        let seconds = time.seconds
        microsecond = Int(time.microseconds - seconds * 1_000_000)
        var days = Int(seconds / 86_400)
        var rest = Int(seconds % 86_400)
        if rest < 0 {
            rest += 86_400
            days -= 1
        }
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        weekday = ((days + 4) % 7 + 7) % 7
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `2026-11-24T08:30:00.123Z` (RFC 3339, milliseconds).
    package var iso8601: String {
        String(unsafeUninitializedCapacity: 24) { bytes in
            var end = 0
            func put(_ value: Int, _ width: Int, _ mark: Character) {
                var rest = max(0, value)
                for place in (0..<width).reversed() {
                    bytes[end + place] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                bytes[end + width] = mark.asciiValue ?? 0
                end += width + 1
            }
            put(year, 4, "-")
            put(month, 2, "-")
            put(day, 2, "T")
            put(hour, 2, ":")
            put(minute, 2, ":")
            put(second, 2, ".")
            put(microsecond / 1000, 3, "Z")
            return end
        }
    }

    /// `Tue, 24 Nov 2026 08:30:00 +0000` (RFC 5322 §3.3).
    package var rfc5322: String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(days[weekday]), \(day) \(months[month - 1]) \(padded(year, 4)) \(clock) +0000"
    }

    private var clock: String { "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" }

    private func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}

extension Timestamp {
    package var iso8601: String { CivilTime(self).iso8601 }
    package var rfc5322: String { CivilTime(self).rfc5322 }
}
