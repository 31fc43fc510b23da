package import DNSClient
package import MailTypes
package import NIOCore

/// What the relay asks of DNS, answered by `DNSClient`.
package struct DNSMailNames: MailNames {
    private let finder: MailHostFinder
    private let port: UInt16

    /// `resolution` knows our own names and addresses, so that mail does not come back to us. `port` is 25 but in tests.
    package init(resolver: any Resolver, resolution: MXResolution, port: UInt16 = 25) {
        finder = MailHostFinder(resolver: resolver, resolution: resolution)
        self.port = port
    }

    package func mailHosts(of domain: DomainName, on loop: any EventLoop) -> EventLoopFuture<HostAnswer> {
        finder.hosts(of: domain, on: loop).map { HostAnswer($0, port: port) }
    }

    package func addresses(of host: DomainName, on loop: any EventLoop) -> EventLoopFuture<HostAnswer> {
        finder.addresses(of: host, on: loop).map { HostAnswer($0, port: port) }
    }
}

extension HostAnswer {
    init(_ hosts: MailHosts, port: UInt16) {
        switch hosts {
        case .hosts(let hosts, let validFor):
            self = .hosts(
                hosts.map { OutboundHost(name: Self.ascii($0.name), address: $0.address, port: port) },
                validFor: validFor)
        case .temporary(let reason): self = .temporary(reason)
        case .permanent(let reply): self = .permanent(reply)
        }
    }

    /// As certificates and TLS's server name have it.
    private static func ascii(_ name: DomainName) -> DomainName {
        name.isASCII ? name : IDNA.ascii(name).flatMap { DomainName($0) } ?? name
    }
}
