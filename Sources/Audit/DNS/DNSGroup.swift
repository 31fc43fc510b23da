package import DNSClient
package import MailTypes
package import NIOCore
package import Posture

/// The group DNS: what the world looks up about sending addresses and domains.
package struct DNSGroup: AuditGroup {
    package var addresses: [IPAddress] = []
    package var domains: [DomainName] = []
    /// The name that the addresses give in HELO.
    package var helo: String?
    /// DKIM selectors in use.
    package var selectors: [String] = []
    package var resolver: UnboundSettings
    /// Fetches MTA-STS' policy; `nil`: not online.
    package var policy: (@Sendable (DomainName) async -> DomainFacts.Policy)?
    /// Looks at the certificates of mail hosts that have TLSA records; `nil`: not online.
    package var certificates: CertificateProbe?
    /// The server that is asked for abuse@ and postmaster@; its `ownDomain` is set for each domain.
    package var server: RelayProbeSettings?
    /// Of which domains it is asked; `nil`: of all.
    package var roleDomains: Set<DomainName>?
    private let loops: any EventLoopGroup

    /// Addresses and domains of one run.
    package static let maximumTargets = 64

    package init(resolver: UnboundSettings, on loops: any EventLoopGroup) {
        self.resolver = resolver
        self.loops = loops
    }

    package var group: CheckGroup { .dns }

    package func findings(_ request: AuditRequest) async throws -> [Finding] {
        let addresses = addresses.prefix(Self.maximumTargets)
        let domains = domains.prefix(Self.maximumTargets)
        let resolver = try UnboundResolver(resolver)
        defer { resolver.shutdown() }
        let loop = loops.next()
        let probe = DNSProbe(
            resolver, on: loop, isValidating: self.resolver.trustAnchor != nil, policy: policy,
            certificates: certificates)
        let steps = Double(max(1, addresses.count + domains.count))
        var done = 0.0
        var hosts: [SendingHostFacts] = []
        for address in addresses {
            hosts.append(await probe.host(address, helo: helo))
            done += 1
            request.progress(done / steps)
        }
        var findings = HostChecks.findings(hosts, target: request.target)
        for domain in domains {
            findings += await spf(domain, Array(addresses), ResolverSPFLookup(resolver, on: loop))
            let facts = await probe.domain(domain, selectors: selectors, isSending: true)
            findings += DKIMChecks.findings(facts) + DMARCChecks.findings(facts) + [ExchangeChecks.finding(facts)]
            findings += TransportChecks.findings(facts)
            findings += await roles(domain)
            done += 1
            request.progress(done / steps)
        }
        if domains.isEmpty {
            let judged = Set(findings.map(\.check))
            findings += Check.all(.dns).map(\.id).filter { !judged.contains($0) }.map {
                Finding($0, target: request.target, .unknown("no domain was given (--domain)"))
            }
        }
        return findings
    }

    private func spf(_ domain: DomainName, _ addresses: [IPAddress], _ lookup: ResolverSPFLookup) async -> [Finding] {
        guard let name = IDNA.ascii(domain).flatMap({ SPFName($0) }) else { return [] }
        let reach = await SPFReach.of(name, using: lookup)
        guard !addresses.isEmpty else {
            return SPFChecks.findings(domain: domain, address: nil, outcome: nil, reach: reach)
        }
        var findings: [Finding] = []
        for address in addresses {
            let request = SPFRequest(address: address, sender: "postmaster@\(name)", helo: helo ?? name.description)
            let outcome = await SPFEvaluator.evaluate(request, using: lookup)
            let found = SPFChecks.findings(domain: domain, address: address, outcome: outcome, reach: reach)
            findings += findings.isEmpty ? found : found.filter { $0.check == .spfAuthorises }
        }
        return findings
    }

    private func roles(_ domain: DomainName) async -> [Finding] {
        guard var server, roleDomains?.contains(domain) ?? true else { return [] }
        server.ownDomain = domain
        return await RoleProbe.finding(server, on: loops).map { [$0] } ?? []
    }
}
