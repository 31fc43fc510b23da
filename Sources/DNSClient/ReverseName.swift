import MailTypes

extension IPAddress {
    /// The name under which PTR records are kept: `1.2.0.192.in-addr.arpa`, nibbles below `ip6.arpa` (RFC 3596 §2.5).
    var reverseName: String { reversedLabels + (isIPv4 ? ".in-addr.arpa" : ".ip6.arpa") }

    /// What stands before the zone in reverse zones and in lists (RFC 5782 §2.1, §2.4).
    var reversedLabels: String {
        switch self {
        case .v4(let bits):
            return (0..<4).map { String(bits >> UInt32(8 * $0) & 0xff) }.joined(separator: ".")
        case .v6(let high, let low):
            let nibbles = [low, high].flatMap { half in
                (0..<16).map { String(half >> UInt64(4 * $0) & 0xf, radix: 16) }
            }
            return nibbles.joined(separator: ".")
        }
    }
}
