import MailTypes
import Posture
import Testing

@Suite struct ListingChecksTests {
    func findings(_ answer: ListingObservation.Answer, subject: String = "192.0.2.1", policy: Bool = true) throws
        -> [String]
    {
        let observation = ListingObservation(
            subject: try #require(ListingSubject(subject)), list: "zen", answer: answer, reasons: ["\u{1b}[31mwhy\n"],
            removal: "by the form", tellsPolicy: policy)
        let findings = ListingChecks.findings(ListingFacts(lists: [], observations: [observation]))
        #expect(!findings.contains { $0.evidence.joined().utf8.contains { $0 < 0x20 } })
        return findings.map { "\($0.check) \($0.result.word) \($0.result.severity?.description ?? "-")" }
    }

    @Test func tellPolicyFromSpam() throws {
        #expect(try findings(.notListed) == ["LST-02 pass -", "LST-03 pass -"])
        #expect(try findings(.listed([.init(.policy, "PBL")])) == ["LST-02 pass -", "LST-03 fail medium"])
        #expect(try findings(.listed([.init(.spam, "SBL")])) == ["LST-02 fail high", "LST-03 pass -"])
        let both = try findings(.listed([.init(.compromised, "XBL"), .init(.policy, "PBL")]))
        #expect(both == ["LST-02 fail high", "LST-03 fail medium"])
        #expect(try findings(.listed([.init(.policy, "x")]), policy: false) == ["LST-02 fail medium"])
        #expect(
            try findings(.listed([.init(.phishing, "x")]), subject: "d.example", policy: false) == ["LST-04 fail high"])
    }

    @Test func silenceIsNoPass() throws {
        #expect(try findings(.unknown("refused")) == ["LST-02 unknown -", "LST-03 unknown -"])
        let lists: [ListingFacts.List] = [
            .init(name: "a", test: .passed), .init(name: "b", test: .refused("127.255.255.254")),
            .init(name: "c", test: .unknown("timeout")),
        ]
        let found = ListingChecks.findings(ListingFacts(lists: lists, observations: []))
        #expect(found.map(\.result.word) == ["pass", "fail", "unknown"])
    }

    @Test func removalIsNeverToldBeforeTheCause() throws {
        let observation = ListingObservation(
            subject: try #require(ListingSubject("192.0.2.1")), list: "zen", answer: .listed([.init(.spam, "x")]),
            removal: "by the form")
        let evidence = ListingChecks.findings(ListingFacts(lists: [], observations: [observation]))[0].evidence
        #expect(evidence.contains("removal, once the cause is gone and proven so: by the form"))
    }
}
