package import MailTypes
package import MessageFormat

/// What is kept of a message for people: some header lines and the beginning of its text, as they came and bounded.
/// Bytes from outside: whoever shows them makes them safe first.
package struct MessageDigest: Hashable, Sendable {
    /// Bytes of header lines, and of text.
    package static let limit = 2048
    /// Bytes of one header line.
    private static let lineLimit = 300

    /// Decoded to UTF-8.
    package var subject: [UInt8]
    package var from: [UInt8]
    package var messageID: [UInt8]
    /// `Name: value` lines, ending in LF.
    package var header: [UInt8]
    package var text: [UInt8]
    package var size: ByteCount
    package var attachments: Int

    package init(_ message: ParsedMessage) {
        subject = Array(message.header.subject.prefix(Self.limit))
        from = Array((message.header.first("from")?.decoded ?? []).prefix(Self.limit))
        messageID = Array(message.header.messageID.prefix(Self.lineLimit))
        header = []
        for name in Self.shown {
            guard let field = message.header.first(name.0), header.count < Self.limit else { continue }
            let label = Array(name.1.utf8)
            let room = min(Self.lineLimit, Self.limit - header.count - label.count - 1)
            guard room > 0 else { break }
            header += label + field.decoded.prefix(room) + [0x0a]
        }
        let body = message.text.isEmpty ? message.htmlText : message.text
        text = Array(body.prefix(Self.limit))
        size = message.size
        attachments = message.parts.count { $0.isAttachment }
    }

    private static let shown: [(StaticString, String)] = [
        ("from", "From: "), ("to", "To: "), ("subject", "Subject: "), ("date", "Date: "),
        ("message-id", "Message-ID: "), ("reply-to", "Reply-To: "), ("x-mailer", "X-Mailer: "),
        ("x-php-originating-script", "X-PHP-Originating-Script: "), ("received", "Received: "),
    ]
}
