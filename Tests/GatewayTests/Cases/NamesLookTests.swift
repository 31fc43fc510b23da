import DNSClient
import Enforcement
import MailTypes
import NIOPosix
import TestSupport
import Testing

@testable import Gateway

/// What a real name server says about customers' servers.
@Suite(.enabled(if: NameServer.isInstalled))
struct NamesLookTests {
    private static let records = [
        "local-zone: \"0.18.198.in-addr.arpa.\" static", "local-zone: \"hosts.net.\" static",
        "local-zone: \"list.net.\" static", "local-zone: \"mute.net.\" refuse",
        "local-data: '1.0.18.198.in-addr.arpa. 60 IN PTR mail.hosts.net.'",
        "local-data: 'mail.hosts.net. 60 IN A 198.18.0.1'",
        "local-data: '2.0.18.198.in-addr.arpa. 60 IN PTR other.hosts.net.'",
        "local-data: 'other.hosts.net. 60 IN A 198.18.0.99'",
        // The list's test points, and one entry.
        "local-data: '2.0.0.127.list.net. 60 IN A 127.0.0.2'", "local-data: '4.0.18.198.list.net. 60 IN A 127.0.0.2'",
        "local-data: '4.0.18.198.list.net. 60 IN TXT \"seen at a trap\"'",
        "local-data: '4.0.18.198.in-addr.arpa. 60 IN PTR mail.hosts.net.'",
    ]

    private func look(_ addresses: [String], greeting: String? = nil, lists: [String] = []) async throws
        -> NamesLook.Seen
    {
        let server = try await NameServer(Self.records)
        defer { server.stop() }
        var settings = UnboundSettings(forwarders: [.init(.v4(0x7f00_0001), port: server.port)])
        settings.timeout = .seconds(20)
        let resolver = try UnboundResolver(settings)
        defer { resolver.shutdown() }
        let servers = addresses.compactMap { IPAddress($0) }
        let look = NamesLook(
            resolver: resolver, lists: lists.compactMap { DomainName($0) }.map { AddressList(custom: $0) },
            loop: MultiThreadedEventLoopGroup.singleton.any())
        let greetings = greeting.map { name in Dictionary(uniqueKeysWithValues: servers.map { ($0, name) }) }
        return await look.look(at: servers, greetings: greetings ?? [:])
    }

    @Test(
        arguments: [
            (["198.18.0.1"], nil, .pass), (["198.18.0.1"], "mail.hosts.net", .pass),
            // PTR leads elsewhere; there is none; the greeting's name is another host's.
            (["198.18.0.2"], nil, .fail), (["198.18.0.3"], nil, .fail), (["198.18.0.1"], "other.hosts.net", .fail),
            (["198.18.0.1"], "localhost", .fail), (["198.18.0.1", "198.18.0.3"], nil, .fail),
            // Addresses that nobody on the internet sees, and none at all.
            (["127.0.0.1"], nil, .unknown), ([], nil, .unknown),
        ] as [([String], String?, CheckState.Result)])
    func namesLeadToTheAddressAndBack(addresses: [String], greeting: String?, result: CheckState.Result) async throws {
        let seen = try await look(addresses, greeting: greeting)
        #expect(seen.statements[.namesMatch]?.result == result, "\(seen)")
        #expect(seen.statements[.serverUnlisted] == nil)
        #expect(seen.summary.isEmpty == (result != .fail))
    }

    @Test(
        arguments: [
            (["198.18.0.1"], ["list.net"], .pass), (["198.18.0.4"], ["list.net"], .fail),
            (["198.18.0.1", "198.18.0.4"], ["list.net"], .fail),
            // A list that does not answer is no pass, and no listing.
            (["198.18.0.1"], ["list.net", "mute.net"], .unknown), (["198.18.0.1"], ["mute.net"], .unknown),
            ([], ["list.net"], .unknown),
        ] as [([String], [String], CheckState.Result)])
    func listsAreAsked(addresses: [String], lists: [String], result: CheckState.Result) async throws {
        let seen = try await look(addresses, lists: lists)
        #expect(seen.statements[.serverUnlisted]?.result == result, "\(seen)")
    }
}
