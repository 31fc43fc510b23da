import DNSClient
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import SluiceConfiguration
import Testing

@testable import Gateway

struct LinkListTests {
    private static func report(_ kinds: [[ListKind]]) throws -> URLListReport {
        var report = URLListReport()
        let domain = try #require(DomainName("shop.example"))
        for (index, kinds) in kinds.enumerated() {
            report.listings.append(
                .init(domain: domain, list: "list\(index)", meanings: kinds.map { ListMeaning($0, "") }))
        }
        return report
    }

    @Test(
        arguments: [
            ([], 0.0), ([[.spam]], 4), ([[.grey]], 0.5), ([[.abused]], 1.5), ([[.policy]], 0),
            ([[.grey, .phishing]], 4),
            ([[.spam], [.malware]], 5), ([[.spam], [.grey]], 4.125), ([[.spam], [.spam], [.spam], [.spam]], 5),
        ] as [([[ListKind]], Double)])
    func theStrongestListingCounts(kinds: [[ListKind]], logOdds: Double) throws {
        #expect(LinkLists.logOdds(try Self.report(kinds)) == logOdds)
    }

    @Test func silenceAndErrorsSayNothing() {
        var report = URLListReport()
        report.unanswered = 3
        report.problems = ["surbl": "refused"]
        #expect(LinkLists.logOdds(report) == 0)
    }

    /// Answers as a blocklist of domains does; what it does not know is never answered.
    private struct Zone: ListResolver {
        let listed: [String: String]
        var silent: Set<String> = []
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let never: EventLoopPromise<Lookup<IPAddress>>

        init(_ listed: [String: String], silent: Set<String> = []) {
            (self.listed, self.silent) = (listed, silent)
            never = loop.makePromise()
        }

        func ipv4Addresses(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<IPAddress>> {
            let validity = LookupValidity(ttl: .seconds(300), isSecure: false)
            if silent.contains(name) { return never.futureResult.hop(to: loop) }
            guard let code = listed[name].flatMap({ IPAddress($0) }) else {
                return loop.makeSucceededFuture(.nxDomain(validity))
            }
            return loop.makeSucceededFuture(.records([code], validity))
        }

        func texts(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<[UInt8]>> {
            loop.makeSucceededFuture(.nxDomain(LookupValidity(ttl: .seconds(300), isSecure: false)))
        }
    }

    private static func configuration(_ text: String) throws -> Configuration {
        let reading = Configuration.parse(text: text)
        return try #require(reading.configuration, "\(reading.problems)")
    }

    private static let one = "detection:\n  link-lists:\n    - name: spamhaus-dbl\n      zone: dbl.test\n"

    @Test func aListedDomainCountsAndAnHonestOneDoesNot() async throws {
        let zone = Zone([
            "dbltest.com.dbl.test": "127.0.1.2", "bad.example.dbl.test": "127.0.1.4",
            "refused.example.dbl.test": "127.255.255.254",
        ])
        defer { zone.never.fail(ChannelError.ioOnClosedChannel) }
        let text = Self.one + "  link-list-deadline: 5s\n"
        let lists = try #require(LinkLists(try Self.configuration(text), resolver: zone))
        for (domain, logOdds) in [("bad.example", 4.0), ("good.example", 0), ("refused.example", 0)] {
            let domain = try #require(DomainName(domain))
            #expect(try await lists.ask([domain], on: zone.loop).get() == logOdds)
        }
    }

    @Test func aListThatIsSlowHoldsUpNobody() async throws {
        let zone = Zone(["dbltest.com.dbl.test": "127.0.1.2"], silent: ["bad.example.dbl.test"])
        defer { zone.never.fail(ChannelError.ioOnClosedChannel) }
        let lists = try #require(
            LinkLists(try Self.configuration(Self.one + "  link-list-deadline: 1ms\n"), resolver: zone))
        #expect(try await lists.ask([try #require(DomainName("bad.example"))], on: zone.loop).get() == 0)
    }

    @Test func withoutListsNobodyIsAsked() throws {
        let zone = Zone([:])
        defer { zone.never.fail(ChannelError.ioOnClosedChannel) }
        #expect(LinkLists(try Self.configuration("detection: {}\n"), resolver: zone) == nil)
    }
}
