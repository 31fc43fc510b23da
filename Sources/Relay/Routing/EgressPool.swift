package import MailTypes

/// Addresses of ours that mail leaves from. Reputation belongs to an address, so doubtful mail has its own.
package struct EgressPool: Hashable, Sendable {
    /// Bound before connecting by IPv4; `nil`: the system chooses.
    package var sourceIPv4: IPAddress?
    /// Bound before connecting by IPv6; `nil`: the system chooses.
    package var sourceIPv6: IPAddress?
    /// The EHLO name, which should be the reverse name of the addresses.
    package var helo: DomainName

    package init(sourceIPv4: IPAddress? = nil, sourceIPv6: IPAddress? = nil, helo: DomainName) {
        self.sourceIPv4 = sourceIPv4
        self.sourceIPv6 = sourceIPv6
        self.helo = helo
    }

    /// With an address of one family only, the other is not used: the system's choice there could be the other pool's
    /// address. This machine itself can always be reached.
    package func canReach(_ address: IPAddress) -> Bool {
        let (own, other) = address.isIPv4 ? (sourceIPv4, sourceIPv6) : (sourceIPv6, sourceIPv4)
        return own != nil || other == nil || address.isLoopback
    }

    package enum Kind: String, Hashable, Sendable, CaseIterable, Comparable {
        case clean, risky

        package static func < (a: Kind, b: Kind) -> Bool { a == .clean && b == .risky }
    }
}
