import MailTypes

/// How much a network that is trusted to relay lets in.
enum NetworkWidth: Sendable, Hashable {
    /// Own hosts only: private, loopback, link-local, or a public network no wider than a /24 (IPv6: /48).
    case own
    /// More public addresses than one site has.
    case wide(Severity)
    /// Nearly everybody: a /1 or wider.
    case world

    /// Narrowest prefix that is taken for one site's own network.
    private static let site4 = 24
    private static let site6 = 48

    static func of(_ network: IPNetwork) -> NetworkWidth {
        if network.prefixLength <= 1 { return .world }
        if privateNetworks.contains(where: { $0.contains(network) }) { return .own }
        let length = network.prefixLength
        if network.first.isIPv4 {
            return length >= site4 ? .own : .wide(length <= 8 ? .critical : length <= 16 ? .high : .medium)
        }
        // Half of the addresses in use are within 2000::/3.
        if length <= 3 { return .world }
        return length >= site6 ? .own : .wide(length <= 16 ? .critical : length <= 32 ? .high : .medium)
    }

    /// Addresses that do not come from the internet (RFC 6890).
    private static let privateNetworks: [IPNetwork] = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "::/128", "::1/128", "fc00::/7", "fe80::/10",
        "2001:db8::/32",
    ].compactMap { IPNetwork($0) }

    /// True for networks that no stranger's packet comes from.
    static func isPrivate(_ network: IPNetwork) -> Bool { privateNetworks.contains { $0.contains(network) } }

    /// The network that an entry of a trust list means; lenient, as the servers are: `[::1]/128`, bits behind the prefix,
    /// IPv4 in IPv6. `nil` if it is none.
    static func network(_ text: String) -> IPNetwork? {
        var text = text
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            text = String(text[text.index(after: text.startIndex)..<close]) + text[text.index(after: close)...]
        }
        if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count > 1 {
            text = String(text.dropFirst().dropLast())
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let head = parts.first, let address = IPAddress(head) else { return nil }
        guard parts.count == 2 else { return IPNetwork(address: address, prefixLength: address.bitWidth) }
        if let mask = IPAddress(parts[1]), case .v4(let bits) = mask, parts[1].utf8.contains(UInt8(ascii: ".")) {
            let length = (~bits).leadingZeroBitCount
            return IPNetwork(address: address, prefixLength: length)
        }
        guard var length = Int(parts[1]), length >= 0 else { return nil }
        if address.isIPv4, head.utf8.contains(UInt8(ascii: ":")) { length -= 96 }
        return IPNetwork(address: address, prefixLength: length)
    }
}

extension MTAResults {
    /// Judges one trusted network. Gives true if it is all the world.
    @discardableResult
    mutating func judge(trusted network: IPNetwork, _ evidence: String) -> Bool {
        switch NetworkWidth.of(network) {
        case .own:
            pass(.mtaNetworks, "\(evidence): \(network)")
            return false
        case .wide(let severity):
            fail(.mtaNetworks, severity, "\(evidence): \(network) is wider than one site")
            return false
        case .world:
            fail(.mtaNetworks, .critical, "\(evidence): \(network) is everybody")
            return true
        }
    }
}
