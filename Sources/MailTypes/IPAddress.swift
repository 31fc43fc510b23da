/// An IPv4 or IPv6 address.
///
/// IPv4-mapped IPv6 addresses (`::ffff:0:0/96`, what a dual-stack socket reports for an IPv4 peer) become IPv4 at
/// `init`, so that one host has one value and a rule for `192.0.2.0/24` cannot be stepped around.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// The IPv6 address of the two halves, or the IPv4 address mapped in it.
    package init(high: UInt64, low: UInt64) {
        if high == 0, low >> 32 == 0xffff {
            self = .v4(UInt32(truncatingIfNeeded: low))
        } else {
            self = .v6(high: high, low: low)
        }
    }

    package var isIPv4: Bool {
        if case .v4 = self { return true }
        return false
    }

    /// Bits in an address of this family: 32 or 128.
    package var bitWidth: Int { isIPv4 ? 32 : 128 }

    package var isLoopback: Bool {
        switch self {
        case .v4(let bits): bits >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }

    /// The network whose hosts one customer usually holds: the address itself for IPv4, its /64 for IPv6.
    package var site: IPNetwork {
        switch self {
        case .v4: IPNetwork(address: self, prefixLength: 32)
        case .v6: IPNetwork(address: self, prefixLength: 64)
        }
    }
}

extension IPAddress: Comparable {
    /// IPv4 before IPv6, then by number.
    package static func < (a: IPAddress, b: IPAddress) -> Bool {
        switch (a, b) {
        case (.v4(let x), .v4(let y)): x < y
        case (.v4, .v6): true
        case (.v6, .v4): false
        case (.v6(let ah, let al), .v6(let bh, let bl)): (ah, al) < (bh, bl)
        }
    }
}
