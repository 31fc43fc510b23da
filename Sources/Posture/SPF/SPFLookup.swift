package import MailTypes

/// A name as SPF asks DNS for: any bytes but dots in its labels, since macros may make such (RFC 7208 §4.8).
package struct SPFName: Hashable, Sendable, CustomStringConvertible {
    /// In lower case, without a trailing dot.
    package let description: String

    /// `nil` for empty labels, labels above 63 bytes, names above 253.
    package init?(_ text: String) {
        let bytes = text.utf8.last == UInt8(ascii: ".") ? text.utf8.dropLast() : text.utf8[...]
        guard (1...253).contains(bytes.count) else { return nil }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy({ (1...63).contains($0.count) }) else { return nil }
        description = ASCII.lowercased(String(decoding: Array(bytes), as: UTF8.self))
    }

    /// More than a top level's name: what a mail domain must be (§4.3).
    var isQualified: Bool { description.utf8.contains(UInt8(ascii: ".")) }

    func isEqualToOrBelow(_ other: SPFName) -> Bool {
        description == other.description || description.hasSuffix("." + other.description)
    }
}

/// What DNS answered. An empty answer is an answer.
package enum SPFAnswer<Record: Sendable & Hashable>: Sendable, Hashable {
    /// None for "no such name" and "no such record".
    case records([Record])
    /// Timeout or SERVFAIL, with the reason for people.
    case failure(String)
}

/// Asks DNS for SPF. Each call ends in bounded time.
package protocol SPFLookup: Sendable {
    /// Each record's strings joined (RFC 7208 §3.3).
    func texts(_ name: SPFName) async -> SPFAnswer<[UInt8]>
    /// A records, or AAAA records.
    func addresses(_ name: SPFName, isIPv6: Bool) async -> SPFAnswer<IPAddress>
    /// The names of MX records, best first; the root name is left out.
    func exchanges(_ name: SPFName) async -> SPFAnswer<SPFName>
    /// PTR records.
    func names(_ address: IPAddress) async -> SPFAnswer<SPFName>
}
