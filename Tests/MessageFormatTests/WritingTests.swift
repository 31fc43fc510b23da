import MailTypes
import Testing

@testable import MessageFormat

@Suite struct WritingTests {
    private static let hostile = [
        "a\r\nBcc: x@evil.example", "a\nX: y", "a\rX: y", "a\0b", "a\u{2028}X: y", "a\u{85}b", "é\r\nX: y",
        "=?utf-8?Q?=0AX:_y?=",
        String(repeating: "word ", count: 400), String(repeating: "x", count: 3000), String(repeating: "ü", count: 700),
        "", " ",
        "\"quoted\\", "😀\r\n\r\nbody",
    ]

    @Test(arguments: hostile)
    func aValueIsOneField(_ value: String) throws {
        let address = try #require(EmailAddress("a@example.org"))
        var writer = HeaderWriter()
        writer.text("Subject", value)
        writer.mailbox("From", displayName: value, address)
        writer.structured("X-Note", value)
        let written = writer.bytes
        for line in string(written).split(separator: "\r\n", omittingEmptySubsequences: false) {
            #expect(line.utf8.count <= 998 && !line.utf8.contains { $0 < 0x20 || $0 == 0x7f || $0 >= 0x80 })
        }
        let header = MessageReader.read(written + mail("\nbody")).header
        #expect(header.fields.map { string($0.name) } == ["subject", "from", "x-note"])
        #expect(header.from.map(\.address) == [address])
    }

    @Test(arguments: [
        "Grüße aus Köln und noch viel mehr, was über eine Zeile hinausgeht 😀😀😀😀", "plain words", "=?x?= literal",
    ])
    func textComesBack(_ value: String) {
        var writer = HeaderWriter()
        writer.text("Subject", value)
        #expect(string(MessageReader.read(writer.bytes + mail("\n")).header.subject) == value)
        for line in string(writer.bytes).split(separator: "\r\n") { #expect(line.utf8.count <= 78) }
    }

    @Test func displayNamesComeBack() throws {
        let address = try #require(EmailAddress("a@example.org"))
        for name in ["Doe, Jane", "a \"b\" \\c", "Jörg <x@y>"] {
            var writer = HeaderWriter()
            writer.mailbox("From", displayName: name, address)
            #expect(MessageReader.read(writer.bytes + mail("\n")).header.from.map { string($0.displayName) } == [name])
        }
    }

    @Test(arguments: [
        "plain\n", "Grüße\ntrailing \n.\n=\n", String(repeating: "long line é ", count: 100) + "\n", "a\r\nb\r\n",
        "tab\there\n",
    ])
    func bodiesComeBack(_ text: String) {
        let body = BodyText(text)
        let encoded =
            mail("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: \(body.transferEncoding)\n\n")
            + body.bytes
        #expect(MessageReader.read(encoded).text == text.utf8.filter { $0 != 0x0d }.dropLast())
        #expect(body.bytes.allSatisfy { $0 < 0x80 })
        for line in string(body.bytes).split(separator: "\r\n") { #expect(line.utf8.count <= 200) }
    }

    private func notification(_ kind: DeliveryStatusNotification.Kind, _ returned: DeliveryStatusNotification.Returned)
        throws
        -> DeliveryStatusNotification
    {
        let code = try #require(ReplyCode(550))
        let now = Timestamp(seconds: 1_795_000_000)
        return DeliveryStatusNotification(
            kind: kind, id: SubmissionID(rawValue: 1 << 40),
            reportingMTA: try #require(DomainName("relay.example.net")),
            from: try #require(EmailAddress("postmaster@relay.example.net")),
            to: try #require(EmailAddress("jane@example.org")),
            now: now, arrival: now - .seconds(60), envelopeID: "id+3D1",
            recipients: [
                .init(
                    address: try #require(EmailAddress("b@example.net")), originalRecipient: "rfc822;B+2Bx@example.net",
                    status: EnhancedStatusCode(5, 1, 1), remoteMTA: "mx.example.net",
                    diagnostic: Reply(
                        code, EnhancedStatusCode(5, 1, 1), lines: ["no such user\r\nAction: delivered", "zwei ü"]),
                    retryUntil: now + .seconds(3600)),
                .init(address: try #require(EmailAddress("jörg@exämple.net")), status: EnhancedStatusCode(5, 4, 7)),
            ], returned: returned)
    }

    @Test func aFailureReport() throws {
        let report = try notification(.failed, .header(of: Fixtures.plain + mail("\nsecret body")))
        let bytes = report.write()
        #expect(bytes == report.write() && !report.needsEightBitMIME && bytes.allSatisfy { $0 < 0x80 })
        let text = string(bytes)
        let message = MessageReader.read(bytes)
        #expect(message.defects == [])
        #expect(
            message.parts.map { string($0.contentType) } == [
                "multipart/report", "text/plain", "message/delivery-status", "text/rfc822-headers",
            ])
        for line in [
            "Reporting-MTA: dns; relay.example.net", "Original-Envelope-Id: id=1",
            "Original-Recipient: rfc822;B+x@example.net",
            "Final-Recipient: rfc822; b@example.net", "Action: failed", "Status: 5.1.1",
            "Remote-MTA: dns; mx.example.net",
            "Final-Recipient: utf-8; j\\x{F6}rg@ex\\x{E4}mple.net", "Auto-Submitted: auto-replied",
        ] {
            #expect(text.contains("\r\n" + line + "\r\n"), "\(line)")
        }
        #expect(
            !text.contains("\nAction: delivered") && !text.contains("secret body") && !text.contains("Will-Retry-Until")
        )
        #expect(!text.contains("Hello, see"))
        #expect(text.contains("Message-ID: <1@example.org>"))
        #expect(string(message.text).contains("The server mx.example.net said: 550 5.1.1 no such user"))
    }

    @Test func aDelayTellsUntilWhen() throws {
        let text = string(try notification(.delayed, .header(of: [])).write())
        #expect(text.contains("Action: delayed\r\n") && text.contains("Will-Retry-Until: "))
    }

    @Test func theWholeMessageComesBackInsideABoundaryOfItsOwn() throws {
        let boundary = "--=_" + SubmissionID(rawValue: 1 << 40).description
        let original = mail("Subject: s\n\n\(boundary)--\nü end\n")
        let report = try notification(.delivered, .full(original))
        let message = MessageReader.read(report.write())
        #expect(
            report.needsEightBitMIME && string(message.header.first("content-transfer-encoding")?.value ?? []) == "8bit"
        )
        #expect(message.parts.map { string($0.contentType) }.suffix(2) == ["message/rfc822", "text/plain"])
        #expect(string(message.text).contains("ü end") && message.defects == [])
    }
}
