import DNSClient
import MailTypes
import Testing

@Suite("From MX records to hosts")
struct MXResolutionTests {
    struct Fixed: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    let validity = LookupValidity(ttl: .seconds(300), isSecure: true)
    let domain: DomainName
    let own: DomainName

    init() throws {
        domain = try #require(DomainName("example.org"))
        own = try #require(DomainName("out.example.net"))
    }

    private func name(_ text: String) throws -> DomainName { try #require(DomainName(text)) }
    private func ip(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    private func plan(_ records: [(UInt16, String)], seed: UInt64 = 1) throws -> MXResolution.Plan {
        var generator = Fixed(state: seed)
        let records = try records.map {
            MXRecord(preference: $0.0, exchange: $0.1.isEmpty ? nil : try name($0.1))
        }
        return MXResolution(ownNames: [own]).plan(domain, .records(records, validity), using: &generator)
    }

    @Test("By preference, equal ones shuffled") func order() throws {
        var firsts: Set<DomainName> = []
        for seed in 0..<40 {
            let records: [(UInt16, String)] = [(20, "c.example"), (10, "a.example"), (10, "b.example")]
            guard case .lookUp(let groups, _) = try plan(records, seed: UInt64(seed)) else {
                Issue.record("no plan")
                return
            }
            let best = Set([try name("a.example"), try name("b.example")])
            #expect(groups.count == 2 && Set(groups[0]) == best)
            firsts.insert(groups[0][0])
        }
        #expect(firsts.count == 2)
    }

    @Test("Meeting ourselves cuts us and what is no better") func loop() throws {
        let cut = try plan([(10, "a.example"), (20, "out.example.net"), (20, "b.example"), (30, "c.example")])
        #expect(cut == .lookUp([[try name("a.example")]], validity))
        guard case .done(.permanent(let reply)) = try plan([(10, "out.example.net"), (20, "b.example")]) else {
            Issue.record("not permanent")
            return
        }
        #expect(reply.enhanced == EnhancedStatusCode(5, 4, 6))
    }

    @Test("Null MX") func null() throws {
        guard case .done(.permanent(let reply)) = try plan([(0, "")]) else {
            Issue.record("not permanent")
            return
        }
        #expect(reply.code.value == 556 && reply.enhanced == EnhancedStatusCode(5, 1, 10))
    }

    @Test("A null MX among others is passed over") func partlyNull() throws {
        #expect(try plan([(0, ""), (10, "a.example")]) == .lookUp([[try name("a.example")]], validity))
    }

    @Test("Implicit MX, no domain, no answer") func others() throws {
        var generator = Fixed(state: 1)
        let resolution = MXResolution(ownNames: [own])
        #expect(resolution.plan(domain, .noData(validity), using: &generator) == .lookUp([[domain]], validity))
        guard case .done(.permanent) = resolution.plan(domain, .nxDomain(validity), using: &generator) else {
            Issue.record("not permanent")
            return
        }
        guard case .done(.temporary) = resolution.plan(domain, .temporaryFailure("x"), using: &generator) else {
            Issue.record("not temporary")
            return
        }
    }

    private func resolve(_ addresses: [String: Lookup<IPAddress>], own: Set<IPAddress> = []) throws -> MailHosts {
        var generator = Fixed(state: 1)
        var table: [DomainName: Lookup<IPAddress>] = [:]
        for (key, value) in addresses { table[try name(key)] = value }
        return MXResolution(ownNames: [self.own], ownAddresses: own).resolve(
            domain, [[try name("a.example")], [try name("b.example")]], validity, addresses: table, using: &generator)
    }

    @Test("Hosts in order, both families in turn") func addresses() throws {
        let a = [try ip("192.0.2.1"), try ip("192.0.2.2"), try ip("2001:db8::1")]
        let b = [try ip("192.0.2.9")]
        let found = try resolve(["a.example": .records(a, validity), "b.example": .records(b, validity)])
        guard case .hosts(let hosts, let ttl) = found else {
            Issue.record("no hosts")
            return
        }
        #expect(ttl == .seconds(300) && hosts.count == 4)
        let six = try ip("2001:db8::1")
        #expect(hosts[0].address == six && hosts[3].address == b[0])
        #expect(!hosts.contains { !$0.isSecure })
    }

    @Test("A failed lookup is temporary, unless another host is known") func failures() throws {
        let b = Lookup.records([try ip("192.0.2.9")], validity)
        guard case .hosts(let hosts, _) = try resolve(["a.example": .temporaryFailure("x"), "b.example": b]) else {
            Issue.record("no hosts")
            return
        }
        #expect(hosts.count == 1)
        guard
            case .temporary = try resolve(["a.example": .temporaryFailure("x"), "b.example": .noData(validity)])
        else {
            Issue.record("not temporary")
            return
        }
    }

    @Test("Nobody leads us to loopback, or to ourselves") func refused() throws {
        let loopback = Lookup.records([try ip("127.0.0.1"), try ip("::1")], validity)
        let good = Lookup.records([try ip("192.0.2.9")], validity)
        guard case .permanent = try resolve(["a.example": loopback, "b.example": .noData(validity)]) else {
            Issue.record("not permanent")
            return
        }
        guard
            case .permanent(let reply) = try resolve(
                ["a.example": good, "b.example": good], own: [try ip("192.0.2.9")])
        else {
            Issue.record("not permanent")
            return
        }
        #expect(reply.enhanced == EnhancedStatusCode(5, 4, 6))
    }

    @Test(
        "A-labels (RFC 3492, RFC 5891)",
        arguments: [
            ("bücher.example", "xn--bcher-kva.example"), ("例え.jp", "xn--r8jz45g.jp"),
            ("plain.example", "plain.example"),
            ("Faß.example", "xn--fa-hia.example"),
        ])
    func aLabels(name: String, ascii: String) throws {
        #expect(IDNA.ascii(try self.name(name)) == ascii)
    }
}
