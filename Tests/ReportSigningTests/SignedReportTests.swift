import FirewallModel
import MailTypes
import ReportSigning
import Testing

@Suite struct SignedReportTests {
    static let token = Array("case-token-of-the-test".utf8)

    static let report = SignedReport(
        producer: "sluice 1", host: "mail.test", time: "2026-11-25T14:00:00Z",
        nonce: "00112233445566778899aabbccddeeff", caseID: "C-17", origin: "host",
        items: [
            .init(check: "FW-01", target: "mail.test", result: "pass", evidence: []),
            .init(check: "ACC-01", target: "été \"x\"\n\u{1}", result: "fail", evidence: ["line 3: Gast", "ゲスト"]),
        ])

    @Test func readsBackWhatItSigned() throws {
        let text = Self.report.signed(token: Self.token)
        #expect(try SignedReport.verify(Array(text.utf8), token: Self.token) == Self.report)
    }

    @Test func isCanonical() {
        // Made by hand from RFC 8785, for one finding.
        var report = Self.report
        report.items = [.init(check: "FW-01", target: "é\n\u{1}", result: "pass", evidence: ["a\"b"])]
        let text = report.signed(token: Self.token)
        let expected =
            #"{"report":{"case":"C-17","findings":[{"evidence":["a\"b"],"id":"FW-01","result":"pass","target":"é\n\u0001"}],"#
            + #""host":"mail.test","nonce":"00112233445566778899aabbccddeeff","origin":"host","producer":"sluice 1","#
            + #""time":"2026-11-25T14:00:00Z","version":1},"signature":{"algorithm":"HMAC-SHA256","value":""#
        #expect(text.hasPrefix(expected))
    }

    @Test func survivesReformatting() throws {
        let text = Self.report.signed(token: Self.token).replacing(",\"", with: ",\n   \"").replacing(
            "été", with: "\\u00e9t\\u00E9")
        #expect(try SignedReport.verify(Array(text.utf8), token: Self.token) == Self.report)
    }

    @Test(arguments: [
        ("\"fail\"", "\"pass\""), ("FW-01", "FW-02"), ("mail.test", "mail.best"), ("C-17", "C-18"),
        ("00112233", "00112234"),
        ("\"pass\"", "\"waived\""), ("14:00", "15:00"), ("\"host\":", "\"host\":\"x\",\"hostt\":"),
    ])
    func seesEveryChange(old: String, new: String) throws {
        let text = Self.report.signed(token: Self.token).replacing(old, with: new)
        #expect { try SignedReport.verify(Array(text.utf8), token: Self.token) } throws: {
            ($0 as? SignedReportError)?.code == .signature
        }
    }

    @Test func needsTheToken() {
        let text = Self.report.signed(token: Self.token)
        #expect(throws: SignedReportError.self) {
            try SignedReport.verify(Array(text.utf8), token: Array("other".utf8))
        }
        #expect(throws: SignedReportError.self) { try SignedReport.verify(Array(text.utf8), token: []) }
    }

    @Test func refusesWhatIsNone() throws {
        let whole = Array(Self.report.signed(token: Self.token).utf8)
        for length in 0..<(whole.count - 1) {
            #expect(throws: SignedReportError.self) {
                try SignedReport.verify(Array(whole[..<length]), token: Self.token)
            }
        }
        for text in [
            "[]", "{}", "null", #"{"report":{},"signature":{"algorithm":"none","value":""}}"#,
            #"{"report":{"a":1,"a":2},"signature":{"algorithm":"HMAC-SHA256","value":""}}"#,
            #"{"report":{"a":1.5},"signature":{"algorithm":"HMAC-SHA256","value":""}}"#,
            #"{"report":{"a":null},"signature":{"algorithm":"HMAC-SHA256","value":"zz"}}"#, "\u{feff}",
            "{\"report\":\"\\ud800\"}",
        ] {
            #expect(throws: SignedReportError.self) { try SignedReport.verify(Array(text.utf8), token: Self.token) }
        }
        #expect(throws: SignedReportError.self) { try SignedReport.verify([0xff, 0x22], token: Self.token) }
        let huge = [UInt8](repeating: 0x20, count: SignedReport.maximumSize.bytes + 1)
        #expect { try SignedReport.verify(huge, token: Self.token) } throws: {
            ($0 as? SignedReportError)?.code == .size
        }
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: SignedReportError.self) { try SignedReport.verify(deep, token: Self.token) }
    }
}
