package import MailTypes

extension Configuration.Detection {
    /// A DNS list of link domains.
    package struct LinkList: Hashable, Sendable {
        package enum Name: String, Hashable, Sendable, CaseIterable {
            case spamhausDBL = "spamhaus-dbl"
            case surbl, uribl
        }

        package var name: Name
        /// Instead of the public zone: one with a key of one's own, or a copy.
        package var zone: DomainName?

        init?(_ section: Section) {
            guard let name: Name = section.required("name", .choice(), example: "spamhaus-dbl", "Which list.") else {
                return nil
            }
            self.name = name
            zone = section.optional(
                "zone", .domain, example: "key.dbl.dq.spamhaus.net", "Left out: the public zone.")
        }
    }

    /// Somebody whose bulk mail is asked for, as somebody else says.
    package struct DeclaredSender: Hashable, Sendable {
        package var source: SourceID
        /// Who answers for it.
        package var owner: String
        /// The end of that day, UTC.
        package var until: Timestamp

        init?(_ section: Section) {
            let source = section.required(
                "source", .source, example: "account:acme/news", "An account, a server or a customer.")
            let owner = section.required(
                "owner", .text("who answers for it", limit: 200), example: "Ann Smith", "Who answers for it.")
            let until = section.required("until", .day, example: "2030-12-31", "It must be said again after this day.")
            guard let source, let owner, let until else { return nil }
            self.source = source
            self.owner = owner
            self.until = until
        }
    }
}

extension Kind where Value == SourceID {
    static let source = Kind(
        allowed: "a source such as account:acme/news, server:acme/192.0.2.7 or customer:acme",
        parse: { text in SourceID(text).flatMap { $0.scope == .campaign ? nil : $0 } }, show: { $0.description })
}

extension Kind where Value == Timestamp {
    /// The end of a day, UTC.
    static let day = Kind(
        allowed: "a day such as 2030-12-31", parse: { Timestamp(endOfDay: $0) },
        show: { String(($0 - .seconds(1)).iso8601.prefix(10)) })
}

extension Timestamp {
    /// `2030-12-31`: the first moment of the day after, UTC (days from civil, Hinnant 2013).
    init?(endOfDay text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            parts.allSatisfy({ $0.allSatisfy(ASCII.isDigit) })
        else { return nil }
        let numbers = parts.map { $0.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) } }
        let (year, month, day) = (numbers[0], numbers[1], numbers[2])
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard year >= 1970, (1...12).contains(month), (1...lengths[Int(month) - 1]).contains(day) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(seconds: (era * 146_097 + dayOfEra - 719_468 + 1) * 86_400)
    }
}
