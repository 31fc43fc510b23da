package import MailTypes

/// What is asked of a rule set: who can open a TCP connection to one port.
package struct FirewallQuestion: Hashable, Sendable {
    package enum Direction: String, Hashable, Sendable {
        /// From the network to this host (or, for a router's rules, to what is behind it).
        case inbound
        /// From hosts behind this one, through it, to the internet.
        case forwarded
        /// From this host itself to the internet.
        case local
    }

    package var port: UInt16
    package var direction: Direction
    /// `nil`: any destination that the direction allows; a source counts when at least one lets it in.
    package var destination: IPAddress?
    /// The interface (zone, profile, network, list) that packets come in by. `nil`: any but the loopback.
    package var incoming: String?
    /// The one that they leave by.
    package var outgoing: String?
    /// The client's own port. `nil`: it can choose any.
    package var sourcePort: UInt16?
    /// Whether packets to other ports count when they are redirected to this one.
    package var countsRedirected = true
    /// This host's addresses when known: decides whether a translated destination is this host.
    package var localAddresses: [IPAddress]

    package init(
        port: UInt16 = 25, direction: Direction = .inbound, destination: IPAddress? = nil, incoming: String? = nil,
        outgoing: String? = nil, localAddresses: [IPAddress] = []
    ) {
        self.port = port
        self.direction = direction
        self.destination = destination
        self.incoming = incoming
        self.outgoing = outgoing
        self.localAddresses = localAddresses
    }
}

/// Address blocks with a meaning of their own.
package enum KnownNetworks {
    package static let loopback = set(["127.0.0.0/8", "::1"])
    /// RFC 1918, RFC 6598, RFC 4193: addresses of nobody on the internet.
    package static let privateUse = set(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"])
    /// What no connection can be opened to: unspecified, loopback, multicast, broadcast.
    static let unreachable = set([
        "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "255.255.255.255", "::", "::1", "ff00::/8",
    ])
    /// Not the internet: private, link-local, documentation and reserved blocks.
    static let notInternet = unreachable.union(privateUse).union(
        set(["169.254.0.0/16", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "fe80::/10"]))

    private static func set(_ texts: [String]) -> AddressSet { AddressSet(texts.compactMap { IPNetwork($0) }) }
}
