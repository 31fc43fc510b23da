import MailTypes
import MessageFormat
import Testing

@testable import Notices

struct NoticeTemplateTests {
    @Test func germanHasItsOwnWordsForEveryKey() throws {
        for (english, german) in [
            ("title.stopped", "darf zurzeit nicht senden"), ("happened.relapsed", "erneut"),
            ("steps.account", "Passwort"),
        ] {
            #expect(NoticeTemplate.english.text(english) != NoticeTemplate.german.text(english))
            #expect(NoticeTemplate.german.text(english).contains(german) || english == "happened.relapsed")
        }
        for stage in NoticeContent.Stage.allCases {
            for key in ["title", "happened", "stage"] {
                let name = "\(key).\(stage.rawValue)"
                #expect(!NoticeTemplate.english.text(name).isEmpty, "\(name)")
                #expect(NoticeTemplate.english.text(name) != NoticeTemplate.german.text(name), "\(name)")
            }
        }
        #expect(
            NoticeTemplate.german.lines("steps.account").count == NoticeTemplate.english.lines("steps.account").count)
    }

    @Test func ownWordsTakeTheirPlace() throws {
        let own = try NoticeTemplate(
            "# ours\n[title.stopped]\nStop: {source}\n\n[sender]\nExample Hosting\n", over: .english)
        #expect(own.text("title.stopped", ["source": "{source} x"]) == "Stop: {source} x")
        #expect(own.text("title.held") == NoticeTemplate.english.text("title.held"))
        #expect(own.code == "en")
    }

    @Test(arguments: [
        ("[title.stoped]\nx\n", 1), ("[title.stopped]\n{sauce}\n", 1), ("x\n[title.stopped]\n", 1),
        ("\n[html]\n<p>{body}</p>\n", 2),
    ]) func slipsAreFound(text: String, line: Int) {
        let problem = #expect(throws: NoticeTemplate.Problem.self) { try NoticeTemplate(text, over: .english) }
        #expect(problem?.line == line)
    }

    @Test func aGermanLetterIsReadable() throws {
        let composer = NoticeComposer(
            from: try #require(EmailAddress("abuse@relay.example.net")),
            hostname: try #require(DomainName("relay.example.net")), template: .german)
        var content = NoticeContent(
            caseID: CaseID(rawValue: 7), stage: .stopped, customerName: "<b>Acme</b>",
            source: try #require(SourceID("account:acme/joe")), since: Timestamp(seconds: 1_795_000_000),
            now: Timestamp(seconds: 1_795_000_300), counts: .init(delivered: 1, held: 2, refused: 3),
            baseURL: "https://sluice.example.net")
        content.privateURL = "https://sluice.example.net/cases/case-7/abc_DEF-123"
        content.checks = ["The queue is empty.", "<script>"]
        let bytes = composer.customerNotice(
            content, to: [try #require(EmailAddress("it@acme.example"))], id: SubmissionID(rawValue: 1))
        let message = MessageReader.read(bytes)
        #expect(message.defects == [])
        let (text, html) = (
            String(decoding: message.text, as: UTF8.self), String(decoding: message.html, as: UTF8.self)
        )
        #expect(text.contains("Konto joe darf zurzeit nicht senden") && text.contains("Zurückgehalten"))
        #expect(text.contains("https://sluice.example.net/cases/case-7/abc_DEF-123"))
        #expect(html.contains("<html lang=\"de\">") && html.contains("&lt;script&gt;") && !html.contains("<b>Acme"))
    }

    @Test func reportsForProgramsNameNoRecipient() throws {
        let report = AbuseReport(
            caseID: CaseID(rawValue: 7),
            sample: .init(
                id: SubmissionID(rawValue: 1),
                fields: [
                    .init(name: Array("From".utf8), value: Array("joe@acme.example".utf8)),
                    .init(name: Array("To".utf8), value: Array("victim@elsewhere.example".utf8)),
                    .init(name: Array("Subject".utf8), value: Array("for victim@elsewhere.example\r\nBcc: x@y".utf8)),
                ], extract: Array("Dear victim@elsewhere.example,\npay now".utf8)),
            arrival: Timestamp(seconds: 1_795_000_000), address: IPAddress("192.0.2.1"),
            domain: DomainName("acme.example"),
            incidents: 12)
        let bytes = report.message(
            from: try #require(EmailAddress("abuse@relay.example.net")),
            hostname: try #require(DomainName("relay.example.net")),
            to: [try #require(EmailAddress("abuse@acme.example"))], id: SubmissionID(rawValue: 9),
            now: Timestamp(seconds: 1_795_000_300))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("victim") && text.contains("joe@acme.example"))
        for line in [
            "report-type=feedback-report", "Content-Type: message/feedback-report\r\n", "Feedback-Type: abuse\r\n",
            "Version: 1\r\n", "Source-IP: 192.0.2.1\r\n", "Reported-Domain: acme.example\r\n", "Incidents: 12\r\n",
            "To: redacted\r\n",
        ] {
            #expect(text.contains(line), "\(line)\n\(text)")
        }
        #expect(!text.contains("\r\nBcc:"))
        #expect(MessageReader.read(bytes).defects == [])
        // Whoever gets it reads it as we read theirs.
        let read = try #require(FeedbackReader.read(bytes, referenceField: "from"))
        #expect(read.kind == .complaint(.abuse) && read.reporter == DomainName("relay.example.net"))
        #expect(read.references == ["joe@acme.example"])
        #expect(read.original?.isEmpty == false)
    }

    /// Addresses in links are hidden, too.
    @Test(arguments: ["joe@x.example", "https://shop.example/?u=joe%40x.example", "<joe@x.example>,"])
    func wordsWithAddressesAreRedacted(word: String) {
        #expect(AbuseReport.withoutAddresses("see \(word) now") == "see redacted now")
    }

    @Test func hooksGetOneObject() throws {
        let content = NoticeContent(
            caseID: CaseID(rawValue: 7), stage: .held, customerName: "x",
            source: try #require(SourceID("account:acme/jo\"e\\")), since: Timestamp(seconds: 0),
            now: Timestamp(seconds: 1), counts: .init(delivered: 1, held: 2, refused: 3), evidence: ["a \"b\"\n"])
        let text = String(
            decoding: WebhookContent.json(
                content, customer: try #require(CustomerID("acme")), audience: "operator", id: "s1"),
            as: UTF8.self)
        #expect(text.hasPrefix("{\"version\":1,\"id\":\"s1\"") && text.contains("account:acme/jo\\\"e\\\\"))
        #expect(text.contains("\"evidence\":[\"a \\\"b\\\"") && !text.contains("\n"))
    }
}
