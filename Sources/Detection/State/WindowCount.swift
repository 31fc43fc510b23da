import MailTypes

/// How many in the last minute, hour or day: the running bucket, and the one before by the share that is still inside.
///
/// Two numbers instead of a list of times; exact to within one bucket's unevenness. A clock that steps back neither
/// loses nor doubles a count.
struct WindowCount: Hashable, Sendable {
    var bucket: Int64 = 0
    var current: UInt32 = 0
    var previous: UInt32 = 0

    /// Moves on to `seconds`; gives the count of the bucket that ended by it, if one did.
    @discardableResult
    mutating func advance(to seconds: Int64, width: Int64) -> UInt32? {
        let now = seconds / width
        guard now != bucket else { return nil }
        defer { bucket = now }
        guard now > bucket else { return nil }
        let ended = current
        previous = now == bucket &+ 1 ? current : 0
        current = 0
        return ended
    }

    mutating func add(_ count: Int) {
        current = UInt32(clamping: Int(current) + max(0, min(count, Int(Int32.max))))
    }

    /// The sliding count; `advance` comes first.
    func estimate(at seconds: Int64, width: Int64) -> Double {
        let inside = Double(((seconds % width) + width) % width) / Double(width)
        return Double(current) + Double(previous) * (1 - inside)
    }
}

/// One kind of thing counted over a minute, an hour and a day, with what an active hour of the source usually holds.
struct Rates: Hashable, Sendable {
    static let widths: (minute: Int64, hour: Int64, day: Int64) = (60, 3600, 86_400)
    /// Weight of the newest active hour in the usual one: about ten hours' memory.
    private static let learning = 0.1

    var minute = WindowCount()
    var hour = WindowCount()
    var day = WindowCount()
    /// Mean over the source's past active hours; 0 before the first has ended.
    var usualHour = 0.0
    var activeHours: UInt32 = 0

    mutating func advance(to seconds: Int64) {
        minute.advance(to: seconds, width: Self.widths.minute)
        day.advance(to: seconds, width: Self.widths.day)
        guard let ended = hour.advance(to: seconds, width: Self.widths.hour), ended > 0 else { return }
        let weight = max(Self.learning, 1 / Double(activeHours + 1))
        // What an abuse itself adds must not become its own excuse: an hour counts as at most three usual ones.
        let counted = activeHours == 0 ? Double(ended) : min(Double(ended), 3 * usualHour + 10)
        usualHour += (counted - usualHour) * weight
        activeHours = min(activeHours + 1, .max - 1)
    }

    mutating func add(_ count: Int) {
        minute.add(count)
        hour.add(count)
        day.add(count)
    }

    func inMinute(at seconds: Int64) -> Double { minute.estimate(at: seconds, width: Self.widths.minute) }
    func inHour(at seconds: Int64) -> Double { hour.estimate(at: seconds, width: Self.widths.hour) }
    func inDay(at seconds: Int64) -> Double { day.estimate(at: seconds, width: Self.widths.day) }
}
