import MailTypes
import Posture
import Testing

@Suite struct HostChecksTests {
    /// PTR names, their addresses, HELO and its addresses, to the four results.
    struct Case: Sendable {
        var names: [String] = ["mail.d.org"]
        var forward: [String] = ["192.0.2.25"]
        var helo: String? = "mail.d.org"
        var heloAddresses: [String] = ["192.0.2.25"]
        var expected: [String]
    }

    func facts(_ test: Case) throws -> SendingHostFacts {
        func answer<Record>(_ texts: [String], _ read: (String) -> Record?) -> DNSAnswer<Record> {
            if texts == ["TIMEOUT"] { return .failure("timeout") }
            let found = texts.compactMap(read)
            return found.isEmpty ? .none : .records(found, isSecure: false)
        }
        let names = answer(test.names) { DomainName($0) }
        var facts = SendingHostFacts(
            address: try #require(IPAddress("192.0.2.25")), helo: test.helo, names: names,
            heloAddresses: answer(test.heloAddresses) { IPAddress($0) })
        for name in names.records { facts.forward[name] = answer(test.forward) { IPAddress($0) } }
        return facts
    }

    @Test(arguments: [
        Case(expected: ["pass", "pass", "pass", "pass"]),
        Case(names: [], expected: ["high", "unknown", "low", "unknown"]),
        Case(names: ["TIMEOUT"], expected: ["unknown", "unknown", "unknown", "unknown"]),
        Case(forward: ["192.0.2.26"], expected: ["pass", "high", "pass", "pass"]),
        Case(forward: [], expected: ["pass", "high", "pass", "pass"]),
        Case(forward: ["TIMEOUT"], expected: ["pass", "unknown", "pass", "pass"]),
        Case(helo: nil, expected: ["pass", "pass", "unknown", "pass"]),
        Case(helo: "localhost.localdomain", expected: ["pass", "pass", "high", "pass"]),
        Case(helo: "localhost", expected: ["pass", "pass", "high", "pass"]),
        Case(helo: "127.0.0.1", expected: ["pass", "pass", "high", "pass"]),
        Case(helo: "[192.0.2.25]", expected: ["pass", "pass", "high", "pass"]),
        Case(helo: "a b\r\n", expected: ["pass", "pass", "high", "pass"]),
        Case(helo: "mx.gmail.com", heloAddresses: ["203.0.113.1"], expected: ["pass", "pass", "high", "pass"]),
        Case(helo: "mx.d.net", heloAddresses: ["203.0.113.1"], expected: ["pass", "pass", "medium", "pass"]),
        Case(helo: "mx.d.net", heloAddresses: [], expected: ["pass", "pass", "medium", "pass"]),
        Case(helo: "mx.d.net", expected: ["pass", "pass", "low", "pass"]),
        Case(heloAddresses: ["TIMEOUT"], expected: ["pass", "pass", "unknown", "pass"]),
    ]) func judges(test: Case) throws {
        let findings = HostChecks.findings([try facts(test)], target: "h")
        #expect(findings.map { $0.result.severity?.description ?? $0.result.word } == test.expected, "\(findings)")
    }

    @Test(arguments: [
        ("mail.d.org", "192.0.2.25", false), ("192-0-2-25.isp.net", "192.0.2.25", true),
        ("25.2.0.192.isp.net", "192.0.2.25", true), ("host25.2.0.isp.net", "192.0.2.25", true),
        ("c0000219.isp.net", "192.0.2.25", true), ("ip192000002025.isp.net", "192.0.2.25", true),
        ("x.dsl.isp.net", "192.0.2.25", true), ("dyn-7.isp.net", "192.0.2.25", true),
        ("mx25.d.org", "192.0.2.25", false),
        ("dyn.com", "192.0.2.25", false), ("mail2.pool-supplies.com", "192.0.2.25", false),
        ("static.isp.net", "192.0.2.25", false), ("smtp.dynamic-systems.net", "192.0.2.25", false),
        ("20010db8000000000000000000000001.isp.net", "2001:db8::1", true), ("mail6.d.org", "2001:db8::1", false),
    ]) func tellsAGenericName(name: String, address: String, isGeneric: Bool) throws {
        let reason = GenericName.reason(try #require(DomainName(name)), try #require(IPAddress(address)))
        #expect((reason != nil) == isGeneric, "\(reason ?? "")")
    }

    @Test(arguments: ["10.0.0.1", "127.0.0.1", "fe80::1", "::1", "100.64.0.9"])
    func aPrivateAddressSaysNothing(text: String) throws {
        let facts = SendingHostFacts(
            address: try #require(IPAddress(text)), helo: "mail.d.org", names: .none, heloAddresses: DNSAnswer.none)
        #expect(HostChecks.findings([facts], target: "h").allSatisfy { $0.result.word == "unknown" })
    }

    @Test func needsAnAddress() {
        #expect(HostChecks.findings([], target: "h").map(\.result.word) == Array(repeating: "unknown", count: 4))
    }
}
