import MailTypes

/// The message/delivery-status part (RFC 3464 §2), always in ASCII: addresses outside it are written as RFC 6533 §3
/// says for transport without UTF-8.
enum DeliveryStatusFields {
    static func write(_ notification: DeliveryStatusNotification) -> [UInt8] {
        var writer = HeaderWriter()
        if let id = notification.envelopeID { writer.structured("Original-Envelope-Id", withoutXtext(id)) }
        writer.structured("Reporting-MTA", "dns; \(notification.reportingMTA)")
        writer.structured("Arrival-Date", notification.arrival.rfc5322)
        var bytes = writer.bytes
        for recipient in notification.recipients {
            bytes += [0x0d, 0x0a] + fields(recipient, notification)
        }
        return bytes
    }

    private static func fields(
        _ recipient: DeliveryStatusNotification.Recipient, _ notification: DeliveryStatusNotification
    ) -> [UInt8] {
        var writer = HeaderWriter()
        if let original = recipient.originalRecipient, let semicolon = original.firstIndex(of: ";") {
            let type = SafeText.ascii(String(original[..<semicolon]), limit: 40)
            let address = withoutXtext(String(original[original.index(after: semicolon)...]))
            writer.structured("Original-Recipient", "\(type);\(ascii(address))")
        }
        let type = recipient.address.isASCII ? "rfc822" : "utf-8"
        writer.structured("Final-Recipient", "\(type); \(ascii(recipient.address.description))")
        writer.structured("Action", notification.kind.rawValue)
        writer.structured("Status", recipient.status.description)
        if let host = recipient.remoteMTA { writer.structured("Remote-MTA", "dns; \(SafeText.ascii(host))") }
        if let reply = recipient.diagnostic {
            writer.structured("Diagnostic-Code", "smtp; \(SafeText.ascii(reply.description, limit: 900))")
        }
        if recipient.remoteMTA != nil { writer.structured("Last-Attempt-Date", notification.now.rfc5322) }
        if let until = recipient.retryUntil, notification.kind == .delayed {
            writer.structured("Will-Retry-Until", until.rfc5322)
        }
        return writer.bytes
    }

    /// RFC 3461 §4: `+3D` is `=`. What is no xtext stays as it is.
    static func withoutXtext(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var i = 0
        while i < bytes.count {
            if bytes[i] == UInt8(ascii: "+"), i + 2 < bytes.count, let high = Bytes.hex(bytes[i + 1]),
                let low = Bytes.hex(bytes[i + 2])
            {
                result.append(high << 4 | low)
                i += 3
            } else {
                result.append(bytes[i])
                i += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `\x{e9}` for what is not printable ASCII (utf-8-addr-xtext, RFC 6533 §3).
    private static func ascii(_ address: String) -> String {
        var result = ""
        for scalar in address.unicodeScalars.prefix(500) {
            if scalar.isASCII {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\x{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            }
        }
        return result
    }
}
