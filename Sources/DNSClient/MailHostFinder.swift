package import MailTypes
package import NIOCore

/// Finds a domain's mail hosts: MX, then the addresses of the hosts named there.
package struct MailHostFinder: Sendable {
    package let resolver: any Resolver
    package let resolution: MXResolution

    package init(resolver: any Resolver, resolution: MXResolution) {
        self.resolver = resolver
        self.resolution = resolution
    }

    /// Always succeeds, on `loop`, within twice the resolver's time limit.
    package func hosts(of domain: DomainName, on loop: any EventLoop) -> EventLoopFuture<MailHosts> {
        resolver.mx(domain, on: loop).flatMap { answer in
            var generator = SystemRandomNumberGenerator()
            switch resolution.plan(domain, answer, using: &generator) {
            case .done(let hosts): return loop.makeSucceededFuture(hosts)
            case .lookUp(let groups, let validity): return lookUp(domain, groups, validity, loop)
            }
        }
    }

    /// The addresses of one host, as a route names it: no MX is asked for.
    package func addresses(of host: DomainName, on loop: any EventLoop) -> EventLoopFuture<MailHosts> {
        resolver.addresses(host, on: loop).map { answer in
            switch answer {
            case .records(let addresses, let validity):
                .hosts(
                    addresses.prefix(MXResolution.maximumAddresses).map {
                        MailHost(name: host, address: $0, isSecure: validity.isSecure)
                    }, validFor: max(validity.ttl, MXResolution.minimumTTL))
            case .noData, .nxDomain: .permanent(MXResolution.noAddress(host))
            case .temporaryFailure(let reason):
                .temporary("The addresses of \(host) could not be looked up: \(reason)")
            }
        }
    }

    private func lookUp(
        _ domain: DomainName, _ groups: [[DomainName]], _ validity: LookupValidity, _ loop: any EventLoop
    ) -> EventLoopFuture<MailHosts> {
        let questions = groups.joined().map { name in
            resolver.addresses(name, on: loop).map { (name, $0) }
        }
        return EventLoopFuture.whenAllSucceed(questions, on: loop).map { answers in
            var generator = SystemRandomNumberGenerator()
            let addresses = Dictionary(answers, uniquingKeysWith: { first, _ in first })
            return resolution.resolve(domain, groups, validity, addresses: addresses, using: &generator)
        }
    }
}
