package import MailTypes

/// A DNS list of addresses that send spam, or should not send at all (RFC 5782 §2).
package struct AddressList: Sendable, Hashable {
    /// For people. The zone is not shown: it may hold a key.
    package var name: String
    package var zone: DomainName
    package var hasIPv6: Bool
    /// The list answers RFC 5782's test points for IPv6, too.
    package var hasIPv6TestPoint: Bool
    /// The block of IPv6 that one entry covers: 64 where a customer's network counts as one.
    package var ipv6Unit: Int
    package var codes: ListCodes
    /// How and when a listing ends. Never before its cause is gone: asking too early is what makes the next one last.
    package var removal: String

    package init(
        name: String, zone: DomainName, hasIPv6: Bool, hasIPv6TestPoint: Bool = false, ipv6Unit: Int = 128,
        codes: ListCodes, removal: String
    ) {
        self.name = name
        self.zone = zone
        self.hasIPv6 = hasIPv6
        self.hasIPv6TestPoint = hasIPv6TestPoint
        self.ipv6Unit = ipv6Unit
        self.codes = codes
        self.removal = removal
    }

    /// The list of a zone: a known one by its public zone, or by Spamhaus' with a key, whose zone must not be shown; else one
    /// whose every code is a listing.
    package init(custom zone: DomainName, name: String? = nil) {
        let keyed = DomainName("zen.dq.spamhaus.net").map { zone.isEqualToOrBelow($0) } ?? false
        let known =
            keyed
            ? AddressList(.zen, zone: zone) : Known.allCases.compactMap { AddressList($0) }.first { $0.zone == zone }
        if let known {
            self = known
            if let name { self.name = name }
            return
        }
        self.init(
            name: name ?? zone.description, zone: zone, hasIPv6: true,
            codes: ListCodes(.any(ListMeaning(.spam, "listed; the list's own text says why"))),
            removal: "see the list's own pages")
    }

    /// The name that is asked for.
    func question(_ address: IPAddress) -> String { "\(address.reversedLabels).\(zone)" }

    /// 127.0.0.2 is always listed, 127.0.0.1 never (RFC 5782 §5).
    static let listedTest = IPAddress.v4(0x7f00_0002)
    static let unlistedTest = IPAddress.v4(0x7f00_0001)

    /// `::FFFF:7F00:2` and `::FFFF:7F00:1`, which `IPAddress` would take for IPv4.
    func ipv6Test(isListed: Bool) -> String {
        let nibbles = (isListed ? "2" : "1") + ".0.0.0.0.0.f.7.f.f.f.f" + String(repeating: ".0", count: 20)
        return "\(nibbles).\(zone)"
    }

    /// The question about an address, or about a test point, and what the answer says.
    package enum Question: Sendable, Hashable {
        case address(IPAddress)
        case listedTest(isIPv6: Bool)
        case unlistedTest(isIPv6: Bool)
    }

    package func name(of question: Question) -> String {
        switch question {
        case .address(let address): self.question(address)
        case .listedTest(let isIPv6): isIPv6 ? ipv6Test(isListed: true) : self.question(Self.listedTest)
        case .unlistedTest(let isIPv6): isIPv6 ? ipv6Test(isListed: false) : self.question(Self.unlistedTest)
        }
    }

    /// Whether a list may be believed, by what it says of its test points: `nil` if it may, else why not.
    package static func problem(listed: ListAnswer, unlisted: ListAnswer) -> ListAnswer? {
        switch (listed, unlisted) {
        case (.listed, .notListed): return nil
        case (.refused, _), (.unknown, _): return listed
        case (_, .refused), (_, .unknown): return unlisted
        case (.notListed, _): return .unknown("127.0.0.2 is not listed: the list is gone, or does not answer here")
        case (.listed, .listed): return .unknown("127.0.0.1 is listed: the list lists everything")
        }
    }
}
