package import MailTypes
import MessageFormat

/// A report about one sample to whoever is responsible for its source, in the Abuse Reporting Format (RFC 5965): for programs
/// that sort complaints. Recipients are redacted (RFC 6590): the report tells who sends, not who received.
package struct AbuseReport: Sendable {
    package var caseID: CaseID
    package var sample: NoticeContent.Sample
    package var arrival: Timestamp
    /// Where it was submitted from, if that is known.
    package var address: IPAddress?
    /// The customer's domain, if one is known.
    package var domain: DomainName?
    /// Messages of the incident so far.
    package var incidents: Int

    package init(
        caseID: CaseID, sample: NoticeContent.Sample, arrival: Timestamp, address: IPAddress?, domain: DomainName?,
        incidents: Int
    ) {
        self.caseID = caseID
        self.sample = sample
        self.arrival = arrival
        self.address = address
        self.domain = domain
        self.incidents = incidents
    }

    /// What stands instead of an address.
    static let redacted = "redacted"
    /// Fields that name the sender, which is what the report is about.
    private static let sender: Set<String> = ["from", "reply-to", "sender", "message-id"]
    /// Fields that are kept out of the report whole: they name recipients.
    private static let recipient: Set<String> = ["to", "cc", "bcc", "delivered-to", "x-original-to", "envelope-to"]

    /// The whole message, with CRLF line ends.
    package func message(
        from: EmailAddress, hostname: DomainName, to: [EmailAddress], id: SubmissionID, now: Timestamp
    ) -> [UInt8] {
        let text = BodyText(
            "This is a report about mail that was submitted to \(hostname) and looks like spam.\n"
                + "Case: \(caseID). Recipients are redacted.\n")
        let report = fields.map { "\($0.0): \($0.1)\r\n" }.joined()
        let original = Array(redactedSample.utf8)
        var parts = MultipartWriter(seed: id.description + "r", avoiding: [text.bytes, Array(report.utf8), original])
        parts.text("text/plain", text)
        parts.part(
            header: Array("Content-Type: message/feedback-report\r\n".utf8), body: Array(report.utf8))
        parts.part(header: Array("Content-Type: message/rfc822\r\n".utf8), body: original)
        parts.finish()
        var header = HeaderWriter()
        header.mailbox("From", displayName: "Sluice", from)
        header.mailboxes("To", to)
        header.text("Subject", "[\(caseID)] abuse report")
        header.structured("Date", now.rfc5322)
        header.structured("Message-ID", "<\(id).report@\(hostname)>")
        header.structured("Auto-Submitted", "auto-generated")
        header.structured("MIME-Version", "1.0")
        header.structured(
            "Content-Type", "multipart/report; report-type=feedback-report; boundary=\"\(parts.boundary)\"")
        return header.bytes + [0x0d, 0x0a] + parts.bytes
    }

    /// RFC 5965 §3.1 and §3.2.
    private var fields: [(String, String)] {
        var fields = [
            ("Feedback-Type", "abuse"), ("User-Agent", "Sluice/1"), ("Version", "1"),
            ("Arrival-Date", arrival.rfc5322), ("Incidents", "\(max(1, incidents))"),
        ]
        if let address { fields.append(("Source-IP", address.description)) }
        if let domain { fields.append(("Reported-Domain", domain.description)) }
        return fields
    }

    private var redactedSample: String {
        var lines: [String] = []
        for field in sample.fields {
            let name = SafeText.ascii(String(decoding: field.name, as: UTF8.self), limit: 60)
            let key = ASCII.lowercased(name)
            guard !Self.recipient.contains(key) else {
                lines.append("\(name): \(Self.redacted)")
                continue
            }
            let value = SafeText.ascii(String(decoding: field.value, as: UTF8.self), limit: 600)
            lines.append("\(name): " + (Self.sender.contains(key) ? value : Self.withoutAddresses(value)))
        }
        lines.append("")
        for line in sample.extract.split(separator: 0x0a).prefix(60) {
            lines.append(Self.withoutAddresses(SafeText.ascii(String(decoding: line, as: UTF8.self), limit: 600)))
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// Words with an @ in them, or one in the writing of links, are no one's business here.
    static func withoutAddresses(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            word.contains("@") || word.contains("%40") ? redacted : String(word)
        }.joined(separator: " ")
    }
}
