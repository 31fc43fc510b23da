package import MailTypes

package enum AddressFamily: String, Hashable, Sendable, CaseIterable {
    case ipv4, ipv6

    package var bitWidth: Int { self == .ipv4 ? 32 : 128 }

    /// Every address of the family.
    package var universe: AddressRange { AddressRange(0, self == .ipv4 ? UInt128(UInt32.max) : UInt128.max) }

    package func address(_ number: UInt128) -> IPAddress {
        switch self {
        case .ipv4: .v4(UInt32(truncatingIfNeeded: number))
        case .ipv6: .v6(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
        }
    }
}

extension IPAddress {
    package var family: AddressFamily { isIPv4 ? .ipv4 : .ipv6 }

    /// The address as a number of its family's width.
    package var number: UInt128 {
        switch self {
        case .v4(let bits): UInt128(bits)
        case .v6(let high, let low): UInt128(high) << 64 | UInt128(low)
        }
    }
}

extension IPNetwork {
    package var range: AddressRange { AddressRange(first.number, last.number) }
}

/// A set of IPv4 and IPv6 addresses.
package struct AddressSet: Hashable, Sendable {
    package var ipv4: RangeSet
    package var ipv6: RangeSet

    package init(ipv4: RangeSet = RangeSet(), ipv6: RangeSet = RangeSet()) {
        self.ipv4 = ipv4
        self.ipv6 = ipv6
    }

    package init(_ family: AddressFamily, _ ranges: RangeSet) {
        self.init()
        self[family] = ranges
    }

    package init(_ network: IPNetwork) {
        self.init(network.first.family, RangeSet(network.range))
    }

    package init(_ networks: some Sequence<IPNetwork>) {
        var four: [AddressRange] = []
        var six: [AddressRange] = []
        for network in networks {
            if network.first.isIPv4 { four.append(network.range) } else { six.append(network.range) }
        }
        self.init(ipv4: RangeSet(normalizing: four), ipv6: RangeSet(normalizing: six))
    }

    package static let everything = AddressSet(
        ipv4: RangeSet(AddressFamily.ipv4.universe), ipv6: RangeSet(AddressFamily.ipv6.universe))

    package subscript(family: AddressFamily) -> RangeSet {
        get { family == .ipv4 ? ipv4 : ipv6 }
        set { if family == .ipv4 { ipv4 = newValue } else { ipv6 = newValue } }
    }

    package var isEmpty: Bool { ipv4.isEmpty && ipv6.isEmpty }

    package func contains(_ address: IPAddress) -> Bool { self[address.family].contains(address.number) }

    package func union(_ other: AddressSet) -> AddressSet {
        AddressSet(ipv4: ipv4.union(other.ipv4), ipv6: ipv6.union(other.ipv6))
    }

    package func intersection(_ other: AddressSet) -> AddressSet {
        AddressSet(ipv4: ipv4.intersection(other.ipv4), ipv6: ipv6.intersection(other.ipv6))
    }

    package func subtracting(_ other: AddressSet) -> AddressSet {
        AddressSet(ipv4: ipv4.subtracting(other.ipv4), ipv6: ipv6.subtracting(other.ipv6))
    }

    /// Every other address of both families.
    package var complement: AddressSet { AddressSet.everything.subtracting(self) }

    /// The fewest CIDR blocks that are exactly this set, IPv4 first, ascending.
    package var networks: [IPNetwork] {
        AddressFamily.allCases.flatMap { family in
            self[family].ranges.flatMap { RangeSet.networks(of: $0, family: family) }
        }
    }

    /// The blocks as text, at most `limit`, and how many there are in all.
    package func listed(limit: Int) -> (blocks: [String], count: Int) {
        let networks = self.networks
        return (networks.prefix(limit).map(\.description), networks.count)
    }
}

extension RangeSet {
    /// The fewest blocks that make up one interval: each the largest that is aligned and fits.
    package static func networks(of range: AddressRange, family: AddressFamily) -> [IPNetwork] {
        var result: [IPNetwork] = []
        var start = range.first
        while true {
            let aligned = start == 0 ? family.bitWidth : min(family.bitWidth, start.trailingZeroBitCount)
            let span = range.last - start
            // Bits that fit: the largest n with 2^n - 1 <= span.
            let fitting = span == UInt128.max ? 128 : 127 - (span + 1).leadingZeroBitCount
            let bits = min(aligned, fitting)
            result.append(
                IPNetwork(address: family.address(start), prefixLength: family.bitWidth - bits))
            let size = bits == 128 ? UInt128.max : (UInt128(1) << UInt128(bits)) - 1
            guard start + size < range.last else { return result }
            start += size + 1
        }
    }
}
