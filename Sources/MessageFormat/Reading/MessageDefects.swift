/// What is wrong with a message's form: for evidence, never for refusing by itself (legitimate software errs as well).
package struct MessageDefects: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// A line in a header that is no field; as with most receivers, the body begins there.
    package static let malformedHeader = MessageDefects(rawValue: 1 << 0)
    /// More header fields, or more bytes of them, than `ReadingBounds` keeps.
    package static let headerTooLarge = MessageDefects(rawValue: 1 << 1)
    /// Two or more of a field that may occur once, such as From or Content-Type (RFC 5322 §3.6).
    package static let conflictingFields = MessageDefects(rawValue: 1 << 2)
    /// Bytes above 127 in a header field that are not UTF-8.
    package static let rawEightBitHeader = MessageDefects(rawValue: 1 << 3)
    package static let nulByte = MessageDefects(rawValue: 1 << 4)
    /// multipart without a usable boundary parameter (RFC 2046 §5.1.1): read as text.
    package static let boundaryMissing = MessageDefects(rawValue: 1 << 5)
    /// A multipart whose boundary never came: what stood there is read as text.
    package static let boundaryUnseen = MessageDefects(rawValue: 1 << 6)
    /// A multipart without its closing delimiter.
    package static let multipartUnclosed = MessageDefects(rawValue: 1 << 7)
    /// Multiparts or messages nested deeper than `ReadingBounds.depth`: opaque from there.
    package static let tooDeep = MessageDefects(rawValue: 1 << 8)
    /// More parts than `ReadingBounds.parts`: the rest is opaque.
    package static let tooManyParts = MessageDefects(rawValue: 1 << 9)
    /// Bytes outside the alphabet, or a torn last group.
    package static let badBase64 = MessageDefects(rawValue: 1 << 10)
    /// `=` without two hex digits behind it.
    package static let badQuotedPrintable = MessageDefects(rawValue: 1 << 11)
    package static let unknownTransferEncoding = MessageDefects(rawValue: 1 << 12)
    package static let unknownCharset = MessageDefects(rawValue: 1 << 13)
    /// Bytes that do not fit the declared charset.
    package static let badCharacters = MessageDefects(rawValue: 1 << 14)
    /// multipart or message with base64 or quoted-printable, which RFC 2045 §6.4 forbids: a
    /// multipart is walked all the same, a message is opaque.
    package static let encodedComposite = MessageDefects(rawValue: 1 << 15)
    /// Text, HTML or URLs beyond the bounds: cut.
    package static let truncated = MessageDefects(rawValue: 1 << 16)
    /// The message ended within its header, or has none.
    package static let bodyMissing = MessageDefects(rawValue: 1 << 17)
    /// A line longer than 998 bytes (RFC 5322 §2.1.1), attachments not counted.
    package static let longLine = MessageDefects(rawValue: 1 << 18)

    private static let all: [(MessageDefects, String)] = [
        (.malformedHeader, "malformed-header"), (.headerTooLarge, "header-too-large"),
        (.conflictingFields, "conflicting-fields"), (.rawEightBitHeader, "raw-8bit-header"), (.nulByte, "nul-byte"),
        (.boundaryMissing, "boundary-missing"), (.boundaryUnseen, "boundary-unseen"),
        (.multipartUnclosed, "multipart-unclosed"), (.tooDeep, "too-deep"), (.tooManyParts, "too-many-parts"),
        (.badBase64, "bad-base64"), (.badQuotedPrintable, "bad-quoted-printable"),
        (.unknownTransferEncoding, "unknown-transfer-encoding"), (.unknownCharset, "unknown-charset"),
        (.badCharacters, "bad-characters"), (.encodedComposite, "encoded-composite"), (.truncated, "truncated"),
        (.bodyMissing, "body-missing"), (.longLine, "long-line"),
    ]

    /// Stable names, for logs and features.
    package var names: [String] { Self.all.filter { contains($0.0) }.map(\.1) }
}
