import MailTypes
import Posture
import Testing

@Suite struct ExchangeTests {
    func facts(_ hosts: [String: [String]], own: [String] = [], alias: Set<String> = [], null: Bool = false) throws
        -> DomainFacts
    {
        func answer(_ texts: [String]) -> DNSAnswer<IPAddress> {
            if texts == ["TIMEOUT"] { return .failure("timeout") }
            return texts.isEmpty ? .none : .records(texts.compactMap { IPAddress($0) }, isSecure: false)
        }
        var facts = DomainFacts(domain: try #require(DomainName("d.example")))
        var records = hosts.keys.sorted().map { DomainFacts.Exchange(preference: 10, host: DomainName($0)) }
        if null { records.append(.init(preference: 0, host: nil)) }
        facts.exchanges = records.isEmpty ? .none : .records(records, isSecure: false)
        facts.addresses = answer(own)
        for (name, texts) in hosts {
            let host = try #require(DomainName(name))
            facts.hosts[host] = .init(
                addresses: answer(texts), alias: alias.contains(name) ? .records([host], isSecure: false) : .none,
                tlsa: .none)
        }
        return facts
    }

    func word(_ facts: DomainFacts) -> String {
        let result = ExchangeChecks.finding(facts).result
        return result.severity?.description ?? result.word
    }

    @Test func judges() throws {
        #expect(word(try facts(["mx.d.example": ["192.0.2.1", "2001:db8::1"]])) == "pass")
        #expect(word(try facts(["mx.d.example": []])) == "high")
        #expect(word(try facts(["a.d.example": [], "b.d.example": ["192.0.2.1"]])) == "medium")
        #expect(word(try facts(["mx.d.example": ["10.0.0.1"]])) == "high")
        #expect(word(try facts(["mx.d.example": ["::1"]])) == "high")
        #expect(word(try facts(["192.0.2.1": ["192.0.2.1"]])) == "high")
        #expect(word(try facts(["mx.d.example": ["192.0.2.1"]], alias: ["mx.d.example"])) == "medium")
        #expect(word(try facts(["mx.d.example": ["TIMEOUT"]])) == "unknown")
        #expect(word(try facts(["mx.d.example": ["192.0.2.1"]], null: true)) == "medium")
        #expect(word(try facts([:], null: true)) == "medium")
        var idle = try facts([:], null: true)
        idle.isSending = false
        #expect(word(idle) == "pass")
        #expect(word(try facts([:], own: ["192.0.2.1"])) == "pass")
        #expect(word(try facts([:], own: ["127.0.0.1"])) == "medium")
        #expect(word(try facts([:])) == "high")
        #expect(word(try facts([:], own: ["TIMEOUT"])) == "unknown")
        #expect(word(DomainFacts(domain: try #require(DomainName("d.example")))) == "unknown")
    }
}
