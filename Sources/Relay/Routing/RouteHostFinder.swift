package import MailTypes
package import NIOCore

/// What the relay asks of DNS. Implemented over `DNSClient`, where the rules of MX records live. Futures succeed always.
package protocol MailNames: Sendable {
    /// The hosts that take a domain's mail, at port 25, best first (RFC 5321 §5.1, RFC 7505).
    func mailHosts(of domain: DomainName, on loop: any EventLoop) -> EventLoopFuture<HostAnswer>
    /// A host's own addresses; the port does not count.
    func addresses(of host: DomainName, on loop: any EventLoop) -> EventLoopFuture<HostAnswer>
}

/// Finds the hosts of every kind of destination: mail exchangers, address literals, smart hosts.
package struct RouteHostFinder: HostFinder {
    private let names: any MailNames
    /// Addresses that our own intake listens on at port 25: mail to them as literals would run in a circle.
    private let own: Set<IPAddress>

    private let port: UInt16

    /// Of what needs no DNS.
    private static let longest: Duration = .seconds(3600)
    /// Addresses tried at most.
    private static let maximumAddresses = 10

    /// `port` is that of mail to address literals: 25 but in tests.
    package init(names: any MailNames, ownAddresses: Set<IPAddress>, port: UInt16 = 25) {
        self.names = names
        self.port = port
        own = ownAddresses
    }

    package func hosts(of destination: DestinationKey, on loop: any EventLoop) -> EventLoopFuture<HostAnswer> {
        switch destination.hop {
        case .smartHosts(let hosts): return smartHosts(hosts, on: loop)
        case .mail(.name(let domain)): return names.mailHosts(of: domain, on: loop)
        case .mail(.literal(let address)):
            guard !own.contains(address) else {
                let reply = Reply(.transactionFailed, .init(5, 4, 6), "mail for [\(address.literal)] loops back to us")
                return loop.makeSucceededFuture(.permanent(reply))
            }
            let host = OutboundHost(name: nil, address: address, port: port)
            return loop.makeSucceededFuture(.hosts([host], validFor: Self.longest))
        }
    }

    /// The operator's hosts in the operator's order. One that is missing in DNS is a slip to be mended, no reason to
    /// bounce mail: the worst answer is «later».
    private func smartHosts(_ hosts: [SmartHost], on loop: any EventLoop) -> EventLoopFuture<HostAnswer> {
        let lookups = hosts.map { host -> EventLoopFuture<HostAnswer> in
            switch host.name {
            case .address(let address):
                let known = OutboundHost(
                    name: nil, address: address, port: host.port, implicitTLS: host.implicitTLS)
                return loop.makeSucceededFuture(.hosts([known], validFor: Self.longest))
            case .host(let name): return names.addresses(of: name, on: loop)
            }
        }
        return EventLoopFuture.whenAllSucceed(lookups, on: loop).map { answers in
            var usable: [OutboundHost] = []
            var trouble = "no smart host has an address"
            var shortest = Self.longest
            for (host, answer) in zip(hosts, answers) {
                switch answer {
                case .hosts(let found, let validFor):
                    shortest = min(shortest, validFor)
                    usable += found.map {
                        OutboundHost(
                            name: $0.name, address: $0.address, port: host.port, implicitTLS: host.implicitTLS)
                    }
                case .temporary(let reason): trouble = reason
                case .permanent(let reply): trouble = reply.text
                }
            }
            if usable.isEmpty { return .temporary(trouble) }
            return .hosts(Array(usable.prefix(Self.maximumAddresses)), validFor: shortest)
        }
    }
}
