import MailTypes

/// Writes delivery status notifications: `multipart/report` with a part for people, one for programs, and the original's
/// header (RFC 3462, RFC 3464).
///
/// What came from outside (replies, ENVID, ORCPT, the header) is data: it is made printable and cannot begin a field or a
/// part of its own. Only the header of the original is given back, also where RET=FULL was asked (RFC 3461 §4.3 lets us):
/// a bounce must not carry the spam to a forged sender.
package struct DeliveryReportWriter: ReportWriter {
    /// Of the original's header, so much is given back.
    private static let headerLimit = 16_384

    package init() {}

    package func write(_ request: ReportRequest) -> [UInt8] {
        let boundary = "=_\(request.reportID)_\(request.original.id)"
        let helo = request.helo.description
        var text = ""
        func line(_ content: String = "") { text += content + "\r\n" }

        line("From: Mail Delivery System <postmaster@\(helo)>")
        line("To: <\(request.original.envelope.sender)>")
        line("Subject: \(subject(request.kind))")
        line("Date: \(request.now.rfc5322)")
        line("Message-ID: <\(request.reportID)@\(helo)>")
        // RFC 3834 §5: no auto-responder may answer.
        line("Auto-Submitted: auto-replied")
        line("MIME-Version: 1.0")
        line("Content-Type: multipart/report; report-type=delivery-status;")
        line(" boundary=\"\(boundary)\"")
        line()
        line("--\(boundary)")
        line("Content-Type: text/plain; charset=utf-8")
        line("Content-Transfer-Encoding: 8bit")
        line()
        people(request, line)
        line()
        line("--\(boundary)")
        line("Content-Type: message/delivery-status")
        line()
        programs(request, line)
        line("--\(boundary)")
        line("Content-Type: text/rfc822-headers")
        line("Content-Transfer-Encoding: 8bit")
        line()
        var bytes = Array(text.utf8)
        bytes += Self.header(request.head, not: "--" + boundary)
        bytes += Array("\r\n--\(boundary)--\r\n".utf8)
        return bytes
    }

    private func subject(_ kind: DeliveryEvent.ReportKind) -> String {
        switch kind {
        case .failure: "Undelivered mail"
        case .delay: "Mail delayed, still trying"
        case .success: "Mail delivered"
        }
    }

    private func people(_ request: ReportRequest, _ line: (String) -> Void) {
        let received = request.original.received.rfc5322
        line("This is the mail system at \(request.helo).")
        line("")
        switch request.kind {
        case .failure:
            line("Your message of \(received)")
            line("could not be delivered to:")
        case .delay:
            line("Your message of \(received)")
            line("has not been delivered yet. You need not send it again: we try on until")
            line("\(request.original.expires.rfc5322). It waits for:")
        case .success:
            line("Your message of \(received)")
            line("was delivered to a mail system that sends no such notices itself, for:")
        }
        for entry in request.recipients {
            line("")
            line("<\(entry.recipient.address)>")
            // RFC 5322 §2.1.1: lines of at most 998 octets.
            line("    \(SafeText.printable(entry.reply.description, limit: 240))")
        }
    }

    private func programs(_ request: ReportRequest, _ line: (String) -> Void) {
        line("Reporting-MTA: dns; \(request.helo)")
        if let envelopeID = request.original.envelope.envelopeID {
            line("Original-Envelope-Id: \(SafeText.ascii(Self.unxtext(envelopeID), limit: 100))")
        }
        line("Arrival-Date: \(request.original.received.rfc5322)")
        line("")
        let action = ["failure": "failed", "delay": "delayed", "success": "relayed"][request.kind.rawValue] ?? "failed"
        for entry in request.recipients {
            if let original = entry.recipient.originalRecipient {
                let parts = original.split(separator: ";", maxSplits: 1)
                if parts.count == 2 {
                    let value = Self.unxtext(String(parts[1]))
                    line("Original-Recipient: \(SafeText.ascii(String(parts[0]), limit: 20));\(SafeText.ascii(value))")
                }
            }
            let type = entry.recipient.address.isASCII ? "rfc822" : "utf-8"
            line("Final-Recipient: \(type);\(entry.recipient.address)")
            line("Action: \(action)")
            line("Status: \(status(entry.reply, request.kind))")
            if let host = entry.remoteHost {
                line("Remote-MTA: dns; \(SafeText.ascii(host, limit: 250))")
                line("Diagnostic-Code: smtp; \(SafeText.ascii(entry.reply.description, limit: 500))")
            }
            if request.kind == .delay { line("Will-Retry-Until: \(request.original.expires.rfc5322)") }
            line("")
        }
    }

    /// RFC 3464 §2.3.4: the class agrees with the action.
    private func status(_ reply: Reply, _ kind: DeliveryEvent.ReportKind) -> EnhancedStatusCode {
        let wanted: UInt8 =
            switch kind {
            case .failure: 5
            case .delay: 4
            case .success: 2
            }
        guard let enhanced = reply.enhanced, enhanced.statusClass == wanted else {
            return EnhancedStatusCode(wanted, 0, 0)
        }
        return enhanced
    }

    /// The header out of the message's first bytes: whole lines, none that could end our part.
    private static func header(_ head: [UInt8], not boundary: String) -> [UInt8] {
        var result: [UInt8] = []
        for line in head.prefix(headerLimit).split(separator: 0x0a, omittingEmptySubsequences: false).dropLast() {
            let content = line.last == 0x0d ? line.dropLast() : line
            if content.isEmpty { break }
            if content.starts(with: boundary.utf8) { continue }
            result += content
            result += [0x0d, 0x0a]
        }
        return result
    }

    /// Undoes xtext (RFC 3461 §4): `+2B` is `+`. What is malformed stays as it is; the caller makes it printable.
    private static func unxtext(_ text: String) -> String {
        var result: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "+"), bytes.count >= 2,
                let value = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                bytes = bytes.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
