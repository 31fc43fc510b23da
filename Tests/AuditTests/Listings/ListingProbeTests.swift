import Audit
import DNSClient
import MailTypes
import NIOCore
import NIOPosix
import Posture
import TestSupport
import Testing

/// Against a real name server that plays lists.
@Suite(.serialized, .enabled(if: NameServer.isInstalled)) struct ListingProbeTests {
    static let listed6 = "2.0.0.0.0.0.f.7.f.f.f.f" + String(repeating: ".0", count: 20)
    static let address6 = "1" + String(repeating: ".0", count: 23) + ".8.b.d.0.1.0.0.2"

    /// A zone with its test points.
    static func zone(_ name: String, _ lines: [String] = []) -> [String] {
        [
            #"local-zone: "\#(name)." static"#, #"local-data: "2.0.0.127.\#(name). 60 IN A 127.0.0.2""#,
            #"local-data: "\#(listed6).\#(name). 60 IN A 127.0.0.2""#,
        ] + lines
    }

    static let zones =
        zone(
            "zen.test",
            [
                #"local-data: "1.2.0.192.zen.test. 60 IN A 127.0.0.3""#,
                #"local-data: "1.2.0.192.zen.test. 60 IN A 127.0.0.10""#,
                #"local-data: '1.2.0.192.zen.test. 60 IN TXT "see \#("\u{1b}")[31m https://example.test/1"'"#,
                #"local-data: "9.2.0.192.zen.test. 60 IN A 127.255.255.254""#,
                #"local-data: "8.2.0.192.zen.test. 60 IN A 203.0.113.7""#,
                #"local-data: "7.2.0.192.zen.test. 60 IN A 127.0.0.77""#,
                #"local-data: "\#(address6).zen.test. 60 IN A 127.0.0.3""#,
            ])
        + [
            #"local-zone: "refusing.test." redirect"#, #"local-data: "refusing.test. 60 IN A 127.255.255.254""#,
            #"local-zone: "world.test." redirect"#, #"local-data: "world.test. 60 IN A 127.0.0.2""#,
            #"local-zone: "parked.test." redirect"#, #"local-data: "parked.test. 60 IN A 203.0.113.80""#,
            #"local-zone: "gone.test." static"#, #"local-zone: "broken.test." always_refuse"#,
            #"local-zone: "dbl.test." static"#, #"local-data: "dbltest.com.dbl.test. 60 IN A 127.0.1.2""#,
            #"local-data: "bad.example.dbl.test. 60 IN A 127.0.1.102""#,
        ]

    func probe(_ resolver: UnboundResolver, _ zones: [String]) throws -> ListingProbe {
        let lists = try zones.map { zone -> AddressList in
            var list = try #require(AddressList(.zen, zone: DomainName(zone)))
            list.name = zone
            return list
        }
        return ListingProbe(
            addressLists: lists, domainLists: [try #require(URLList(.dbl, zone: DomainName("dbl.test")))],
            resolver: resolver, on: MultiThreadedEventLoopGroup.singleton.next())
    }

    func subjects(_ texts: String...) throws -> [ListingSubject] { try texts.map { try #require(ListingSubject($0)) } }

    @Test func findsListingsAndNothingElse() async throws {
        let server = try await NameServer.withReservedZones(Self.zones)
        defer { server.stop() }
        let resolver = try server.resolver()
        defer { resolver.shutdown() }
        let probe = try probe(resolver, ["zen.test"])
        let facts = await probe.facts(
            try subjects(
                "192.0.2.1", "192.0.2.2", "192.0.2.9", "192.0.2.8", "192.0.2.7", "2001:db8::1", "2001:db8::2",
                "bad.example", "good.example"))
        #expect(facts.lists.map(\.name) == ["zen.test", "zen.test IPv6", "spamhaus-dbl"])
        #expect(facts.lists.allSatisfy { $0.test == .passed }, "\(facts.lists)")
        let findings = ListingChecks.findings(facts).filter { $0.check != .listTestPoints }
        let words = findings.map { "\($0.check) \($0.target) \($0.result.word)" }
        #expect(
            words == [
                "LST-02 192.0.2.1 zen.test fail", "LST-03 192.0.2.1 zen.test fail", "LST-02 192.0.2.2 zen.test pass",
                "LST-03 192.0.2.2 zen.test pass", "LST-02 192.0.2.9 zen.test unknown",
                "LST-03 192.0.2.9 zen.test unknown", "LST-02 192.0.2.8 zen.test unknown",
                "LST-03 192.0.2.8 zen.test unknown", "LST-02 192.0.2.7 zen.test unknown",
                "LST-03 192.0.2.7 zen.test unknown", "LST-02 2001:db8::1 zen.test fail",
                "LST-03 2001:db8::1 zen.test pass", "LST-02 2001:db8::2 zen.test pass",
                "LST-03 2001:db8::2 zen.test pass", "LST-04 bad.example spamhaus-dbl fail",
                "LST-04 good.example spamhaus-dbl pass",
            ])
        let first = try #require(findings.first)
        #expect(first.evidence.contains { $0.contains("https://example.test/1") }, "\(first.evidence)")
        #expect(!first.evidence.joined().utf8.contains(0x1b))
        #expect(findings[10].evidence.contains("an entry covers the /64 around the address"))
    }

    @Test(arguments: [
        ("refusing.test", "fail"), ("world.test", "unknown"), ("parked.test", "unknown"), ("gone.test", "unknown"),
        ("broken.test", "unknown"),
    ]) func aListThatCannotBeBelievedSaysNothing(zone: String, test: String) async throws {
        let server = try await NameServer.withReservedZones(Self.zones)
        defer { server.stop() }
        let resolver = try server.resolver()
        defer { resolver.shutdown() }
        let facts = await (try probe(resolver, [zone])).facts(try subjects("192.0.2.1", "2001:db8::1"))
        let findings = ListingChecks.findings(facts)
        #expect(findings.filter { $0.check == .listTestPoints }.allSatisfy { $0.result.word == test }, "\(findings)")
        #expect(findings.filter { $0.check != .listTestPoints }.allSatisfy { $0.result.word == "unknown" })
        #expect(findings.count == 6)
    }

    @Test func feedsAWatch() async throws {
        let server = try await NameServer.withReservedZones(Self.zones)
        defer { server.stop() }
        let resolver = try server.resolver()
        defer { resolver.shutdown() }
        let probe = try probe(resolver, ["zen.test", "refusing.test"])
        let start = Timestamp(seconds: 1_800_000_000)
        let keys = try subjects("192.0.2.1", "192.0.2.2").flatMap { subject in
            probe.lists(for: subject).map { ReputationWatch.Key(subject, on: $0) }
        }
        var watch = ReputationWatch(keys, at: start)
        for key in watch.due(at: start + .seconds(60)) {
            _ = watch.record(await probe.observe(key), at: start + .seconds(60))
        }
        #expect(watch.listed.map(\.key.description) == ["192.0.2.1 zen.test"])
        #expect(watch.isClean(try subjects("192.0.2.2")[0]) == nil, "one list refuses")
        let gone = await probe.observe(.init(try subjects("192.0.2.2")[0], on: "none"))
        #expect(gone.answer == .unknown("the list is not configured, or has no such entries"))
    }

    @Test func aPrivateAddressIsAskedForNowhere() async throws {
        let settings = UnboundSettings(forwarders: [.init(.v4(0x7f00_0001), port: 9)], timeout: .milliseconds(100))
        var group = ListingsGroup(
            addressLists: [try #require(AddressList(.zen))], domainLists: [], resolver: settings,
            on: MultiThreadedEventLoopGroup.singleton)
        let request = AuditRequest(origin: .host, target: "host", facts: CollectedFacts())
        #expect(try await group.findings(request).map(\.result.word) == Array(repeating: "unknown", count: 4))
        group.subjects = try subjects("10.0.0.1", "::1")
        let found = try await group.findings(request)
        #expect(
            found.map { "\($0.check) \($0.target) \($0.result.word)" } == [
                "LST-02 10.0.0.1 unknown", "LST-02 ::1 unknown",
            ])
    }

    @Test func knowsAsManyKindsAsTheLists() {
        #expect(ListKind.allCases.map(\.rawValue) == ListingKind.allCases.map(\.rawValue))
        for known in AddressList.Known.allCases { #expect(AddressList(known)?.removal.isEmpty == false) }
        for known in URLList.Known.allCases { #expect(URLList(known) != nil) }
    }
}
