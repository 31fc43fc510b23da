import MailTypes
import Testing

@testable import MessageFormat

struct FeedbackTests {
    private static let original = """
        Received: from x by y; Mon, 5 Jan 2026 10:00:00 +0000
        X-Ref: topmost
        X-Ref: older
        Message-ID: <1@acme.example>
        Subject: Buy

        Buy now
        """

    private static func report(
        _ parts: [(type: String, body: String)], kind: String = "report; report-type=feedback-report",
        extra: String = ""
    ) -> [UInt8] {
        var text = "From: Feedback <fbl@big.example>\r\nSubject: FW: Buy\r\nMIME-Version: 1.0\r\n\(extra)"
        text += "Content-Type: multipart/\(kind); boundary=\"b 1\"\r\n\r\npreamble\r\n"
        for part in parts { text += "--b 1\r\nContent-Type: \(part.type)\r\n\r\n\(part.body)\r\n" }
        return Array((text + "--b 1--\r\n").utf8)
    }

    private static func read(_ bytes: [UInt8]) -> FeedbackReport? {
        FeedbackReader.read(bytes, referenceField: "x-ref")
    }

    @Test(arguments: [
        ("abuse", FeedbackReport.Complaint.abuse, true), ("ABUSE", .abuse, true), ("fraud", .fraud, true),
        ("virus", .virus, true), ("not-spam", .notSpam, false), ("opt-out-list", .optOut, false),
        ("auth-failure", .authenticationFailure, false), ("something-new", .other, true), ("abuse; x=1", .abuse, true),
    ])
    func complaintsAreRead(type: String, complaint: FeedbackReport.Complaint, isComplaint: Bool) throws {
        let report = try #require(
            Self.read(
                Self.report([
                    ("text/plain", "This is an abuse report"),
                    ("message/feedback-report", "Feedback-Type: \(type)\r\nUser-Agent: X/1\r\nVersion: 1\r\n"),
                    ("message/rfc822", Self.original),
                ])))
        #expect(report.kind == .complaint(complaint))
        #expect(complaint.isComplaint == isComplaint)
        #expect(report.reporter == DomainName("big.example"))
        #expect(report.references == ["topmost", "older"])
        #expect(report.messageID == Array("1@acme.example".utf8))
        #expect(report.original?.isEmpty == false)
    }

    @Test func onlyTheHeaderMayComeBack() throws {
        let report = try #require(
            Self.read(
                Self.report([
                    ("message/feedback-report", "Feedback-Type: abuse\r\n"), ("text/rfc822-headers", Self.original),
                ])))
        #expect(report.references.first == "topmost")
        #expect(report.original == nil)
    }

    @Test func partsMayBeEncoded() throws {
        let encoded = "RmVlZGJhY2stVHlwZTogYWJ1c2UK"
        let report = try #require(
            Self.read(
                Self.report([
                    ("message/feedback-report\r\nContent-Transfer-Encoding: base64", encoded),
                    ("message/rfc822\r\nContent-Transfer-Encoding: quoted-printable", "X-Ref: a=3Db\r\n\r\nx"),
                ])))
        #expect(report.kind == .complaint(.abuse))
        #expect(report.references == ["a=b"])
    }

    @Test func microsoftsFormHasNoReportPart() throws {
        let body = "X-HmXmrOriginalRecipient: a@hotmail.com\r\n" + Self.original
        let report = try #require(Self.read(Self.report([("message/rfc822", body)], kind: "mixed")))
        #expect(report.kind == .complaint(.abuse) && report.references.first == "topmost")
        // The same without the mark is somebody's forwarded mail.
        #expect(Self.read(Self.report([("message/rfc822", Self.original)], kind: "mixed")) == nil)
    }

    @Test func deliveryReportsNameTheirRecipients() throws {
        let status = """
            Reporting-MTA: dns; mx.big.example

            Final-Recipient: rfc822; a@big.example
            Action: failed
            Status: 5.1.1 (no such user)

            Final-Recipient: rfc822; b@big.example
            Action: Delayed
            Status: 4.2.2

            Final-Recipient: rfc822; c@big.example
            Action: failed
            Status: nonsense

            Action: made-up
            """
        let report = try #require(
            Self.read(
                Self.report(
                    [("text/plain", "Sorry"), ("message/delivery-status", status), ("message/rfc822", Self.original)],
                    kind: "report; report-type=delivery-status")))
        #expect(
            report.kind
                == .delivery([
                    .init(action: .failed, status: EnhancedStatusCode(5, 1, 1)),
                    .init(action: .delayed, status: EnhancedStatusCode(4, 2, 2)), .init(action: .failed, status: nil),
                ]))
    }

    @Test func ourOwnReportsCanBeRead() throws {
        // Whatever the writer of this module makes, its reader understands.
        let status =
            "Reporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: rfc822;a@b.example\r\nAction: failed\r\nStatus: 5.7.1\r\n"
        let report = try #require(
            Self.read(Self.report([("message/delivery-status", status)], kind: "report; report-type=delivery-status")))
        #expect(report.kind == .delivery([.init(action: .failed, status: EnhancedStatusCode(5, 7, 1))]))
        #expect(report.references.isEmpty)
    }

    @Test(arguments: [
        "", "\r\n", "From: a@b.example\r\n\r\nhello", "Content-Type: multipart/report\r\n\r\n--\r\n",
        "Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n",
        "Content-Type: message/rfc822\r\n\r\nX-Ref: a\r\n\r\n",
    ])
    func whatIsNoReportIsNone(text: String) { #expect(Self.read(Array(text.utf8)) == nil) }

    @Test func hostileReportsEnd() {
        // Nested without end, a million parts, fields and lines without end: bounded, and linear.
        var nested = ""
        for level in 0..<200 { nested += "Content-Type: multipart/mixed; boundary=b\(level)\r\n\r\n--b\(level)\r\n" }
        #expect(Self.read(Array(nested.utf8)) == nil)
        let parts =
            [UInt8](repeating: 0, count: 0) + Array("Content-Type: multipart/report; boundary=x\r\n\r\n".utf8)
            + Array(repeating: Array("--x\r\n\r\n".utf8), count: 50_000).joined()
        #expect(Self.read(parts) == nil)
        let long =
            Array(
                "Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n"
                    .utf8)
            + Array(repeating: Array("Action: failed\r\nStatus: 5.1.1\r\n\r\n".utf8), count: 20_000).joined()
        guard case .delivery(let recipients)? = Self.read(long)?.kind else {
            Issue.record("not read")
            return
        }
        #expect(recipients.count == FeedbackReport.recipientLimit)
        #expect(Self.read([UInt8](repeating: 0x41, count: 1 << 20)) == nil)
    }

    @Test func everyCutOfAReportIsSafe() {
        let whole = Self.report([
            ("message/feedback-report", "Feedback-Type: abuse\r\n"), ("message/rfc822", Self.original),
        ])
        for count in 0..<whole.count { _ = Self.read(Array(whole.prefix(count))) }
    }
}
