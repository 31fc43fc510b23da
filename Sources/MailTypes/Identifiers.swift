/// The number of a submission: unique in a spool for ever, growing with time.
///
/// The upper 44 bits are milliseconds since 1970, the lower 20 count within the millisecond, so an id sorts by arrival
/// and tells it. As text: 13 digits of Crockford's base 32, lower case, without look-alikes.
package struct SubmissionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Positive, so that it is an SQLite row id.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static func < (a: SubmissionID, b: SubmissionID) -> Bool { a.rawValue < b.rawValue }

    package var arrival: Timestamp { Timestamp(microseconds: (rawValue >> 20) &* 1000) }

    package var description: String { Base32.text(UInt64(bitPattern: rawValue)) }

    /// Reads what `description` wrote; upper case and the usual slips (o for 0, i and l for 1) are taken.
    package init?(_ text: String) {
        guard let value = Base32.value(text), value <= UInt64(Int64.max) else { return nil }
        rawValue = Int64(value)
    }

    /// The next id after `last` at `time`: never smaller than `last` + 1, also when the clock steps back.
    package static func next(after last: SubmissionID?, at time: Timestamp) -> SubmissionID {
        let candidate = (time.microseconds / 1000) << 20
        guard let last else { return SubmissionID(rawValue: candidate) }
        return SubmissionID(rawValue: max(candidate, last.rawValue &+ 1))
    }
}

/// Crockford's base 32 of 64-bit numbers, in lower case, 13 digits.
enum Base32 {
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    static func text(_ value: UInt64) -> String {
        String(decoding: (0..<13).map { digits[Int(value >> UInt64(60 - 5 * $0) & 31)] }, as: UTF8.self)
    }

    static func value(_ text: String) -> UInt64? {
        guard text.utf8.count == 13 else { return nil }
        var value: UInt64 = 0
        for (index, byte) in text.utf8.enumerated() {
            let digit: UInt8 =
                switch ASCII.lowercased(byte) {
                case UInt8(ascii: "o"): UInt8(ascii: "0")
                case UInt8(ascii: "i"), UInt8(ascii: "l"): UInt8(ascii: "1")
                case let other: other
                }
            guard let number = digits.firstIndex(of: digit), index > 0 || number < 16 else { return nil }
            value = value << 5 | UInt64(number)
        }
        return value
    }
}

/// A customer's short name, as the operator writes it in the configuration: 1…64 of `a-z 0-9 - _ .`, lower case.
package struct CustomerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    package init?(_ text: String) {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first,
            (97...122).contains(first) || ASCII.isDigit(first),
            text.utf8.allSatisfy({ ASCII.isDigit($0) || (97...122).contains($0) || [0x2d, 0x5f, 0x2e].contains($0) })
        else { return nil }
        description = text
    }

    package static func < (a: CustomerID, b: CustomerID) -> Bool { a.description < b.description }
}

/// A login, or the identity that a customer's server adds in a trusted header: 1…255 bytes of UTF-8 without control
/// bytes; lower case in ASCII, since mail systems differ in case and an attacker must not get a fresh record by shouting.
package struct AccountName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    package init?(_ text: String) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            return nil
        }
        description = ASCII.lowercased(text)
    }

    package static func < (a: AccountName, b: AccountName) -> Bool { a.description < b.description }
}

/// Submissions whose content is nearly the same.
package struct CampaignID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static func < (a: CampaignID, b: CampaignID) -> Bool { a.rawValue < b.rawValue }

    package var description: String { Base32.text(rawValue) }
    package init?(_ text: String) {
        guard let value = Base32.value(text) else { return nil }
        rawValue = value
    }
}

/// One incident's number: `case-` and a counter, as it stands in replies and notices.
package struct CaseID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// From 1.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
    package static func < (a: CaseID, b: CaseID) -> Bool { a.rawValue < b.rawValue }

    package var description: String { "case-\(rawValue)" }
    package init?(_ text: String) {
        guard text.hasPrefix("case-"), let value = Int64(text.dropFirst(5)), value > 0 else { return nil }
        rawValue = value
    }
}
