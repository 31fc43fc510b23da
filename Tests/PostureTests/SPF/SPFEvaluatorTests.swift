import MailTypes
import Posture
import Testing

/// RFC 7208, each rule by a record of our own.
@Suite struct SPFEvaluatorTests {
    static let zone: [String: [String]] = [
        "mail.acme.example A": ["198.51.100.10"], "mail.acme.example AAAA": ["2001:db8:5::10"],
        "acme.example MX": ["mail.acme.example"], "acme.example A": ["198.51.100.80"],
        "198.51.100.10 PTR": ["forged.other.example", "mail.acme.example"],
        "a.b.up.example A": ["127.0.0.2"], "good.tenant.example TXT": ["v=spf1 ip4:203.0.113.0/24 -all"],
        "soft.tenant.example TXT": ["v=spf1 ~all"], "dead.example TXT": ["TIMEOUT"], "dead.example A": ["TIMEOUT"],
        "why.example TXT": ["%{i} may not send for %{o} (%{s}), see http://why.example/?s=%{S}"],
        "bad.why.example TXT": ["see %{"], "two.why.example TXT": ["one", "two"],
    ]

    func evaluate(
        _ record: String, _ address: String = "198.51.100.10", sender: String = "ann@acme.example",
        helo: String = "mail.acme.example", more: [String: [String]] = [:]
    ) async throws -> SPFOutcome {
        var zone = Self.zone
        zone["acme.example TXT"] = ["unrelated", record]
        zone.merge(more) { $1 }
        let request = SPFRequest(address: try #require(IPAddress(address)), sender: sender, helo: helo)
        return await SPFEvaluator.evaluate(request, using: FixedDNS(zone))
    }

    @Test(arguments: [
        ("v=spf1 -all", SPFResult.fail), ("v=spf1 +all", .pass), ("V=SPF1 ALL", .pass), ("v=spf1 ~all", .softfail),
        ("v=spf1 ?all", .neutral), ("v=spf1", .neutral), ("v=spf1  mx   -all ", .pass), ("v=spf1 a -all", .fail),
        ("v=spf1 a/24 -all", .pass), ("v=spf1 a:mail.acme.example -all", .pass), ("v=spf1 mx//64 -all", .pass),
        ("v=spf1 mx/33 -all", .permerror), ("v=spf1 ip4:198.51.100.0/28 -all", .pass),
        ("v=spf1 ip4:198.51.100.010 -all", .permerror), ("v=spf1 ip4:198.51.100.0/08 -all", .permerror),
        ("v=spf1 ip4:198.51.100 -all", .permerror), ("v=spf1 ip6:2001:db8::/32 -all", .fail),
        ("v=spf1 ip6:::ffff:198.51.100.10 -all", .fail), ("v=spf1 ip6:::ffff:0:0/90 -all", .fail),
        ("v=spf1 ptr -all", .pass), ("v=spf1 ptr:other.example -all", .fail), ("v=spf1 ptr/24 -all", .permerror),
        ("v=spf1 exists:%{l1r}.b.up.example -all", .fail), ("v=spf1 exists:a.b.up.example -all", .pass),
        ("v=spf1 include:soft.tenant.example ?all", .neutral), ("v=spf1 include:nowhere.example -all", .permerror),
        ("v=spf1 include:dead.example -all", .temperror), ("v=spf1 a:dead.example -all", .temperror),
        ("v=spf1 redirect=good.tenant.example", .fail), ("v=spf1 redirect=nowhere.example", .permerror),
        ("v=spf1 redirect=good.tenant.example ?all", .neutral), ("v=spf1 -all unknown", .permerror),
        ("v=spf1 future=%{d}/x mx -all", .pass), ("v=spf1 future=%x mx -all", .permerror),
        ("v=spf1 mx -all redirect=a.example redirect=b.example", .permerror), ("v=spf1 all:x", .permerror),
        ("v=spf1 a:host -all", .permerror), ("v=spf1 a:198.51.100.10 -all", .permerror),
        ("v=spf1 a:%{x}.example -all", .permerror), ("v=spf1 a:%{d0}.example -all", .permerror),
        ("v=spf1 a:%{c}.example -all", .permerror), ("v=spf1 mx\t-all", .permerror),
        ("v=spf1 mxé -all", .permerror), ("v=spf10 -all", .none),
    ]) func judges(record: String, result: SPFResult) async throws {
        #expect(try await evaluate(record).result == result)
    }

    @Test(arguments: [
        ("v=spf1 mx -all", SPFResult.pass), ("v=spf1 a/0 -all", .fail),
        ("v=spf1 a:mail.acme.example//112 -all", .pass), ("v=spf1 ip6:2001:db8:5::/48 -all", .pass),
        ("v=spf1 ip4:0.0.0.0/0 -all", .fail), ("v=spf1 exists:mail.acme.example -all", .pass),
    ]) func judgesIPv6(record: String, result: SPFResult) async throws {
        let address = record.contains("//112") ? "2001:db8:5::99" : "2001:db8:5::10"
        #expect(try await evaluate(record, address).result == result)
    }

    @Test(arguments: [
        ("ann@[198.51.100.10]", "x", SPFResult.none), ("ann@acme", "x", .none), ("ann@a..acme.example", "x", .none),
        ("", "acme.example", .fail), ("", "[198.51.100.10]", .none), ("@acme.example", "x", .fail),
        ("a@b@acme.example", "x", .fail), ("ann@nowhere.example", "x", .none), ("ann@dead.example", "x", .temperror),
    ]) func startsFromTheSender(sender: String, helo: String, result: SPFResult) async throws {
        #expect(try await evaluate("v=spf1 -all", sender: sender, helo: helo).result == result)
    }

    @Test func expandsMacros() async throws {
        for (spec, name) in [
            ("%{s}.x.example", "ann.lee@acme.example.x.example"), ("%{lr}.x.example", "lee.ann.x.example"),
            ("%{l1}.%{o2}.%{v}.x.example", "lee.acme.example.in-addr.x.example"),
            ("%{ir}.x.example", "10.100.51.198.x.example"), ("%{p}.x.example", "mail.acme.example.x.example"),
            ("%{hr}.x.example", "example.acme.mail.x.example"), ("%%%_%-.x.example", "% %20.x.example"),
            ("%{S}.x.example", "ann.lee%40acme.example.x.example"), ("%{d1r}.x.example", "acme.x.example"),
        ] {
            let outcome = try await evaluate(
                "v=spf1 exists:\(spec) -all", sender: "ann.lee@acme.example", more: ["UNUSED A": []])
            #expect(outcome.result == .fail, "\(spec) must not match without a record")
            var zone = Self.zone
            zone["acme.example TXT"] = ["v=spf1 exists:\(spec) -all"]
            let dns = NamedDNS(base: FixedDNS(zone), name: name)
            let request = SPFRequest(
                address: .v4(0xc633_640a), sender: "ann.lee@acme.example", helo: "mail.acme.example")
            #expect(await SPFEvaluator.evaluate(request, using: dns).result == .pass, "\(spec)")
        }
    }

    @Test func explainsAFail() async throws {
        let told = try await evaluate("v=spf1 -all exp=why.example", "203.0.113.7")
        #expect(
            told.explanation
                == "203.0.113.7 may not send for acme.example (ann@acme.example), see http://why.example/?s=ann%40acme.example"
        )
        for name in ["bad.why.example", "two.why.example", "nowhere.example", "dead.example"] {
            let outcome = try await evaluate("v=spf1 -all exp=\(name)", "203.0.113.7")
            #expect(outcome.result == .fail && outcome.explanation == nil)
        }
        #expect(try await evaluate("v=spf1 ~all exp=why.example").explanation == nil)
    }

    @Test func countsLookups() async throws {
        let ten = String(repeating: "a ", count: 9)
        #expect(try await evaluate("v=spf1 \(ten)mx -all").lookups == 10)
        #expect(try await evaluate("v=spf1 \(ten)a mx -all").result == .permerror)
        let loop = ["l.example TXT": ["v=spf1 include:l.example"]]
        #expect(try await evaluate("v=spf1 include:l.example", more: loop).result == .permerror)
        #expect(try await evaluate("v=spf1 a:v1.example a:v2.example mx -all").result == .pass)
        #expect(try await evaluate("v=spf1 a:v1.example a:v2.example a:v3.example mx").result == .permerror)
        let many = ["acme.example MX": (0..<11).map { "m\($0).acme.example" }]
        #expect(try await evaluate("v=spf1 mx", more: many).result == .permerror)
        #expect(
            try await evaluate("v=spf1 -all", more: ["acme.example TXT": ["v=spf1 -all", "v=spf1 -all"]]).result
                == .permerror)
    }

    @Test func boundsARecord() async throws {
        let record = "v=spf1" + String(repeating: " ip4:203.0.113.1", count: 1100)
        #expect(try await evaluate(record).result == .permerror)
        let long = String(repeating: "abcdefgh.", count: 40)
        #expect(try await evaluate("v=spf1 exists:\(long)%{o} -all").result == .fail)
    }
}

/// Answers A for one name more.
private struct NamedDNS: SPFLookup {
    var base: FixedDNS
    var name: String

    func texts(_ name: SPFName) async -> SPFAnswer<[UInt8]> { await base.texts(name) }
    func addresses(_ name: SPFName, isIPv6: Bool) async -> SPFAnswer<IPAddress> {
        name.description == self.name ? .records([.v4(0x7f00_0002)]) : await base.addresses(name, isIPv6: isIPv6)
    }
    func exchanges(_ name: SPFName) async -> SPFAnswer<SPFName> { await base.exchanges(name) }
    func names(_ address: IPAddress) async -> SPFAnswer<SPFName> { await base.names(address) }
}
