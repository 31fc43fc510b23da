package import MailTypes

/// A delivery status notification: a multipart/report that says in English and for programs what became of a message
/// (RFC 3461 §6, RFC 3462, RFC 3464, RFC 6533).
///
/// Send it with the null reverse path. Text of peers is made harmless; the result is the same for the same input.
package struct DeliveryStatusNotification: Sendable {
    package var kind: Kind
    /// Makes Message-ID and boundary.
    package var id: SubmissionID
    package var reportingMTA: DomainName
    /// `postmaster@…`
    package var from: EmailAddress
    /// The original's envelope sender.
    package var to: EmailAddress
    package var now: Timestamp
    package var arrival: Timestamp
    /// `ENVID=` as sent (xtext).
    package var envelopeID: String?
    package var recipients: [Recipient]
    package var returned: Returned

    package init(
        kind: Kind, id: SubmissionID, reportingMTA: DomainName, from: EmailAddress, to: EmailAddress, now: Timestamp,
        arrival: Timestamp, envelopeID: String? = nil, recipients: [Recipient], returned: Returned
    ) {
        self.kind = kind
        self.id = id
        self.reportingMTA = reportingMTA
        self.from = from
        self.to = to
        self.now = now
        self.arrival = arrival
        self.envelopeID = envelopeID
        self.recipients = recipients
        self.returned = returned
    }

    /// RFC 3464 §2.3.3.
    package enum Kind: String, Hashable, Sendable {
        case failed
        case delayed
        case delivered
        /// Handed to a server that does not report (RFC 3461 §5.2.2).
        case relayed
    }

    package struct Recipient: Sendable {
        package var address: EmailAddress
        /// `ORCPT=` as sent: `type;xtext`.
        package var originalRecipient: String?
        package var status: EnhancedStatusCode
        /// The host that answered, if one did.
        package var remoteMTA: String?
        /// What it answered, or what we say in its place.
        package var diagnostic: Reply?
        /// For delays: until when delivery is tried.
        package var retryUntil: Timestamp?

        package init(
            address: EmailAddress, originalRecipient: String? = nil, status: EnhancedStatusCode,
            remoteMTA: String? = nil, diagnostic: Reply? = nil, retryUntil: Timestamp? = nil
        ) {
            self.address = address
            self.originalRecipient = originalRecipient
            self.status = status
            self.remoteMTA = remoteMTA
            self.diagnostic = diagnostic
            self.retryUntil = retryUntil
        }
    }

    /// What comes back of the original (RFC 3461 §4.3).
    package enum Returned: Sendable {
        /// The message's beginning; all up to the end of its header is returned.
        case header(of: [UInt8])
        /// The whole message with CRLF line ends.
        case full([UInt8])
    }

    /// Bytes of the original's header returned at most.
    package static let headerLimit = ReadingBounds.headerBytes

    /// The notification holds bytes above 127 (of a message returned in full): it needs 8BITMIME.
    package var needsEightBitMIME: Bool {
        if case .full(let message) = returned { return message.contains { $0 >= 0x80 } }
        return false
    }

    /// The message, with CRLF line ends.
    package func write() -> [UInt8] {
        let original = originalPart()
        var parts = MultipartWriter(seed: id.description, avoiding: [original.body])
        parts.text("text/plain", BodyText(explanation))
        var header = HeaderWriter()
        header.structured("Content-Type", "message/delivery-status")
        parts.part(header: header.bytes, body: DeliveryStatusFields.write(self))
        parts.part(header: original.header, body: original.body)
        parts.finish()

        var message = HeaderWriter()
        message.mailbox("From", displayName: "Mail Delivery System", from)
        message.mailbox("To", to)
        message.text("Subject", subject)
        message.structured("Date", now.rfc5322)
        message.structured("Message-ID", "<\(id).report@\(reportingMTA)>")
        message.structured("Auto-Submitted", "auto-replied")
        message.structured("MIME-Version", "1.0")
        message.structured(
            "Content-Type", "multipart/report; report-type=delivery-status; boundary=\"\(parts.boundary)\"")
        if needsEightBitMIME { message.structured("Content-Transfer-Encoding", "8bit") }
        return message.bytes + [0x0d, 0x0a] + parts.bytes
    }

    private func originalPart() -> (header: [UInt8], body: [UInt8]) {
        var header = HeaderWriter()
        switch returned {
        case .full(let message):
            header.structured("Content-Type", "message/rfc822")
            if needsEightBitMIME { header.structured("Content-Transfer-Encoding", "8bit") }
            return (header.bytes, message)
        case .header(let head):
            let body = BodyText(bytes: Self.header(of: head))
            header.structured("Content-Type", "text/rfc822-headers; charset=utf-8")
            header.structured("Content-Transfer-Encoding", body.transferEncoding)
            return (header.bytes, body.bytes)
        }
    }

    /// Up to the empty line, whole lines within the limit.
    private static func header(of head: [UInt8]) -> [UInt8] {
        var end = 0
        while end < min(head.count, headerLimit) {
            guard let newline = Bytes.firstIndex(of: 0x0a, in: head.span, end..<head.count) else { break }
            if newline == end || (newline == end + 1 && head[end] == 0x0d) { break }
            guard newline < headerLimit else { break }
            end = newline + 1
        }
        return Array(head[..<end])
    }

    // MARK: - For people

    private var subject: String {
        switch kind {
        case .failed: "Your message could not be delivered"
        case .delayed: "Your message is delayed"
        case .delivered: "Your message was delivered"
        case .relayed: "Your message was passed on"
        }
    }

    private var explanation: String {
        let opening =
            switch kind {
            case .failed: "Your message could not be delivered to the recipients below. No further attempt is made."
            case .delayed:
                "Your message could not be delivered yet to the recipients below. Delivery is tried again; there is "
                    + "nothing you need to do."
            case .delivered: "Your message was delivered to the recipients below."
            case .relayed:
                "Your message was passed on to a server that does not report delivery, for the recipients below."
            }
        var lines = ["This is the mail system at \(reportingMTA).", "", opening]
        for recipient in recipients {
            lines += ["", "  " + SafeText.printable(recipient.address.description)]
            if let reply = recipient.diagnostic {
                let speaker = recipient.remoteMTA.map { "The server \(SafeText.ascii($0)) said" } ?? "Reason"
                lines.append("    \(speaker): \(SafeText.printable(reply.description, limit: 900))")
            }
            if let until = recipient.retryUntil, kind == .delayed {
                lines.append("    Delivery will be tried until \(until.rfc5322).")
            }
        }
        lines += ["", "Your message arrived here on \(arrival.rfc5322).", "If you need help, answer to \(from)."]
        return lines.joined(separator: "\n") + "\n"
    }
}
