package import MailTypes

/// The moment of a `Date:` field (RFC 5322 §3.3, with the obsolete zones of §4.3). What is not understood is no moment.
package enum MailDate {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let zones = [
        "ut": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
        "pdt": -7,
    ]

    /// - Parameter header: header lines that end in LF, unfolded.
    package static func read(header: [UInt8]) -> Timestamp? {
        for line in header.split(separator: 0x0a) where line.count <= 200 {
            let text = ASCII.lowercased(String(decoding: line, as: UTF8.self))
            if text.hasPrefix("date:") { return read(String(text.dropFirst(5))) }
        }
        return nil
    }

    static func read(_ text: String) -> Timestamp? {
        var words = ASCII.lowercased(text).split(whereSeparator: { " ,\t\r".contains($0) }).map(String.init)
        if let first = words.first, Int(first) == nil { words.removeFirst() }
        guard words.count >= 4, let day = Int(words[0]), (1...31).contains(day),
            let month = months.firstIndex(of: words[1]), var year = Int(words[2])
        else { return nil }
        if words[2].utf8.count == 2 { year += year < 50 ? 2000 : 1900 }
        let clock = words[3].split(separator: ":").map { Int($0) }
        guard (1970...2200).contains(year), (2...3).contains(clock.count), let hour = clock[0], let minute = clock[1],
            (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        let second = clock.count == 3 ? clock[2] ?? 0 : 0
        guard (0...60).contains(second), let offset = words.count > 4 ? zone(words[4]) : 0 else { return nil }
        let days = days(year, month + 1, day)
        return Timestamp(seconds: Int64(days * 86_400 + hour * 3600 + minute * 60 + second - offset))
    }

    private static func zone(_ text: String) -> Int? {
        if let hours = zones[text] { return hours * 3600 }
        guard text.utf8.count == 5, let sign = text.first, sign == "+" || sign == "-",
            let number = Int(text.dropFirst()),
            number >= 0
        else { return nil }
        return (sign == "-" ? -1 : 1) * (number / 100 * 3600 + number % 100 * 60)
    }

    /// Days since 1970 of the proleptic Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
