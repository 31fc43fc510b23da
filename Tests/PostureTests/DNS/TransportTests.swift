import MailTypes
import Posture
import Testing

@Suite struct TransportTests {
    let mx: DomainName
    init() throws { mx = try #require(DomainName("mx.d.example")) }

    func facts(
        sts: [String] = [], policy: DomainFacts.Policy = .notAsked("give --online"), reports: [String] = [],
        tlsa: [[UInt8]] = [], isSecure: Bool = true, isValidating: Bool = true,
        presented: DomainFacts.Presented = .chain([certificate])
    ) throws -> DomainFacts {
        func answer(_ texts: [String]) -> DNSAnswer<[UInt8]> {
            if texts == ["TIMEOUT"] { return .failure("timeout") }
            return texts.isEmpty ? .none : .records(texts.map { Array($0.utf8) }, isSecure: false)
        }
        var facts = DomainFacts(domain: try #require(DomainName("d.example")))
        facts.exchanges = .records([.init(preference: 10, host: mx)], isSecure: isSecure)
        facts.hosts[mx] = .init(
            addresses: .records([.v4(0xc000_0201)], isSecure: isSecure), alias: .none,
            tlsa: tlsa.isEmpty ? .none : .records(tlsa, isSecure: isSecure))
        facts.hosts[mx]?.presented = presented
        facts.mtaSTS = answer(sts)
        facts.mtaSTSPolicy = policy
        facts.tlsReports = answer(reports)
        facts.isValidating = isValidating
        return facts
    }

    /// MTA-STS, TLS-RPT, DANE.
    func words(_ facts: DomainFacts) -> [String] {
        TransportChecks.findings(facts).map { $0.result.severity?.description ?? $0.result.word }
    }

    static let digest = [UInt8](repeating: 7, count: 32)
    static let other = [UInt8](repeating: 8, count: 32)
    static let certificate = PresentedCertificate(
        certificate: [[1, 2, 3], digest, digest + digest], key: [[4, 5, 6], digest, digest + digest])
    static let issuer = PresentedCertificate(
        certificate: [[7], other, other + other], key: [[8], other, other + other])
    static let sts = ["v=STSv1; id=20260101T000000;"]
    static let tls = ["v=TLSRPTv1; rua=mailto:t@d.example"]

    static func policy(_ mode: String, _ mx: String, age: String = "604800") -> DomainFacts.Policy {
        .fetched(Array("version: STSv1\r\nmode: \(mode)\r\nmx: \(mx)\r\nmax_age: \(age)\r\n".utf8))
    }

    @Test func judgesMTASTS() throws {
        func word(_ policy: DomainFacts.Policy) throws -> String {
            words(try facts(sts: Self.sts, policy: policy, reports: Self.tls))[0]
        }
        #expect(try word(.notAsked("give --online")) == "unknown")
        #expect(try word(.failure("timeout")) == "unknown")
        #expect(try word(.wrong("404")) == "medium")
        #expect(try word(Self.policy("enforce", "mx.d.example")) == "pass")
        #expect(try word(Self.policy("enforce", "*.d.example")) == "pass")
        #expect(try word(Self.policy("enforce", "*.example")) == "high")
        #expect(try word(Self.policy("testing", "other.example")) == "medium")
        #expect(try word(Self.policy("testing", "mx.d.example")) == "low")
        #expect(try word(Self.policy("none", "mx.d.example")) == "low")
        #expect(try word(Self.policy("enforce", "mx.d.example", age: "60")) == "low")
        #expect(try word(Self.policy("enforce", "mx.d.example", age: "-1")) == "medium")
        #expect(try word(Self.policy("strict", "mx.d.example")) == "medium")
        #expect(try word(.fetched([])) == "medium")
        #expect(try word(.fetched([0xff, 0xfe])) == "medium")
        #expect(try word(.fetched(Array(repeating: 0x61, count: 70_000))) == "medium")
        #expect(words(try facts(sts: ["v=STSv1; id=;"]))[0] == "medium")
        #expect(words(try facts(sts: ["v=STSv1; id=a", "v=STSv1; id=b"]))[0] == "medium")
        #expect(words(try facts(sts: ["TIMEOUT"]))[0] == "unknown")
    }

    @Test func oneOfBothSuffices() throws {
        #expect(words(try facts()) == ["low", "pass", "pass"])
        #expect(words(try facts(reports: Self.tls, tlsa: [[3, 1, 1] + Self.digest])) == ["pass", "pass", "pass"])
        #expect(words(try facts(tlsa: [[3, 1, 1] + Self.digest])) == ["pass", "low", "pass"])
        let uncompared = try facts(tlsa: [[3, 1, 1] + Self.digest], presented: .notAsked("give --online"))
        #expect(words(uncompared) == ["unknown", "low", "unknown"])
        #expect(words(try facts(tlsa: [[3, 1, 1] + Self.other])) == ["low", "low", "high"])
        #expect(
            words(try facts(sts: Self.sts, reports: ["v=TLSRPTv1; rua=t@d.example"])) == ["unknown", "low", "pass"])
        #expect(words(try facts(reports: ["TIMEOUT"]))[1] == "unknown")
    }

    @Test(arguments: [
        ([3, 1, 1] + digest, true, true, "pass"), ([2, 0, 1] + digest, true, true, "pass"),
        ([3, 1, 1] + digest, false, true, "medium"), ([3, 1, 1] + digest, false, false, "unknown"),
        ([1, 1, 1] + digest, true, true, "medium"), ([3, 1, 2] + digest, true, true, "medium"),
        ([3, 1, 9] + digest, true, true, "medium"), ([3, 1], true, true, "medium"),
    ]) func judgesDANE(record: [UInt8], isSecure: Bool, isValidating: Bool, expected: String) throws {
        let facts = try facts(tlsa: [record], isSecure: isSecure, isValidating: isValidating)
        #expect(words(facts)[2] == expected)
    }

    @Test(arguments: [
        ([[3, 1, 1] + digest], DomainFacts.Presented.chain([certificate]), "pass"),
        ([[3, 1, 2] + digest + digest], .chain([certificate]), "pass"),
        ([[3, 0, 0, 1, 2, 3]], .chain([certificate]), "pass"),
        ([[3, 1, 0, 4, 5, 6]], .chain([certificate]), "pass"), ([[3, 1, 1] + other], .chain([certificate]), "high"),
        // The next certificate's record stands beside the present one's.
        ([[3, 1, 1] + other, [3, 1, 1] + digest], .chain([certificate]), "pass"),
        ([[2, 0, 1] + other], .chain([certificate, issuer]), "pass"),
        ([[2, 0, 1] + other], .chain([certificate]), "high"),
        // DANE-EE is the host's own, not its issuer's.
        ([[3, 0, 1] + other], .chain([certificate, issuer]), "high"), ([[3, 1, 1] + digest], .chain([]), "high"),
        ([[3, 1, 1] + digest], .none("STARTTLS is not offered"), "high"),
        ([[3, 1, 1] + digest], .failure("timeout"), "unknown"), ([[3, 1, 1] + digest], .notAsked("x"), "unknown"),
        ([[1, 1, 1] + digest, [3, 1, 1] + digest], .chain([certificate]), "medium"),
    ]) func comparesDANE(records: [[UInt8]], presented: DomainFacts.Presented, expected: String) throws {
        #expect(words(try facts(tlsa: records, presented: presented))[2] == expected)
    }
}
