import MailTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import Relay

@Suite struct RouteHostFinderTests {
    struct Names: MailNames {
        func mailHosts(of domain: DomainName, on loop: any EventLoop) -> EventLoopFuture<HostAnswer> {
            loop.makeSucceededFuture(.temporary("mx of \(domain)"))
        }

        func addresses(of host: DomainName, on loop: any EventLoop) -> EventLoopFuture<HostAnswer> {
            guard host.description == "relay.example" else {
                return loop.makeSucceededFuture(.permanent(Reply(.mailboxUnavailable, nil, "no such name")))
            }
            let found = OutboundHost(name: host, address: .v4(1), port: 25)
            return loop.makeSucceededFuture(.hosts([found], validFor: .seconds(60)))
        }
    }

    func answer(_ hop: DestinationKey.NextHop) throws -> HostAnswer {
        let loop = EmbeddedEventLoop()
        let finder = RouteHostFinder(names: Names(), ownAddresses: [.v4(9)])
        return try finder.hosts(of: DestinationKey(hop: hop, pool: .clean, tls: .may), on: loop).wait()
    }

    @Test func smartHostsKeepTheirOrderPortAndTLS() throws {
        let hosts = [
            SmartHost(.host(try domain("gone.example")), port: 587),
            SmartHost(.host(try domain("relay.example")), port: 465, implicitTLS: true),
            SmartHost(.address(.v4(2)), port: 2525),
        ]
        let first = OutboundHost(name: try domain("relay.example"), address: .v4(1), port: 465, implicitTLS: true)
        let second = OutboundHost(name: nil, address: .v4(2), port: 2525)
        #expect(try answer(.smartHosts(hosts)) == .hosts([first, second], validFor: .seconds(60)))
        // A missing smart host bounces nothing.
        #expect(try answer(.smartHosts([hosts[0]])) == .temporary("no such name"))
    }

    @Test func literalsGoToTheirHostButNotToUs() throws {
        let host = OutboundHost(name: nil, address: .v4(8), port: 25)
        #expect(try answer(.mail(.literal(.v4(8)))) == .hosts([host], validFor: .seconds(3600)))
        guard case .permanent(let reply) = try answer(.mail(.literal(.v4(9)))) else {
            Issue.record("mail would run in a circle")
            return
        }
        #expect(reply.enhanced == EnhancedStatusCode(5, 4, 6))
    }

    @Test func domainsAreLeftToDNS() throws {
        #expect(try answer(.mail(.name(try domain("b.example")))) == .temporary("mx of b.example"))
    }
}
