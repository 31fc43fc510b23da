package import MailTypes
import NIOConcurrencyHelpers
package import NIOCore

/// What the relay asks of DNS. Implemented over `DNSClient`.
package protocol MailNames: Sendable {
    func exchangers(of domain: DomainName, on loop: any EventLoop) -> EventLoopFuture<
        NameAnswer<MailExchangers.Exchanger>
    >
    /// A and AAAA.
    func addresses(of host: DomainName, on loop: any EventLoop) -> EventLoopFuture<NameAnswer<IPAddress>>
}

package enum NameAnswer<Record: Sendable>: Sendable {
    case records([Record], ttl: Duration)
    /// The name exists, without such records.
    case none
    /// The name does not exist (NXDOMAIN).
    case noSuchName
    case temporary(String)
}

/// Finds hosts by MX and address records (RFC 5321 §5.1).
package final class DNSHostFinder: HostFinder {
    private let names: any MailNames
    private let own: Own
    private let random: NIOLockedValueBox<SplitMix64>

    /// Who we are, so that mail does not run in a circle.
    package struct Own: Sendable {
        package var names: Set<DomainName>
        /// Addresses that our own intake listens on at port 25.
        package var addresses: Set<IPAddress>

        package init(names: Set<DomainName>, addresses: Set<IPAddress>) {
            self.names = names
            self.addresses = addresses
        }
    }

    /// An answer is used at least and at most so long, whatever its TTL says: not asked for every connection, and a moved
    /// host is found within the hour.
    private static let validity: ClosedRange<Duration> = .seconds(30)...(.seconds(3600))
    private static let mailPort: UInt16 = 25

    package init(names: any MailNames, own: Own, seed: UInt64) {
        self.names = names
        self.own = own
        random = NIOLockedValueBox(SplitMix64(seed: seed))
    }

    package func hosts(of destination: DestinationKey, on loop: any EventLoop) -> EventLoopFuture<HostAnswer> {
        switch destination.hop {
        case .smartHosts(let hosts): return smartHosts(hosts, on: loop)
        case .mail(.literal(let address)):
            guard !own.addresses.contains(address) else {
                let reply = Reply(.transactionFailed, .init(5, 4, 6), "mail for [\(address.literal)] loops back to us")
                return loop.makeSucceededFuture(.permanent(reply))
            }
            let host = OutboundHost(name: nil, address: address, port: Self.mailPort)
            return loop.makeSucceededFuture(.hosts([host], validFor: .seconds(3600)))
        case .mail(.name(let domain)): return exchangers(of: domain, on: loop)
        }
    }

    private func exchangers(of domain: DomainName, on loop: any EventLoop) -> EventLoopFuture<HostAnswer> {
        names.exchangers(of: domain, on: loop).flatMap { answer in
            let (records, ttl): ([MailExchangers.Exchanger], Duration)
            switch answer {
            case .temporary(let reason): return loop.makeSucceededFuture(.temporary("MX of \(domain): \(reason)"))
            case .noSuchName:
                let reply = Reply(.mailboxUnavailable, .init(5, 1, 2), "the domain \(domain) does not exist")
                return loop.makeSucceededFuture(.permanent(reply))
            case .none: (records, ttl) = ([], .seconds(300))
            case .records(let found, let lifetime): (records, ttl) = (found, lifetime)
            }
            let choice = self.random.withLockedValue {
                MailExchangers.choose(records, domain: domain, own: self.own.names, using: &$0)
            }
            switch choice {
            case .never(let reply): return loop.makeSucceededFuture(.permanent(reply))
            case .hosts(let hosts): return self.addresses(of: hosts, for: domain, ttl: ttl, on: loop)
            }
        }
    }

    private func addresses(
        of hosts: [DomainName], for domain: DomainName, ttl: Duration, on loop: any EventLoop
    ) -> EventLoopFuture<HostAnswer> {
        EventLoopFuture.whenAllSucceed(hosts.map { names.addresses(of: $0, on: loop) }, on: loop).map { answers in
            var found: [(name: DomainName, addresses: [IPAddress])] = []
            var shortest = ttl
            var trouble: String?
            for (host, answer) in zip(hosts, answers) {
                switch answer {
                case .records(let addresses, let lifetime):
                    found.append((host, addresses))
                    shortest = min(shortest, lifetime)
                case .temporary(let reason): trouble = "addresses of \(host): \(reason)"
                case .none, .noSuchName: break
                }
            }
            let usable = MailExchangers.connectable(
                found, port: Self.mailPort, ownAddresses: self.own.addresses)
            if !usable.isEmpty {
                let validity = min(max(shortest, Self.validity.lowerBound), Self.validity.upperBound)
                return .hosts(usable, validFor: validity)
            }
            if let trouble { return .temporary(trouble) }
            if found.isEmpty {
                return .permanent(
                    Reply(.mailboxUnavailable, .init(5, 4, 4), "\(domain) has no mail host with an address"))
            }
            return .permanent(Reply(.transactionFailed, .init(5, 4, 6), "mail for \(domain) loops back to this host"))
        }
    }

    private func smartHosts(_ hosts: [SmartHost], on loop: any EventLoop) -> EventLoopFuture<HostAnswer> {
        let lookups = hosts.map { host -> EventLoopFuture<NameAnswer<IPAddress>> in
            switch host.name {
            case .address(let address): loop.makeSucceededFuture(.records([address], ttl: .seconds(3600)))
            case .host(let name): names.addresses(of: name, on: loop)
            }
        }
        return EventLoopFuture.whenAllSucceed(lookups, on: loop).map { answers in
            var usable: [OutboundHost] = []
            var trouble = "no smart host has an address"
            var shortest = Self.validity.upperBound
            for (host, answer) in zip(hosts, answers) {
                switch (host.name, answer) {
                case (.address(let address), _):
                    usable.append(
                        OutboundHost(name: nil, address: address, port: host.port, implicitTLS: host.implicitTLS))
                case (.host(let name), .records(let addresses, let ttl)):
                    usable += MailExchangers.connectable(
                        [(name, addresses)], port: host.port, implicitTLS: host.implicitTLS, ownAddresses: [])
                    shortest = min(shortest, ttl)
                case (.host(let name), .temporary(let reason)): trouble = "addresses of \(name): \(reason)"
                case (.host, .none), (.host, .noSuchName): break
                }
            }
            // The operator wrote the name: that it is missing is a slip to be mended, no reason to bounce mail.
            if usable.isEmpty { return .temporary(trouble) }
            return .hosts(usable, validFor: max(shortest, Self.validity.lowerBound))
        }
    }
}
