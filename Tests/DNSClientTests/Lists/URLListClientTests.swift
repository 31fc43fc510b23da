import DNSClient
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// Answers from a table, or never; counts what is asked.
private final class TableResolver: ListResolver {
    let table: NIOLockedValueBox<[String: Lookup<IPAddress>]>
    let asked = NIOLockedValueBox<[String]>([])
    /// Questions that are left open until the test says so.
    let held = NIOLockedValueBox<[String: EventLoopPromise<Lookup<IPAddress>>]>([:])
    let holds: Set<String>
    /// Their names, as they are asked.
    let arrivals: AsyncStream<String>
    private let arrival: AsyncStream<String>.Continuation

    static let validity = LookupValidity(ttl: .seconds(300), isSecure: false)

    init(_ codes: [String: String], holds: Set<String> = []) throws {
        table = NIOLockedValueBox(
            try codes.mapValues { code in
                code.isEmpty
                    ? .temporaryFailure("no answer")
                    : .records([try #require(IPAddress(code))], Self.validity)
            })
        self.holds = holds
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    func ipv4Addresses(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<IPAddress>> {
        asked.withLockedValue { $0.append(name) }
        if holds.contains(name) {
            let promise = loop.makePromise(of: Lookup<IPAddress>.self)
            held.withLockedValue { $0[name] = promise }
            arrival.yield(name)
            return promise.futureResult
        }
        return loop.makeSucceededFuture(table.withLockedValue { $0[name] } ?? .nxDomain(Self.validity))
    }

    func texts(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<[UInt8]>> {
        loop.makeSucceededFuture(.nxDomain(Self.validity))
    }

    func count(_ name: String) -> Int { asked.withLockedValue { $0.count { $0 == name } } }
}

@Suite("Lists of links' domains")
struct URLListClientTests {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    /// Long enough for any machine: what is tested ends before.
    let enough = TimeAmount.minutes(2)
    let good: DomainName
    let bad: DomainName
    let list: URLList

    init() throws {
        good = try #require(DomainName("good.example"))
        bad = try #require(DomainName("bad.example"))
        list = URLList(
            name: "test", zone: try #require(DomainName("dbl.test")), codes: try #require(URLList(.dbl)).codes,
            listedTest: try #require(DomainName("listed.test")), unlistedTest: try #require(DomainName("example.com")))
    }

    private func resolver(_ more: [String: String] = [:], holds: Set<String> = []) throws -> TableResolver {
        let codes = ["listed.test.dbl.test": "127.0.1.2", "bad.example.dbl.test": "127.0.1.4"]
        return try TableResolver(codes.merging(more) { $1 }, holds: holds)
    }

    @Test func findsWhatIsListed() async throws {
        let resolver = try resolver()
        let client = URLListClient([list], resolver: resolver)
        let report = try await client.ask([bad, good, bad], within: enough, on: loop).get()
        #expect(report.listings.map(\.domain) == [bad])
        #expect(report.listings.first?.meanings.map(\.kind) == [.phishing])
        #expect(report.answered == 2 && report.unanswered == 0 && report.problems.isEmpty)
        // The second message costs no question.
        let again = try await client.ask([good, bad], within: enough, on: loop).get()
        #expect(again == report)
        #expect(resolver.count("bad.example.dbl.test") == 1 && resolver.count("listed.test.dbl.test") == 1)
    }

    @Test(arguments: [
        // Refuses, is gone, lists everything, does not answer, was sold.
        ["listed.test.dbl.test": "127.255.255.254"], ["listed.test.dbl.test": "127.0.1.255"],
        ["example.com.dbl.test": "127.0.1.2"], ["listed.test.dbl.test": ""],
        ["example.com.dbl.test": ""], ["listed.test.dbl.test": "203.0.113.80", "example.com.dbl.test": "203.0.113.80"],
    ]) func aListThatFailsItsTestPointsListsNothing(codes: [String: String]) async throws {
        let resolver = try resolver(codes)
        let client = URLListClient([list], resolver: resolver)
        let report = try await client.ask([bad, good], within: enough, on: loop).get()
        #expect(report.listings.isEmpty && report.answered == 0 && report.unanswered == 2)
        #expect(report.problems["test"]?.contains("test point") == true || report.problems["test"] != nil)
        #expect(resolver.count("bad.example.dbl.test") == 0)
    }

    @Test func aListThatIsGoneListsNothing() async throws {
        let client = URLListClient([list], resolver: try TableResolver([:]))
        let report = try await client.ask([bad], within: enough, on: loop).get()
        #expect(report.listings.isEmpty && report.unanswered == 1)
    }

    @Test(arguments: ["", "127.255.255.255", "198.51.100.1", "127.0.0.1"])
    func anErrorIsNoListing(code: String) async throws {
        let client = URLListClient([list], resolver: try resolver(["bad.example.dbl.test": code]))
        let report = try await client.ask([bad], within: enough, on: loop).get()
        #expect(report.listings.isEmpty && report.unanswered == 1)
    }

    @Test func doesNotWaitLongerThanItMay() async throws {
        let resolver = try resolver(holds: ["good.example.dbl.test"])
        let client = URLListClient([list], resolver: resolver)
        let report = try await client.ask([good, bad], within: .milliseconds(200), on: loop).get()
        #expect(report.answered + report.unanswered == 2 && report.unanswered >= 1)
        #expect(!report.listings.contains { $0.domain == good })
        // What comes late is there for the next message.
        for await _ in resolver.arrivals { break }
        let promise = try #require(resolver.held.withLockedValue { $0["good.example.dbl.test"] })
        let next = client.ask([good], within: enough, on: loop)
        promise.succeed(.records([.v4(0x7f00_0102)], TableResolver.validity))
        #expect(try await next.get().listings.map(\.domain) == [good])
        #expect(resolver.count("good.example.dbl.test") == 1)
    }

    @Test func asksNoMoreThanItMay() async throws {
        let names = (0..<50).map { "d\($0).example" }
        let resolver = try resolver(holds: Set(names.map { $0 + ".dbl.test" }))
        var limits = URLListClient.Limits()
        limits.questions = 10
        let client = URLListClient([list], resolver: resolver, limits: limits)
        let report = try await client.ask(names.compactMap { DomainName($0) }, within: .milliseconds(200), on: loop)
            .get()
        #expect(report.unanswered == 20)
        var count = 0
        for await _ in resolver.arrivals {
            count += 1
            if count == 10 { break }
        }
        #expect(resolver.held.withLockedValue { $0.count } == 10)
        for promise in resolver.held.withLockedValue({ Array($0.values) }) {
            promise.succeed(.nxDomain(TableResolver.validity))
        }
    }

    @Test func forgetsInTime() async throws {
        let time = NIOLockedValueBox(NIODeadline.uptimeNanoseconds(1_000_000_000))
        let resolver = try resolver(["good.example.dbl.test": ""])
        let client = URLListClient([list], resolver: resolver, now: { time.withLockedValue { $0 } })
        for (step, asked) in [(0, 1), (29, 1), (2, 2)] {
            time.withLockedValue { $0 = $0 + .seconds(Int64(step)) }
            _ = try await client.ask([good, bad], within: enough, on: loop).get()
            #expect(resolver.count("good.example.dbl.test") == asked, "failures are kept for 30 s")
        }
        #expect(resolver.count("bad.example.dbl.test") == 1)
        time.withLockedValue { $0 = $0 + .seconds(300) }
        _ = try await client.ask([bad], within: enough, on: loop).get()
        #expect(resolver.count("bad.example.dbl.test") == 2, "the zone says 300 s")
        #expect(resolver.count("listed.test.dbl.test") == 1)
        time.withLockedValue { $0 = $0 + .minutes(30) }
        _ = try await client.ask([bad], within: enough, on: loop).get()
        #expect(resolver.count("listed.test.dbl.test") == 2)
    }

    @Test func aListThatComesBackIsUsedAgain() async throws {
        let time = NIOLockedValueBox(NIODeadline.uptimeNanoseconds(1_000_000_000))
        let resolver = try resolver(["listed.test.dbl.test": "127.255.255.254"])
        let client = URLListClient([list], resolver: resolver, now: { time.withLockedValue { $0 } })
        #expect(try await client.ask([bad], within: enough, on: loop).get().listings.isEmpty)
        resolver.table.withLockedValue {
            $0["listed.test.dbl.test"] = .records([.v4(0x7f00_0102)], TableResolver.validity)
        }
        #expect(try await client.ask([bad], within: enough, on: loop).get().listings.isEmpty)
        time.withLockedValue { $0 = $0 + .minutes(5) }
        #expect(try await client.ask([bad], within: enough, on: loop).get().listings.map(\.domain) == [bad])
    }

    @Test func keepsNoMoreThanItMay() async throws {
        var limits = URLListClient.Limits()
        limits.answers = 8
        let resolver = try resolver()
        let client = URLListClient([list], resolver: resolver, limits: limits)
        for index in 0..<40 {
            let name = try #require(DomainName("d\(index).example"))
            _ = try await client.ask([name], within: enough, on: loop).get()
        }
        for index in [0, 39] {
            let name = try #require(DomainName("d\(index).example"))
            _ = try await client.ask([name], within: enough, on: loop).get()
        }
        #expect(resolver.count("d0.example.dbl.test") == 2 && resolver.count("d39.example.dbl.test") == 1)
    }

    @Test func asksForNoAddressAndNoEndlessName() async throws {
        let resolver = try resolver()
        let client = URLListClient([list], resolver: resolver)
        let address = try #require(DomainName("192.0.2.1"))
        #expect(try await client.ask([address], within: enough, on: loop).get() == URLListReport())
        let long = try #require(DomainName(Array(repeating: "a23456789", count: 25).joined(separator: ".")))
        #expect(try await client.ask([long], within: enough, on: loop).get().unanswered == 1)
    }

    @Test("Against a real name server", .enabled(if: NameServer.isInstalled)) func real() async throws {
        let server = try await NameServer([
            #"local-zone: "dbl.test." static"#, #"local-data: "listed.test.dbl.test. 60 IN A 127.0.1.2""#,
            #"local-data: "bad.example.dbl.test. 60 IN A 127.0.1.5""#, #"local-zone: "refusing.test." redirect"#,
            #"local-data: "refusing.test. 60 IN A 127.255.255.254""#, #"local-zone: "broken.test." always_refuse"#,
        ])
        defer { server.stop() }
        let resolver = try UnboundResolver(
            UnboundSettings(
                forwarders: [.init(.v4(0x7f00_0001), port: server.port)], askedLocalZones: ["test."],
                timeout: .seconds(120)))
        defer { resolver.shutdown() }
        var lists = [list]
        for zone in ["refusing.test", "broken.test"] {
            var other = list
            other.name = zone
            other.zone = try #require(DomainName(zone))
            lists.append(other)
        }
        let client = URLListClient(lists, resolver: resolver)
        let report = try await client.ask([bad, good], within: .minutes(4), on: loop).get()
        #expect(
            report.listings.map { "\($0.domain) \($0.list) \($0.meanings.map(\.kind))" } == [
                "bad.example test [DNSClient.ListKind.malware]"
            ])
        #expect(report.answered == 2 && report.unanswered == 4)
        #expect(Set(report.problems.keys) == ["refusing.test", "broken.test"])
    }
}
