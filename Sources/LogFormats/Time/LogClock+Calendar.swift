extension LogClock {
    /// Days from 1970-01-01 to a Gregorian date.
    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let shifted = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shifted + 2) / 5 + day - 1
        return Int64(era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }

    /// The year that a moment (UTC) falls into.
    static func civilYear(_ seconds: Int64) -> Int {
        var year = 1970 + Int(seconds / 31_556_952)
        while days(year + 1, 1, 1) * 86_400 <= seconds { year += 1 }
        while days(year, 1, 1) * 86_400 > seconds { year -= 1 }
        return year
    }

    /// 1…12 for `Jan`…`Dec`.
    static func month(_ text: ByteSlice) -> Int? {
        guard text.count >= 3 else { return nil }
        let key = UInt32(text[0] | 0x20) << 16 | UInt32(text[1] | 0x20) << 8 | UInt32(text[2] | 0x20)
        return switch key {
        case 0x6a616e: 1
        case 0x666562: 2
        case 0x6d6172: 3
        case 0x617072: 4
        case 0x6d6179: 5
        case 0x6a756e: 6
        case 0x6a756c: 7
        case 0x617567: 8
        case 0x736570: 9
        case 0x6f6374: 10
        case 0x6e6f76: 11
        case 0x646563: 12
        default: nil
        }
    }

    static func digits(_ text: ByteSlice, _ at: inout Int, atMost limit: Int) -> Int? {
        var value = 0
        var taken = 0
        while taken < limit, text.at(at) &- 0x30 < 10, at < text.count {
            value = value * 10 + Int(text.at(at) &- 0x30)
            at += 1
            taken += 1
        }
        return taken > 0 ? value : nil
    }

    /// `08:30:00`, `8:30:00`, with a fraction behind `.` or `,` skipped: seconds of the day.
    static func clock(_ text: ByteSlice, _ at: inout Int) -> Int? {
        guard let hour = digits(text, &at, atMost: 2), hour < 24, text.at(at) == Byte.colon else { return nil }
        at += 1
        guard let minute = digits(text, &at, atMost: 2), minute < 60 else { return nil }
        var second = 0
        if text.at(at) == Byte.colon {
            at += 1
            guard let read = digits(text, &at, atMost: 2), read <= 60 else { return nil }
            second = min(read, 59)
        }
        if text.at(at) == Byte.dot || text.at(at) == Byte.comma, text.at(at + 1) &- 0x30 < 10 {
            let start = at
            at += 1
            while text.at(at) &- 0x30 < 10 { at += 1 }
            // A comma with more than a fraction behind it separates fields.
            if at - start > 10 { at = start }
        }
        return hour * 3600 + minute * 60 + second
    }

    /// `Z`, `+01:00`, `+0100`, also after one space: seconds east of UTC, or `nil` when there is none.
    static func offset(_ text: ByteSlice, _ at: inout Int) -> Int32? {
        var here = at
        if text.at(here) == 0x5a {
            at = here + 1
            return 0
        }
        if text.at(here) == Byte.space { here += 1 }
        let sign = text.at(here)
        guard sign == 0x2b || sign == Byte.dash, let hours = text.part(here + 1, here + 3).number, hours <= 14 else {
            return nil
        }
        var end = here + 3
        if text.at(end) == Byte.colon { end += 1 }
        guard let minutes = text.part(end, end + 2).number, minutes < 60, text.at(end + 2) &- 0x30 >= 10 else {
            return nil
        }
        at = end + 2
        let seconds = Int32(hours * 3600 + minutes * 60)
        return sign == Byte.dash ? -seconds : seconds
    }
}
