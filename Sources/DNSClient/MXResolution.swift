package import MailTypes

/// From DNS answers to mail hosts (RFC 5321 §5.1, RFC 7505), without asking DNS itself.
package struct MXResolution: Sendable {
    /// Our own host names: meeting one in a domain's list, we are its backup, and only better hosts remain.
    package var ownNames: Set<DomainName>
    /// Our own addresses, with the same effect.
    package var ownAddresses: Set<IPAddress>
    /// Addresses that a domain must not lead us to, as loopback: anyone can write such records.
    package var refusedNetworks: [IPNetwork]

    /// Exchanges that are looked up: more have never been seen for good.
    package static let maximumHosts = 16
    /// Addresses that are tried for one message: after five, Postfix gives up too.
    package static let maximumAddresses = 8

    package init(
        ownNames: Set<DomainName>, ownAddresses: Set<IPAddress> = [],
        refusedNetworks: [IPNetwork] = MXResolution.unreachableNetworks
    ) {
        self.ownNames = ownNames
        self.ownAddresses = ownAddresses
        self.refusedNetworks = refusedNetworks
    }

    /// Networks that no other host on the internet has: "this" host, loopback, link-local, multicast.
    package static let unreachableNetworks: [IPNetwork] = [
        IPNetwork(address: .v4(0), prefixLength: 8), IPNetwork(address: .v4(127 << 24), prefixLength: 8),
        IPNetwork(address: .v4(0xa9fe_0000), prefixLength: 16), IPNetwork(address: .v4(0xe000_0000), prefixLength: 3),
        IPNetwork(address: .v6(high: 0, low: 0), prefixLength: 127),
        IPNetwork(address: .v6(high: 0xfe80_0000_0000_0000, low: 0), prefixLength: 10),
        IPNetwork(address: .v6(high: 0xff00_0000_0000_0000, low: 0), prefixLength: 8),
    ]

    /// What the MX answer alone says.
    package enum Plan: Sendable, Hashable {
        /// Look up the addresses of these: groups of equal preference, best first, each shuffled.
        case lookUp([[DomainName]], LookupValidity)
        case done(MailHosts)
    }

    /// First step. Equal preferences are shuffled, as §5.1 demands, by the generator given.
    package func plan(
        _ domain: DomainName, _ answer: Lookup<MXRecord>, using generator: inout some RandomNumberGenerator
    ) -> Plan {
        switch answer {
        case .temporaryFailure(let reason):
            return .done(.temporary("The MX records of \(domain) could not be looked up: \(reason)"))
        case .nxDomain:
            return .done(.permanent(Self.noSuchDomain(domain)))
        case .noData(let validity):
            // The implicit MX: the domain itself, preference 0.
            if ownNames.contains(domain) { return .done(.permanent(Self.loop(domain))) }
            return .lookUp([[domain]], validity)
        case .records(let records, let validity):
            let exchanges = records.filter { $0.exchange != nil }
            guard !exchanges.isEmpty else { return .done(.permanent(Self.nullMX(domain))) }
            let ours = exchanges.filter { $0.exchange.map(ownNames.contains) ?? false }.map(\.preference).min()
            var groups: [UInt16: Set<DomainName>] = [:]
            for record in exchanges where ours.map({ record.preference < $0 }) ?? true {
                if let name = record.exchange { groups[record.preference, default: []].insert(name) }
            }
            guard !groups.isEmpty else { return .done(.permanent(Self.loop(domain))) }
            var ordered: [[DomainName]] = []
            var seen: Set<DomainName> = []
            for preference in groups.keys.sorted() where seen.count < Self.maximumHosts {
                let names = (groups[preference] ?? []).subtracting(seen).sorted().shuffled(using: &generator)
                let kept = Array(names.prefix(Self.maximumHosts - seen.count))
                seen.formUnion(kept)
                if !kept.isEmpty { ordered.append(kept) }
            }
            return .lookUp(ordered, validity)
        }
    }

    /// Second step: the addresses of the plan's hosts.
    package func resolve(
        _ domain: DomainName, _ groups: [[DomainName]], _ validity: LookupValidity,
        addresses: [DomainName: Lookup<IPAddress>], using generator: inout some RandomNumberGenerator
    ) -> MailHosts {
        var hosts: [MailHost] = []
        var failure: String?
        var ttl = validity.ttl
        var loops = false
        var refused = false
        groups: for group in groups {
            var found: [MailHost] = []
            for name in group {
                switch addresses[name] ?? .temporaryFailure("no answer") {
                case .records(let records, let itsValidity):
                    ttl = min(ttl, itsValidity.ttl)
                    if records.contains(where: ownAddresses.contains) {
                        // We are this host, whatever name it has here: it and what is no better are not to be used.
                        loops = true
                        break groups
                    }
                    let usable = records.filter { address in !refusedNetworks.contains { $0.contains(address) } }
                    refused = refused || usable.count < records.count
                    let isSecure = validity.isSecure && itsValidity.isSecure
                    found += balanced(usable, using: &generator).map {
                        MailHost(name: name, address: $0, isSecure: isSecure)
                    }
                case .temporaryFailure(let reason):
                    failure = "The addresses of \(name) could not be looked up: \(reason)"
                case .noData, .nxDomain: break
                }
            }
            hosts += found
        }
        if !hosts.isEmpty {
            return .hosts(Array(hosts.prefix(Self.maximumAddresses)), validFor: max(ttl, Self.minimumTTL))
        }
        if let failure { return .temporary(failure) }
        if loops { return .permanent(Self.loop(domain)) }
        return .permanent(refused ? Self.refusedAddress(domain) : Self.noAddress(domain))
    }

    /// Answers with a TTL of 0 would be asked for once a message.
    static let minimumTTL = Duration.seconds(5)

    /// Both families in turn, IPv6 first, each shuffled: a broken family costs one attempt, not all of them.
    private func balanced(
        _ addresses: [IPAddress], using generator: inout some RandomNumberGenerator
    ) -> [IPAddress] {
        let six = addresses.filter { !$0.isIPv4 }.sorted().shuffled(using: &generator)
        let four = addresses.filter(\.isIPv4).sorted().shuffled(using: &generator)
        var result: [IPAddress] = []
        for index in 0..<max(six.count, four.count) {
            if index < six.count { result.append(six[index]) }
            if index < four.count { result.append(four[index]) }
        }
        return result
    }

    // MARK: Replies

    /// RFC 7505 §4.2 with the code of RFC 7504.
    static func nullMX(_ domain: DomainName) -> Reply {
        Reply(
            ReplyCode(556) ?? .mailboxUnavailable, EnhancedStatusCode(5, 1, 10),
            "The domain \(shown(domain)) does not take mail (null MX)")
    }

    static func noSuchDomain(_ domain: DomainName) -> Reply {
        Reply(.mailboxUnavailable, EnhancedStatusCode(5, 1, 2), "The domain \(shown(domain)) does not exist")
    }

    static func loop(_ domain: DomainName) -> Reply {
        Reply(
            .transactionFailed, EnhancedStatusCode(5, 4, 6), "Mail for \(shown(domain)) would come back to this host")
    }

    static func noAddress(_ domain: DomainName) -> Reply {
        Reply(.mailboxUnavailable, EnhancedStatusCode(5, 4, 4), "No mail host of \(shown(domain)) has an address")
    }

    static func refusedAddress(_ domain: DomainName) -> Reply {
        Reply(
            .mailboxUnavailable, EnhancedStatusCode(5, 4, 4),
            "The mail hosts of \(shown(domain)) have only addresses that cannot be theirs")
    }

    private static func shown(_ domain: DomainName) -> String { SafeText.ascii(domain.description) }
}
