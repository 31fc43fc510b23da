import MailTypes
import Testing

@testable import Relay

@Suite struct MailExchangersTests {
    func choose(_ records: [(UInt16, String?)], own: [String] = []) throws -> MailExchangers.Choice {
        var random = SplitMix64(seed: 3)
        return MailExchangers.choose(
            try records.map { .init(preference: $0.0, host: try $0.1.map(domain)) }, domain: try domain("example.org"),
            own: Set(try own.map(domain)), using: &random)
    }

    @Test func bestPreferenceFirst() throws {
        #expect(
            try choose([(20, "b.example"), (10, "a.example"), (30, "c.example")])
                == .hosts([try domain("a.example"), try domain("b.example"), try domain("c.example")]))
    }

    @Test func noRecordMeansTheDomainItself() throws {
        #expect(try choose([]) == .hosts([try domain("example.org")]))
    }

    @Test func nullRecordMeansNever() throws {
        guard case .never(let reply) = try choose([(0, nil)]) else {
            Issue.record("a null MX was taken for a host")
            return
        }
        #expect(reply.enhanced == EnhancedStatusCode(5, 1, 10))
    }

    @Test func weStopBeforeOurselves() throws {
        #expect(
            try choose([(10, "a.example"), (20, "us.example"), (30, "c.example")], own: ["us.example"])
                == .hosts([try domain("a.example")]))
        guard case .never(let reply) = try choose([(10, "us.example"), (20, "c.example")], own: ["us.example"]) else {
            Issue.record("mail would run in a circle")
            return
        }
        #expect(reply.enhanced == EnhancedStatusCode(5, 4, 6))
    }

    @Test func familiesTakeTurns() throws {
        let (four, six) = (IPAddress.v4(0xc000_0201), IPAddress.v6(high: 0x2001_0db8_0000_0000, low: 1))
        let own = IPAddress.v4(0xc000_0202)
        let hosts = MailExchangers.connectable(
            [(try domain("a.example"), [four, own, six])], port: 25, ownAddresses: [own])
        #expect(hosts.map(\.address) == [six, four])
    }
}
