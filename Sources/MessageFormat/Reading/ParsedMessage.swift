package import MailTypes

/// What a `MessageReader` found in one message: bounded, decoded to UTF-8, without references to the message.
package struct ParsedMessage: Sendable {
    package var header: MessageHeader
    /// The text parts, one after the other, decoded, lines ending in LF; at most `ReadingBounds.textBytes`.
    package var text: [UInt8]
    /// HTML source, decoded; at most `ReadingBounds.htmlBytes`. HTML in attachments is included: phishing hides there.
    package var html: [UInt8]
    /// What a reader sees of the HTML; at most `ReadingBounds.textBytes`.
    package var htmlText: [UInt8]
    /// Bytes of HTML text that styles hide.
    package var hiddenTextSize: ByteCount
    /// In order of appearance, without duplicates.
    package var urls: [FoundURL]
    /// The MIME tree in pre-order; the first is the message itself. At most `ReadingBounds.parts`.
    package var parts: [MessagePart]
    /// Parts in all, also those beyond the bound.
    package var partCount: Int
    package var defects: MessageDefects
    /// The whole message, its header, and the rest.
    package var size: ByteCount
    package var headerSize: ByteCount
    package var bodySize: ByteCount { ByteCount(size.bytes - headerSize.bytes) }
    /// The message's first bytes as they came, for byte n-grams; at most `ReadingBounds.rawHead`.
    package var rawHead: [UInt8]

    package var attachments: [MessagePart] { parts.filter(\.isAttachment) }
}
