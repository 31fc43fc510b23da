import MailTypes
import Posture
import Testing

@Suite struct DMARCTests {
    let domain: DomainName
    let parent: DomainName

    init() throws {
        domain = try #require(DomainName("sub.d.example"))
        parent = try #require(DomainName("d.example"))
    }

    func words(
        _ own: [String], parent texts: [String] = [], consents: [String: [String]] = [:]
    ) throws -> [String] {
        func answer(_ texts: [String]) -> DNSAnswer<[UInt8]> {
            if texts == ["TIMEOUT"] { return .failure("timeout") }
            return texts.isEmpty ? .none : .records(texts.map { Array($0.utf8) }, isSecure: false)
        }
        var facts = DomainFacts(domain: domain)
        facts.dmarc = [.init(domain: domain, texts: answer(own)), .init(domain: parent, texts: answer(texts))]
        for (name, texts) in consents { facts.reportConsents[try #require(DomainName(name))] = answer(texts) }
        return DMARCChecks.findings(facts).map { $0.result.severity?.description ?? $0.result.word }
    }

    @Test(arguments: [
        (["v=DMARC1; p=reject; rua=mailto:r@d.example"], ["pass", "pass"]),
        (["v=DMARC1;p=quarantine;rua=mailto:r@sub.d.example!10m,mailto:s@d.example"], ["pass", "pass"]),
        (["v=DMARC1; p=none; rua=mailto:r@d.example"], ["low", "pass"]),
        (["v=DMARC1; p=reject; pct=50; rua=mailto:r@d.example"], ["low", "pass"]),
        (["v=DMARC1; p=reject"], ["pass", "low"]), (["v=DMARC1; p=nonsense"], ["medium", "low"]),
        (["v=DMARC1; rua=mailto:r@d.example"], ["medium", "pass"]),
        (["v=DMARC1; p=reject; p=none; rua=mailto:r@d.example"], ["medium", "pass"]),
        (["v=DMARC1; p=reject; pct=101; rua=mailto:r@d.example"], ["medium", "pass"]),
        (["v=DMARC1; p=reject; rua=r@d.example"], ["medium", "low"]),
        (["v=DMARC1; p=reject", "v=DMARC1; p=none"], ["medium", "unknown"]),
        (["p=reject; v=DMARC1"], ["medium", "unknown"]), (["v=spf1 -all"], ["medium", "unknown"]),
        (["v=DMARC1"], ["medium", "low"]), ([], ["medium", "unknown"]), (["TIMEOUT"], ["unknown", "unknown"]),
    ]) func judges(texts: [String], expected: [String]) throws { #expect(try words(texts) == expected) }

    @Test func takesTheParents() throws {
        let rua = "; rua=mailto:r@d.example"
        #expect(try words([], parent: ["v=DMARC1; p=none; sp=reject" + rua]) == ["pass", "pass"])
        #expect(try words([], parent: ["v=DMARC1; p=reject; sp=none" + rua]) == ["low", "pass"])
        #expect(try words([], parent: ["TIMEOUT"]) == ["unknown", "unknown"])
        #expect(try words(["v=DMARC1; p=reject" + rua], parent: ["TIMEOUT"]) == ["pass", "pass"])
    }

    @Test(arguments: [
        (["v=DMARC1"], "pass"), ([], "low"), (["TIMEOUT"], "unknown"), (["v=spf1"], "low"),
    ]) func foreignReportsNeedConsent(texts: [String], expected: String) throws {
        let record = "v=DMARC1; p=reject; rua=mailto:r@reports.example"
        #expect(try words([record], consents: ["reports.example": texts])[1] == expected)
        #expect(try words([record])[1] == "unknown")
    }

    @Test func longRecordsAreNone() throws {
        let long = "v=DMARC1; p=reject; rua=mailto:r@d.example; x=" + String(repeating: "x", count: 60_000)
        #expect(try words([long]) == ["medium", "unknown"])
    }
}
