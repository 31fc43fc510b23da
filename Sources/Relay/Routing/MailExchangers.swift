package import MailTypes

/// Which hosts take a domain's mail (RFC 5321 §5.1, RFC 7505). Pure: answers of DNS in, hosts out.
package enum MailExchangers {
    package struct Exchanger: Hashable, Sendable {
        package var preference: UInt16
        /// `nil` for the root (`.`), which in a lone record says that the domain takes no mail.
        package var host: DomainName?

        package init(preference: UInt16, host: DomainName?) {
            self.preference = preference
            self.host = host
        }
    }

    package enum Choice: Hashable, Sendable {
        /// Names to look up, best first. Those of equal preference are shuffled.
        case hosts([DomainName])
        /// The domain takes no mail, or we are its best exchanger ourselves.
        case never(Reply)
    }

    /// Hosts looked up for one domain at most: a domain with hundreds is a mistake or an attack.
    package static let maximumHosts = 16
    /// Addresses tried at most.
    package static let maximumAddresses = 10

    /// The exchangers to try. `own` are our names: from the first record on that names us, nothing is tried, or mail would
    /// run in a circle (RFC 5321 §5.1).
    package static func choose(
        _ records: [Exchanger], domain: DomainName, own: Set<DomainName>,
        using random: inout some RandomNumberGenerator
    ) -> Choice {
        guard !records.isEmpty else {
            // The implicit MX: the domain's own addresses.
            return own.contains(domain) ? .never(loop(domain)) : .hosts([domain])
        }
        let named = records.filter { $0.host != nil }
        guard !named.isEmpty else {
            return .never(Reply(.mailboxUnavailable, .init(5, 1, 10), "\(domain) takes no mail (null MX, RFC 7505)"))
        }
        var sorted = named.shuffled(using: &random)
        // Sorting is stable in effect: equal preferences keep the shuffled order by their place.
        sorted = sorted.enumerated()
            .sorted { ($0.element.preference, $0.offset) < ($1.element.preference, $1.offset) }
            .map(\.element)
        if let ours = sorted.first(where: { $0.host.map(own.contains) == true })?.preference {
            sorted.removeAll { $0.preference >= ours }
            if sorted.isEmpty { return .never(loop(domain)) }
        }
        return .hosts(Array(sorted.compactMap(\.host).prefix(maximumHosts)))
    }

    /// The addresses to connect to: hosts in order; within a host IPv6 and IPv4 take turns, so that one broken family
    /// costs one attempt. Our own addresses are left out.
    package static func connectable(
        _ hosts: [(name: DomainName, addresses: [IPAddress])], port: UInt16, implicitTLS: Bool = false,
        ownAddresses: Set<IPAddress>
    ) -> [OutboundHost] {
        var result: [OutboundHost] = []
        for (name, addresses) in hosts {
            let usable = addresses.filter { !ownAddresses.contains($0) }
            let six = usable.filter { !$0.isIPv4 }
            let four = usable.filter(\.isIPv4)
            for place in 0..<max(six.count, four.count) {
                for family in [six, four] where place < family.count {
                    result.append(
                        OutboundHost(name: name, address: family[place], port: port, implicitTLS: implicitTLS))
                }
            }
        }
        return Array(result.prefix(maximumAddresses))
    }

    private static func loop(_ domain: DomainName) -> Reply {
        Reply(.transactionFailed, .init(5, 4, 6), "mail for \(domain) loops back to this host")
    }
}
