import MailTypes
import MessageFormat
import Testing

@testable import Notices

@Suite struct NoticeComposerTests {
    private func address(_ text: String) throws -> EmailAddress { try #require(EmailAddress(text)) }

    private func composer() throws -> NoticeComposer {
        NoticeComposer(
            from: try address("abuse@relay.example.net"), hostname: try #require(DomainName("relay.example.net")))
    }

    private func content(
        stage: NoticeContent.Stage = .stopped, name: String = "Acme Ltd", source: String = "account:acme/joe",
        evidence: [String] = ["38 messages of one campaign in 2 minutes to 37 new recipients"],
        value: String = "Your invoice",
        extract: String = "Dear user,\n\nclick http://evil.example/login or www.evil.example now.",
        base: String? = "https://sluice.example.net/"
    ) throws -> NoticeContent {
        NoticeContent(
            caseID: try #require(CaseID("case-7")), stage: stage, customerName: name,
            source: try #require(SourceID(source)),
            since: Timestamp(seconds: 1_795_000_000), now: Timestamp(seconds: 1_795_000_300),
            heldUntil: Timestamp(seconds: 1_795_432_000), counts: .init(delivered: 4, held: 31, refused: 12),
            evidence: evidence,
            samples: [
                .init(
                    id: SubmissionID(rawValue: 1 << 50),
                    fields: [.init(name: Array("Subject".utf8), value: Array(value.utf8))], extract: Array(extract.utf8)
                )
            ], baseURL: base)
    }

    private func string(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

    private func read(_ bytes: [UInt8]) -> (message: ParsedMessage, text: String, html: String) {
        let message = MessageReader.read(bytes)
        return (message, string(message.text), string(message.html))
    }

    @Test func whatTheCustomerReads() throws {
        let bytes = try composer().customerNotice(
            try content(), to: [try address("it@acme.example")], id: SubmissionID(rawValue: 1 << 41))
        let (message, text, html) = read(bytes)
        #expect(message.defects == [] && bytes.allSatisfy { $0 < 0x80 })
        #expect(string(message.header.subject) == "[case-7] account joe may not send for now")
        #expect(message.parts.map { string($0.contentType) } == ["multipart/alternative", "text/plain", "text/html"])
        for line in [
            "Who:         account joe", "Customer:    Acme Ltd", "Sent before: 4 messages", "Held:        31 messages",
            "Refused:     12 messages", "Case:        case-7",
            "- 38 messages of one campaign in 2 minutes to 37 new recipients",
            "https://sluice.example.net/cases/case-7",
            "[ ] 1. Change the password of joe now, from a computer that you trust.",
            "  | Subject: Your invoice", "  | click hxxp://evil[.]example/login or www[.]evil[.]example now.",
            "550 5.7.1",
        ] {
            #expect(text.contains(line), "\(line)\n\(text)")
        }
        #expect(html.contains("<a href=\"https://sluice.example.net/cases/case-7\">"))
        #expect(message.urls.map { string($0.url) } == ["https://sluice.example.net/cases/case-7"])
        #expect(!text.contains("sluice stop lift"))
    }

    @Test func whatTheOperatorReads() throws {
        let bytes = try composer().operatorNotice(
            try content(), to: [try address("noc@relay.example.net")], id: SubmissionID(rawValue: 1 << 41))
        let text = read(bytes).text
        #expect(text.contains("    sluice held list --case case-7\n"))
        #expect(text.contains("    sluice stop lift account:acme/joe\n"))
    }

    @Test(arguments: NoticeContent.Stage.allCases)
    func everyStageAndSource(_ stage: NoticeContent.Stage) throws {
        for source in ["account:acme/joe", "server:acme/192.0.2.1", "customer:acme", "campaign:acme/0000000000001"] {
            let bytes = try composer().customerNotice(
                try content(stage: stage, source: source), to: [try address("it@acme.example")],
                id: SubmissionID(rawValue: 1))
            let (message, text, _) = read(bytes)
            #expect(message.defects == [] && text.contains("case-7"))
            for line in text.split(separator: "\n") { #expect(line.count <= 210) }
        }
    }

    @Test func theSameInputGivesTheSameBytes() throws {
        let to = try address("it@acme.example")
        let (composer, content) = (try composer(), try content())
        #expect(
            composer.customerNotice(content, to: [to], id: SubmissionID(rawValue: 5))
                == composer.customerNotice(content, to: [to], id: SubmissionID(rawValue: 5)))
    }

    @Test(arguments: [
        "x\r\nBcc: victim@example.org\r\n\r\n", "<script>alert(1)</script>", "\u{1b}[2J\u{7}", "\u{202e}gnp.exe",
        "http://evil.example/",
        "\"><a href=http://evil.example>", "HTTPS://Evil.Example", "javascript:alert(1)", "=?utf-8?Q?=0D=0ABcc:_x?=",
        "evil.example\n.\nQUIT",
        "&lt;b&gt;", String(repeating: "A", count: 100_000), "ftp://evil.example/x", "a\0b", "\r", "--=_0000010000000",
    ])
    func hostileTextStaysText(_ hostile: String) throws {
        let hostileContent = try content(
            name: hostile, evidence: [hostile], value: hostile, extract: hostile,
            base: "https://sluice.example.net/" + hostile)
        for bytes in [
            try composer().customerNotice(
                hostileContent, to: [try address("it@acme.example")], id: SubmissionID(rawValue: 1 << 41)),
            try composer().operatorNotice(
                hostileContent, to: [try address("it@acme.example")], id: SubmissionID(rawValue: 1 << 41)),
        ] {
            let (message, text, html) = read(bytes)
            #expect(
                message.header.fields.map { string($0.name) } == [
                    "from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type",
                ])
            #expect(message.defects == [] && message.parts.count == 3 && bytes.count < 40_000)
            #expect(!html.contains("<script") && !html.contains("<a href=http:") && !html.contains("\"><a"))
            #expect(message.urls.allSatisfy { string($0.url).hasPrefix("https://sluice.example.net/") })
            for part in [text, html] {
                #expect(part.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202e || $0 == "\n" })
            }
        }
    }

    @Test func accountNamesAreNoCommands() throws {
        let text = read(
            try composer().operatorNotice(
                try content(source: "account:acme/x'; rm -rf / #"), to: [try address("a@example.org")],
                id: SubmissionID(rawValue: 1))
        ).text
        #expect(text.contains("sluice stop lift 'account:acme/x'\\''; rm -rf / #'"))
    }

    @Test func aDigest() throws {
        let entry = DigestContent.Entry(
            caseID: try #require(CaseID("case-9")), source: try #require(SourceID("server:acme/192.0.2.1")),
            stage: .held,
            since: Timestamp(seconds: 1_795_000_000), counts: .init(delivered: 1, held: 2, refused: 3))
        let digest = DigestContent(
            since: Timestamp(seconds: 1_794_900_000), now: Timestamp(seconds: 1_795_000_300),
            entries: Array(repeating: entry, count: 60), baseURL: "https://sluice.example.net")
        let (message, text, _) = read(
            try composer().digest(digest, to: [try address("a@example.org")], id: SubmissionID(rawValue: 1)))
        #expect(string(message.header.subject) == "[relay.example.net] 60 cases")
        #expect(text.contains("- case-9: server 192.0.2.1, held; since") && text.contains("… and 10 more."))
        #expect(text.replacing("\n ", with: "").contains("1 sent before, 2 held, 3 refused"))
    }

    @Test(arguments: [
        ("see https://a.example/x", "see hxxps://a[.]example/x"), ("a.b 3.50 x. .y", "a[.]b 3[.]50 x. .y"),
        ("joe@mail.example", "joe@mail[.]example"), ("192.0.2.1", "192[.]0[.]2[.]1"), ("ftp://x", "ftp[x]://x"),
    ])
    func defangs(_ text: String, _ expected: String) { #expect(SafeQuote.defanged(text) == expected) }
}
