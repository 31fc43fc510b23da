import DNSClient
import Enforcement
import Logging
import MailTypes
import NIOConcurrencyHelpers
import NIOPosix
import Posture
import TestSupport
import Testing

@testable import Gateway

/// Own addresses on a list that a real name server serves.
@Suite(.enabled(if: NameServer.isInstalled))
struct ReputationKeeperTests {
    private static let time = Timestamp(seconds: 1_795_000_000)

    @Test(arguments: [
        ("198.18.0.4", "list.net", true), ("198.18.0.5", "list.net", false), ("198.18.0.4", "broken.net", false),
    ])
    func aListingIsToldAndFailsTheCheck(address: String, list: String, isListed: Bool) async throws {
        let server = try await NameServer([
            "local-zone: \"list.net.\" static", "local-data: '2.0.0.127.list.net. 60 IN A 127.0.0.2'",
            "local-data: '4.0.18.198.list.net. 60 IN A 127.0.0.2'",
            // One that lists everything, its test points, too: it is not believed.
            "local-zone: \"broken.net.\" redirect", "local-data: 'broken.net. 60 IN A 127.0.0.2'",
        ])
        defer { server.stop() }
        var settings = UnboundSettings(forwarders: [.init(.v4(0x7f00_0001), port: server.port)])
        settings.timeout = .seconds(20)
        let resolver = try UnboundResolver(settings)
        defer { resolver.shutdown() }
        let told = NIOLockedValueBox<[ReputationWatch.Change]>([])
        let keeper = ReputationKeeper(
            addresses: [address].compactMap { IPAddress($0) }, lists: [list].compactMap { DomainName($0) },
            resolver: resolver, on: MultiThreadedEventLoopGroup.singleton.any(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, at: Self.time
        ) { change in told.withLockedValue { $0.append(change) } }
        let source = SourceID.customer(try #require(CustomerID("acme")))
        let incident = IncidentCase(id: CaseID(rawValue: 1), source: source, at: Self.time)
        #expect(keeper.statement(for: incident, at: Self.time).result == .unknown)
        await keeper.look(at: Self.time)
        #expect(told.withLockedValue { $0 }.contains { $0.to == .listed } == isListed)
        #expect(keeper.listed.isEmpty != isListed)
        let expected: CheckState.Result = isListed ? .fail : list == "list.net" ? .pass : .unknown
        #expect(keeper.statement(for: incident, at: Self.time).result == expected)
    }
}
