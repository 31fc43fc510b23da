package import DNSClient
package import MailTypes
package import NIOCore
package import Posture

/// Gathers what DNS says about sending addresses and domains. Nothing but the resolver is connected to, unless asked for.
package struct DNSProbe: Sendable {
    private let resolver: UnboundResolver
    private let loop: any EventLoop
    /// The resolver has a trust anchor: what is not secure is known not to be.
    private let isValidating: Bool
    /// Fetches the policy of MTA-STS; `nil`: not online.
    private let policy: (@Sendable (DomainName) async -> DomainFacts.Policy)?
    /// Looks at mail hosts' certificates; `nil`: not online.
    private let certificates: CertificateProbe?

    /// PTR names, MX hosts and selectors that are followed.
    static let maximumNames = 10
    static let maximumHosts = 20
    package static let maximumSelectors = 32
    /// A selector that nobody has: if it has a record, all have.
    static let impossible = "no-such-selector-7d1f0a"

    package init(
        _ resolver: UnboundResolver, on loop: any EventLoop, isValidating: Bool,
        policy: (@Sendable (DomainName) async -> DomainFacts.Policy)? = nil, certificates: CertificateProbe? = nil
    ) {
        self.resolver = resolver
        self.loop = loop
        self.isValidating = isValidating
        self.policy = policy
        self.certificates = certificates
    }

    // MARK: A sending address

    package func host(_ address: IPAddress, helo: String?) async -> SendingHostFacts {
        let names = await answer(resolver.ptr(address, on: loop))
        var facts = SendingHostFacts(address: address, helo: helo, names: names)
        let futures = names.records.prefix(Self.maximumNames).map { ($0, addresses(of: $0, like: address)) }
        for (name, future) in futures { facts.forward[name] = await answer(future) }
        if let name = helo.flatMap({ DomainName($0) }) {
            facts.heloAddresses = await answer(addresses(of: name, like: address))
        }
        return facts
    }

    /// Of the address' own family: the other's failure says nothing about it.
    private func addresses(of name: DomainName, like address: IPAddress) -> EventLoopFuture<Lookup<IPAddress>> {
        guard let ascii = IDNA.ascii(name) else {
            return loop.makeSucceededFuture(.temporaryFailure("the name cannot be asked for"))
        }
        return address.isIPv4
            ? resolver.ipv4Addresses(named: ascii, on: loop) : resolver.ipv6Addresses(named: ascii, on: loop)
    }

    // MARK: A domain

    /// `selectors`: those in use, as the operator says.
    package func domain(_ domain: DomainName, selectors: [String], isSending: Bool) async -> DomainFacts {
        var facts = DomainFacts(domain: domain)
        facts.isSending = isSending
        facts.isValidating = isValidating
        guard let ascii = IDNA.ascii(domain) else { return facts }
        let exchanges = resolver.exchanges(named: ascii, on: loop)
        let own = resolver.addresses(domain, on: loop)
        let sts = texts("_mta-sts.\(ascii)")
        let reports = texts("_smtp._tls.\(ascii)")
        let keys = keys(ascii, selectors)
        let wild = texts("\(Self.impossible)._domainkey.\(ascii)")
        facts.exchanges = await answer(exchanges).map {
            DomainFacts.Exchange(preference: $0.preference, host: $0.exchange)
        }
        facts.addresses = await answer(own)
        facts.mtaSTS = await answer(sts)
        facts.tlsReports = await answer(reports)
        for (name, isGiven, future) in keys {
            facts.selectors.append(.init(name: name, isGiven: isGiven, texts: await answer(future)))
        }
        facts.answersAnySelector = !(await answer(wild)).records.isEmpty
        await hosts(&facts)
        await dmarc(&facts, ascii)
        if !facts.mtaSTS.records.isEmpty {
            facts.mtaSTSPolicy = await policy?(domain) ?? .notAsked("give --online")
        }
        return facts
    }

    private func keys(_ domain: String, _ given: [String]) -> [(String, Bool, EventLoopFuture<Lookup<[UInt8]>>)] {
        var names: [(String, Bool)] = given.prefix(Self.maximumSelectors).map { ($0, true) }
        names += DKIMChecks.usualSelectors.filter { !given.contains($0) }.map { ($0, false) }
        return names.map { ($0.0, $0.1, texts("\($0.0)._domainkey.\(domain)")) }
    }

    private func hosts(_ facts: inout DomainFacts) async {
        var names = Set(facts.exchanges.records.compactMap(\.host)).sorted().prefix(Self.maximumHosts)
        // Without MX, the domain itself is the mail host (RFC 5321 §5.1).
        if case .none = facts.exchanges, !facts.addresses.records.isEmpty { names = [facts.domain] }
        let futures = names.compactMap { name in
            IDNA.ascii(name).map { ascii in
                (
                    name, resolver.addresses(name, on: loop), resolver.alias(named: ascii, on: loop),
                    resolver.tlsa(named: "_25._tcp.\(ascii)", on: loop)
                )
            }
        }
        for (name, addresses, alias, tlsa) in futures {
            var host = DomainFacts.Host(
                addresses: await answer(addresses), alias: await answer(alias), tlsa: await answer(tlsa))
            if let certificates, !host.tlsa.records.isEmpty {
                if let address = host.addresses.records.first {
                    host.presented = await certificates.presented(by: name, at: address)
                } else {
                    host.presented = .failure("no address to ask")
                }
            }
            facts.hosts[name] = host
        }
    }

    /// The domain, then its parents, until one has a record (as the successor of RFC 7489 walks, without a list of suffixes).
    private func dmarc(_ facts: inout DomainFacts, _ domain: String) async {
        var labels = domain.split(separator: ".")
        while !labels.isEmpty, facts.dmarc.count < 8 {
            guard let name = DomainName(labels.joined(separator: ".")) else { break }
            let found = await answer(texts("_dmarc.\(name)"))
            facts.dmarc.append(.init(domain: name, texts: found))
            if case .failure = found { break }
            if !DMARCPolicy.records(found.records).isEmpty { break }
            // Long names are shortened to seven labels at once.
            labels.removeFirst(labels.count > 8 ? labels.count - 7 : 1)
            if labels.count < 2 { break }
        }
        guard case .record(let policy, let owner) = DMARCChecks.found(facts) else { return }
        for target in policy.foreignReportDomains(of: facts.domain, record: owner) {
            facts.reportConsents[target] = await answer(texts("\(owner)._report._dmarc.\(target)"))
        }
    }

    // MARK: Questions

    private func texts(_ name: String) -> EventLoopFuture<Lookup<[UInt8]>> {
        guard name.utf8.count <= 253, name.split(separator: ".").allSatisfy({ $0.utf8.count <= 63 }) else {
            return loop.makeSucceededFuture(.temporaryFailure("the name is too long to ask for"))
        }
        return resolver.texts(named: name, on: loop)
    }

    private func answer<Record>(_ future: EventLoopFuture<Lookup<Record>>) async -> DNSAnswer<Record> {
        do {
            switch try await future.get() {
            case .records(let records, let validity): return .records(records, isSecure: validity.isSecure)
            case .noData, .nxDomain: return .none
            case .temporaryFailure(let reason): return .failure(reason)
            }
        } catch {
            return .failure("\(error)")
        }
    }
}

extension DNSAnswer {
    fileprivate func map<Other>(_ change: (Record) -> Other) -> DNSAnswer<Other> {
        switch self {
        case .records(let records, let isSecure): .records(records.map(change), isSecure: isSecure)
        case .none: .none
        case .failure(let reason): .failure(reason)
        }
    }
}
