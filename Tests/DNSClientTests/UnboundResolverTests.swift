import DNSClient
import Foundation
import MailTypes
import NIOCore
import NIOPosix
import TestSupport
import Testing

@Suite("libunbound", .serialized)
struct UnboundResolverTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func settings(_ port: UInt16, timeout: Duration = .seconds(5)) -> UnboundSettings {
        UnboundSettings(
            forwarders: [.init(.v4(0x7f00_0001), port: port)], askedLocalZones: ["2.0.192.in-addr.arpa."],
            timeout: timeout, maximumLookups: 100)
    }

    private static let zones = [
        #"local-zone: "example." static"#, #"local-data: "example. 300 IN SOA ns.example. x.example. 1 60 60 60 60""#,
        #"local-data: "mail.example. 300 IN MX 10 mx1.example.""#,
        #"local-data: "mail.example. 300 IN MX 20 mx2.example.""#, #"local-data: "null.example. 300 IN MX 0 .""#,
        #"local-data: "mx1.example. 300 IN A 192.0.2.1""#, #"local-data: "mx1.example. 120 IN AAAA 2001:db8::1""#,
        #"local-data: "mx2.example. 300 IN A 192.0.2.2""#, #"local-data: 'mail.example. 300 IN TXT "v=spf1" " -all"'"#,
        #"local-zone: "2.0.192.in-addr.arpa." static"#,
        #"local-data: "1.2.0.192.in-addr.arpa. 300 IN PTR mx1.example.""#, #"local-zone: "broken." always_refuse"#,
        #"local-zone: "silent." deny"#,
    ]

    @Test("Real answers of every kind", .enabled(if: NameServer.isInstalled)) func answers() async throws {
        let mail = try #require(DomainName("mail.example"))
        let server = try await NameServer(Self.zones)
        defer { server.stop() }
        let resolver = try UnboundResolver(settings(server.port, timeout: .seconds(120)))
        defer { resolver.shutdown() }

        let mx = try await resolver.mx(mail, on: loop).get()
        #expect(Set(mx.records.map(\.preference)) == [10, 20])
        #expect(mx.validity?.isSecure == false)
        let null = try await resolver.mx(try #require(DomainName("null.example")), on: loop).get()
        #expect(null.records == [MXRecord(preference: 0, exchange: nil)])
        let mx1 = try #require(DomainName("mx1.example"))
        let addresses = try await resolver.addresses(mx1, on: loop).get()
        #expect(addresses.records.map(\.description) == ["2001:db8::1", "192.0.2.1"])
        #expect((addresses.validity?.ttl ?? .zero) <= .seconds(120))
        #expect(try await resolver.txt(mail, on: loop).get().records == [Array("v=spf1 -all".utf8)])
        let ptr = try await resolver.ptr(try #require(IPAddress("192.0.2.1")), on: loop).get()
        #expect(ptr.records == [mx1])
        guard case .nxDomain = try await resolver.mx(try #require(DomainName("no.example")), on: loop).get() else {
            Issue.record("no NXDOMAIN")
            return
        }
        guard case .noData = try await resolver.mx(mx1, on: loop).get() else {
            Issue.record("no NODATA")
            return
        }
        let broken = try await resolver.mx(try #require(DomainName("a.broken")), on: loop).get()
        guard case .temporaryFailure = broken else {
            Issue.record("refusal taken for an answer: \(broken)")
            return
        }
        let own = try #require(DomainName("out.example.net"))
        let finder = MailHostFinder(resolver: resolver, resolution: MXResolution(ownNames: [own]))
        guard case .hosts(let hosts, _) = try await finder.hosts(of: mail, on: loop).get() else {
            Issue.record("no hosts")
            return
        }
        #expect(hosts.map(\.address.description) == ["2001:db8::1", "192.0.2.1", "192.0.2.2"])
    }

    @Test("A silent server is a temporary failure in time; lookups above the bound are refused at once")
    func silent() async throws {
        // A bound socket that nobody reads.
        let socket = try await DatagramBootstrap(group: loop).bind(host: "127.0.0.1", port: 0).get()
        let port = UInt16(socket.localAddress?.port ?? 0)
        var settings = settings(port, timeout: .milliseconds(300))
        settings.maximumLookups = 2
        let resolver = try UnboundResolver(settings)
        let names = try (0..<4).map { try #require(DomainName("a\($0).example")) }
        let answers = names.map { resolver.mx($0, on: loop) }
        var reasons: [String] = []
        for answer in answers {
            guard case .temporaryFailure(let reason) = try await answer.get() else {
                Issue.record("an answer out of nothing")
                return
            }
            reasons.append(reason)
        }
        #expect(reasons.filter { $0.contains("too many") }.count == 2)
        #expect(reasons.filter { $0.contains("no answer within") }.count == 2)
        let pending = resolver.mx(names[0], on: loop)
        resolver.shutdown()
        guard case .temporaryFailure = try await pending.get() else {
            Issue.record("an answer after the end")
            return
        }
        guard case .temporaryFailure = try await resolver.mx(names[1], on: loop).get() else {
            Issue.record("an answer after the end")
            return
        }
        try await socket.close().get()
    }

    @Test("A refused setting is an error, not a silent default") func refusedSetting() {
        var settings = UnboundSettings()
        settings.trustAnchor = "/nonexistent/anchor"
        #expect(throws: DNSError.self) {
            let resolver = try UnboundResolver(settings)
            resolver.shutdown()
        }
    }
}
