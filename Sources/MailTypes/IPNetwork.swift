/// A CIDR block: an address whose bits behind the prefix are zero, and the prefix's length.
package struct IPNetwork: Hashable, Sendable {
    /// The first address of the block.
    package let first: IPAddress
    /// 0…32 for IPv4, 0…128 for IPv6.
    package let prefixLength: Int

    /// The block of `prefixLength` around `address`; the length is clamped to the family's width.
    package init(address: IPAddress, prefixLength: Int) {
        let length = min(max(prefixLength, 0), address.bitWidth)
        self.prefixLength = length
        self.first = IPNetwork.masked(address, length)
    }

    /// Reads `192.0.2.0/24`, `2001:db8::/32`, or one address. Bits set behind the prefix are an error (`nil`): they are
    /// nearly always a slip, and a block wider than meant would let strangers relay.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first, let address = IPAddress(String(head)) else { return nil }
        guard parts.count == 2 else {
            self.init(address: address, prefixLength: address.bitWidth)
            return
        }
        let digits = parts[1]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let length = Int(digits), length <= address.bitWidth
        else { return nil }
        self.init(address: address, prefixLength: length)
        guard first == address else { return nil }
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == first.isIPv4 && IPNetwork.masked(address, prefixLength) == first
    }

    package func contains(_ other: IPNetwork) -> Bool { other.prefixLength >= prefixLength && contains(other.first) }

    /// The last address of the block.
    package var last: IPAddress {
        switch first {
        case .v4(let bits): .v4(bits | ~IPNetwork.mask32(prefixLength))
        case .v6(let high, let low):
            .v6(high: high | ~IPNetwork.mask64(prefixLength), low: low | ~IPNetwork.mask64(prefixLength - 64))
        }
    }

    private static func masked(_ address: IPAddress, _ length: Int) -> IPAddress {
        switch address {
        case .v4(let bits): .v4(bits & mask32(length))
        case .v6(let high, let low): .v6(high: high & mask64(length), low: low & mask64(length - 64))
        }
    }

    private static func mask32(_ length: Int) -> UInt32 { length <= 0 ? 0 : ~UInt32(0) << UInt32(32 - min(length, 32)) }
    private static func mask64(_ length: Int) -> UInt64 { length <= 0 ? 0 : ~UInt64(0) << UInt64(64 - min(length, 64)) }
}

extension IPNetwork: CustomStringConvertible {
    package var description: String { prefixLength == first.bitWidth ? "\(first)" : "\(first)/\(prefixLength)" }
}
