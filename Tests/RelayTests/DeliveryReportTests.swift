import MailTypes
import Testing

@testable import Relay

@Suite struct DeliveryReportTests {
    func write(
        _ kind: DeliveryEvent.ReportKind, head: String, reply: Reply, size: Int = 1000,
        returned: Envelope.ReturnContent? = nil, pool: EgressPool.Kind = .clean
    ) throws -> String {
        var original = try relayMessage(1, to: ["joe@b.example"])
        original.size = ByteCount(size)
        original.pool = pool
        original.envelope.returnContent = returned
        original.envelope.envelopeID = "QQ+2B314"
        original.envelope.recipients[0].originalRecipient = "rfc822;joe+40b.example"
        let request = ReportRequest(
            kind: kind, original: original,
            recipients: [
                .init(
                    recipient: original.envelope.recipients[0], reply: reply, remoteHost: "mx.b.example")
            ], head: Array(head.utf8), now: .start, reportID: SubmissionID(rawValue: 77),
            helo: try domain("gw.example.net"))
        return String(decoding: DeliveryReportWriter().write(request), as: UTF8.self)
    }

    @Test func tellsPeopleAndPrograms() throws {
        let text = try write(
            .failure, head: "From: ann@customer.example\r\nSubject: hi\r\n\r\nsecret body\r\n",
            reply: Reply(.mailboxUnavailable, .init(5, 1, 1), "no such user"))
        for expected in [
            "To: ann@customer.example\r\n", "Auto-Submitted: auto-replied\r\n", "Action: failed\r\n",
            "Status: 5.1.1\r\n", "Final-Recipient: rfc822; joe@b.example\r\n", "Original-Envelope-Id: QQ+314\r\n",
            "Original-Recipient: rfc822;joe@b.example\r\n", "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n",
            "Subject: hi\r\n",
        ] {
            #expect(text.contains(expected), "\(expected)")
        }
        #expect(!text.contains("secret body"))
        #expect(text.utf8.split(separator: 0x0a).allSatisfy { $0.last == 0x0d })
    }

    @Test func hostileTextStaysData() throws {
        let text = try write(
            .failure, head: "X: 1\r\n--=_00000000002dn_x\r\n",
            reply: Reply(.mailboxUnavailable, nil, "no\r\nStatus: 2.0.0\r\n\r\n--boundary"))
        #expect(!text.contains("\r\nStatus: 2.0.0"))
        #expect(text.contains("\r\nStatus: 5.0.0\r\n"))
    }

    @Test(arguments: [
        (Envelope.ReturnContent?.some(.full), EgressPool.Kind.clean, 0, true), (.full, .risky, 0, false),
        (.full, .clean, 1, false), (.headers, .clean, 0, false), (nil, .clean, 0, false),
    ])
    func wholeMessageComesBackWhereWishedSmallAndBeyondDoubt(
        wish: Envelope.ReturnContent?, pool: EgressPool.Kind, beyond: Int, isWhole: Bool
    ) throws {
        let head = "Subject: hi\r\n\r\nthe body\r\n"
        let text = try write(
            .failure, head: head, reply: Reply(.mailboxUnavailable, .init(5, 1, 1), "no such user"),
            size: head.utf8.count + beyond, returned: wish, pool: pool)
        #expect(text.contains("the body") == isWhole)
        #expect(text.contains("Content-Type: message/rfc822\r\n") == isWhole)
    }

    @Test func delayNamesItsEnd() throws {
        let text = try write(.delay, head: "", reply: Reply(.localError, .init(4, 4, 1), "connection refused"))
        #expect(text.contains("Action: delayed\r\nStatus: 4.4.1\r\n"))
        #expect(text.contains("Will-Retry-Until: "))
    }
}
