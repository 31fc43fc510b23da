import MailTypes
import Posture
import Testing

@Suite struct SPFReachTests {
    func reach(_ zone: [String: [String]]) async throws -> SPFReach {
        await SPFReach.of(try #require(SPFName("d.example")), using: FixedDNS(zone))
    }

    @Test(arguments: [
        ("v=spf1 +all", true, true), ("v=spf1 all", true, true), ("v=spf1 ?all", false, false),
        ("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", true, true), ("v=spf1 ip4:10.0.0.0/8 -all", true, true),
        ("v=spf1 ip4:198.48.0.0/12 ip4:198.16.0.0/12 -all", false, true),
        ("v=spf1 ip4:198.51.100.0/24 -all", false, false),
        ("v=spf1 ip6:2000::/3 -all", true, true), ("v=spf1 ip6:2001:db8::/28 -all", false, true),
        ("v=spf1 -ip4:0.0.0.0/0 -all", false, false), ("v=spf1 a/0 -all", true, true),
        ("v=spf1 include:open.example -all", true, true), ("v=spf1 -include:open.example -all", false, false),
        ("v=spf1 redirect=open.example", true, true), ("v=spf1 -all include:open.example", false, false),
    ]) func tellsTheWorld(record: String, isWorld: Bool, isWide: Bool) async throws {
        let found = try await reach([
            "d.example TXT": [record], "d.example A": ["192.0.2.1"], "open.example TXT": ["v=spf1 +all"],
        ])
        #expect(found.isWorld == isWorld)
        #expect(found.isWide == isWide)
    }

    @Test func countsEachAddressOnce() async throws {
        let found = try await reach([
            "d.example TXT": ["v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.0/25 include:e.example mx -all"],
            "e.example TXT": ["v=spf1 ip4:192.0.2.255 ip4:192.0.3.0/32 ~all"], "d.example MX": ["m.example"],
            "m.example A": ["192.0.2.9"],
        ])
        #expect(found.ipv4Count == 257)
        #expect(found.fallback == .fail)
        #expect(found.lookups == 2)
    }

    @Test func saysWhatItCannotKnow() async throws {
        let found = try await reach(["d.example TXT": ["v=spf1 exists:%{i}.x.example ptr include:gone.example ~all"]])
        #expect(found.undecided.count == 2)
        #expect(found.problems == ["gone.example has no SPF record"])
        #expect(try await reach([:]).fallback == nil)
        let loop = try await reach([
            "d.example TXT": ["v=spf1 include:d.example include:e.example"],
            "e.example TXT": ["v=spf1 include:d.example"],
        ])
        #expect(loop.lookups == 3)
    }

    @Test(arguments: [
        (["d.example TXT": ["TIMEOUT"]], ["unknown", "unknown", "unknown"]),
        ([:], ["unknown", "fail", "unknown"]),
        (["d.example TXT": ["v=spf1 nonsense"]], ["unknown", "fail", "unknown"]),
        (["d.example TXT": ["v=spf1 +all"]], ["fail", "pass", "fail"]),
        (["d.example TXT": ["v=spf1 include:gone.example -all"]], ["unknown", "fail", "pass"]),
        (["d.example TXT": ["v=spf1 ip4:192.0.2.1 -all"]], ["pass", "pass", "pass"]),
    ]) func neverPassesWithoutAnAnswer(zone: [String: [String]], words: [String]) async throws {
        let domain = try #require(DomainName("d.example"))
        let findings = SPFChecks.findings(domain: domain, address: nil, outcome: nil, reach: try await reach(zone))
        let found = [CheckID.spfWorld, .spfValid, .spfFallback].map { id in
            findings.first { $0.check == id }?.result.word
        }
        #expect(found == words)
    }
}
