/// Turns the many ways in which logs write time into seconds since 1970 (UTC).
///
/// One clock a file: it carries the year through files whose lines name none, and remembers the last second read, since
/// most lines repeat it.
///
/// **Years.** A line without a year gets the latest year in which it is not after `latest` (when the file was last
/// written). From there the year grows when a line steps from the end of a year to its beginning.
package struct LogClock {
    /// No line is later than this, but for a day of slack: the file's modification time, or now.
    package let latest: Int64
    /// What local time meant where no line tells it.
    package let zone: ZoneOffsets
    /// Whether the last time read named its zone.
    package private(set) var lastHadZone = false
    /// The offset that the last zoned line named, seconds east of UTC.
    package private(set) var lastOffset: Int32 = 0

    private var year: Int?
    private var month = 0
    private var cachedKey: (UInt64, UInt64) = (0, 0)
    private var cachedSeconds: Int64 = 0
    private var cachedLength = 0
    private var cachedDay: (key: Int, days: Int64) = (-1, 0)
    private var cachedZone: (local: Int64, offset: Int64) = (Int64.min, 0)

    package init(latest: Int64, zone: ZoneOffsets = .utc) {
        self.latest = latest
        self.zone = zone
    }

    // MARK: syslog

    /// `Nov 24 08:30:00`, `Nov  4 08:30:00`, `Nov 4 08:30:00.123`, `Nov 24 2026 08:30:00`: the time and the bytes taken.
    package mutating func syslogTime(_ text: ByteSlice) -> (seconds: Int64, length: Int)? {
        guard text.count >= 14 else { return nil }
        if text.count >= 16, text[15] == Byte.space || text[15] == Byte.colon {
            // `08:30:00 2026 host`: the year belongs to it.
            if text.at(16) == 0x32, text.at(20) == Byte.space, text.part(16, 20).number != nil {
                return readSyslog(text)
            }
            let key = LogClock.key(text)
            if cachedLength == 15, key == cachedKey { return (cachedSeconds, 15) }
            guard let time = readSyslog(text) else { return nil }
            if time.length == 15 {
                cachedKey = key
                cachedSeconds = time.seconds
                cachedLength = 15
            }
            return time
        }
        return readSyslog(text)
    }

    private static func key(_ text: ByteSlice) -> (UInt64, UInt64) {
        let raw = UnsafeRawPointer(text.pointer)
        return (raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: 7, as: UInt64.self))
    }

    private mutating func readSyslog(_ text: ByteSlice) -> (seconds: Int64, length: Int)? {
        guard let month = LogClock.month(text), text.at(3) == Byte.space else { return nil }
        var at = 4
        if text.at(at) == Byte.space { at += 1 }
        guard let day = LogClock.digits(text, &at, atMost: 2), (1...31).contains(day), text.at(at) == Byte.space else {
            return nil
        }
        at += 1
        var stated: Int?
        if text.at(at + 4) == Byte.space, let year = text.part(at, at + 4).number {
            stated = year
            at += 5
        }
        guard let second = LogClock.clock(text, &at) else { return nil }
        if stated == nil, text.at(at) == Byte.space, text.at(at + 5) == Byte.space || text.at(at + 5) == 0,
            let year = text.part(at + 1, at + 5).number, (1990...2100).contains(year)
        {
            stated = year
            at += 5
        }
        let year = stated ?? inferredYear(month: month, day: day, second: second)
        lastHadZone = false
        return (toUTC(LogClock.days(year, month, day) * 86_400 + Int64(second)), at)
    }

    /// `2026 Nov 24 08:30:00`.
    package mutating func yearFirstTime(_ text: ByteSlice) -> (seconds: Int64, length: Int)? {
        guard let year = text.prefix(4).number, (1990...2100).contains(year), let month = LogClock.month(text.from(5)),
            text.at(8) == Byte.space
        else { return nil }
        var at = text.at(9) == Byte.space ? 10 : 9
        guard let day = LogClock.digits(text, &at, atMost: 2), (1...31).contains(day), text.at(at) == Byte.space else {
            return nil
        }
        at += 1
        guard let second = LogClock.clock(text, &at) else { return nil }
        lastHadZone = false
        return (toUTC(LogClock.days(year, month, day) * 86_400 + Int64(second)), at)
    }

    private mutating func inferredYear(month newMonth: Int, day: Int, second: Int) -> Int {
        guard let year else {
            month = newMonth
            var guess = LogClock.civilYear(latest)
            while guess > 1970, LogClock.days(guess, newMonth, day) * 86_400 + Int64(second) > latest + 86_400 {
                guess -= 1
            }
            self.year = guess
            return guess
        }
        // A straggler from before New Year: the year stays, and so does the month.
        if newMonth == 12, month == 1 { return year - 1 }
        let passed = newMonth <= 2 && month >= 11
        month = newMonth
        if passed { self.year = year + 1 }
        return passed ? year + 1 : year
    }

    // MARK: dates with years

    /// `2026-11-24T08:30:00.123Z`, `2026-11-24 08:30:00`, also with `/` between and an offset `+01:00`, `+0100` right
    /// behind or after a space.
    package mutating func isoTime(_ text: ByteSlice, utc: Bool = false) -> (seconds: Int64, length: Int)? {
        guard text.count >= 19, text[4] == Byte.dash || text[4] == Byte.slash, text[7] == text[4] else { return nil }
        guard text[10] == 0x54 || text[10] == Byte.space || text[10] == Byte.comma || text[10] == Byte.tab else {
            return nil
        }
        var at = 0
        guard let date = isoDay(text, &at) else { return nil }
        at += 1
        guard let second = LogClock.clock(text, &at) else { return nil }
        let local = date * 86_400 + Int64(second)
        var length = at
        if let offset = LogClock.offset(text, &length) {
            lastHadZone = true
            lastOffset = offset
            return (local - Int64(offset), length)
        }
        lastHadZone = utc
        if utc { lastOffset = 0 }
        return (utc ? local : toUTC(local), at)
    }

    private mutating func isoDay(_ text: ByteSlice, _ at: inout Int) -> Int64? {
        guard let year = text.part(0, 4).number, let month = text.part(5, 7).number, let day = text.part(8, 10).number
        else { return nil }
        at = 10
        let key = year * 10_000 + month * 100 + day
        if key == cachedDay.key { return cachedDay.days }
        guard (1...12).contains(month), (1...31).contains(day), year >= 1970 else { return nil }
        cachedDay = (key, LogClock.days(year, month, day))
        return cachedDay.days
    }

    /// `24/Nov/2026:08:30:00 +0000` (NCSA), `24-Nov-2026 08:30:00 +0100` (Roundcube).
    package mutating func dayFirstTime(_ text: ByteSlice) -> (seconds: Int64, length: Int)? {
        var at = 0
        guard let day = LogClock.digits(text, &at, atMost: 2), (1...31).contains(day) else { return nil }
        at += 1
        guard let month = LogClock.month(text.from(at)) else { return nil }
        at += 4
        guard let year = LogClock.digits(text, &at, atMost: 4), year >= 1970 else { return nil }
        at += 1
        guard let second = LogClock.clock(text, &at) else { return nil }
        let local = LogClock.days(year, month, day) * 86_400 + Int64(second)
        if let offset = LogClock.offset(text, &at) {
            lastHadZone = true
            lastOffset = offset
            return (local - Int64(offset), at)
        }
        lastHadZone = false
        return (toUTC(local), at)
    }

    /// `11/24/26 08:30:00` or `11/24/2026 8:30:00 PM` (MailEnable, Windows), month first.
    package mutating func monthFirstTime(_ text: ByteSlice) -> (seconds: Int64, length: Int)? {
        var at = 0
        guard let month = LogClock.digits(text, &at, atMost: 2), (1...12).contains(month), text.at(at) == Byte.slash
        else { return nil }
        at += 1
        guard let day = LogClock.digits(text, &at, atMost: 2), (1...31).contains(day), text.at(at) == Byte.slash else {
            return nil
        }
        at += 1
        guard var year = LogClock.digits(text, &at, atMost: 4) else { return nil }
        if year < 100 { year += 2000 }
        at += 1
        guard year >= 1970, var second = LogClock.clock(text, &at) else { return nil }
        if text.at(at) == Byte.space, text.at(at + 2) | 0x20 == 0x6d {
            let half = text.at(at + 1) | 0x20
            if half == 0x70, second < 43_200 { second += 43_200 }
            if half == 0x61, second >= 43_200 { second -= 43_200 }
            at += 3
        }
        lastHadZone = false
        return (toUTC(LogClock.days(year, month, day) * 86_400 + Int64(second)), at)
    }

    /// `24.11.2026 08:30:00`, `24/11/26 8:30:00`: the day first, in numbers, as Windows writes it outside America.
    package mutating func dayFirstNumbers(_ text: ByteSlice) -> (seconds: Int64, length: Int)? {
        var at = 0
        guard let day = LogClock.digits(text, &at, atMost: 2), (1...31).contains(day),
            text.at(at) == Byte.slash || text.at(at) == Byte.dot || text.at(at) == Byte.dash
        else { return nil }
        let separator = text.at(at)
        at += 1
        guard let month = LogClock.digits(text, &at, atMost: 2), (1...12).contains(month), text.at(at) == separator
        else { return nil }
        at += 1
        guard var year = LogClock.digits(text, &at, atMost: 4) else { return nil }
        if year < 100 { year += 2000 }
        if text.at(at) == Byte.comma { at += 1 }
        at += 1
        guard year >= 1970, let second = LogClock.clock(text, &at) else { return nil }
        lastHadZone = false
        return (toUTC(LogClock.days(year, month, day) * 86_400 + Int64(second)), at)
    }

    /// Marks the last time as one that told its zone, for formats that are UTC by definition.
    package mutating func noteUTC() {
        lastHadZone = true
        lastOffset = 0
    }

    private mutating func toUTC(_ local: Int64) -> Int64 {
        let hour = local / 900
        if hour != cachedZone.local { cachedZone = (hour, Int64(zone.offset(atLocal: local))) }
        return local - cachedZone.offset
    }
}
