package import MailTypes

/// One entity of a message's MIME tree (RFC 2045 §2.4), in the order of the message.
package struct MessagePart: Hashable, Sendable {
    /// 0 for the message itself.
    package var depth: Int
    /// `text/plain`, in lower case; what RFC 2045 §5.2 defaults to if missing or malformed.
    package var contentType: [UInt8]
    /// The charset parameter in lower case; empty if none.
    package var charset: [UInt8]
    package var encoding: TransferEncoding
    /// Content-Disposition is `attachment`, or the part is neither text nor composite.
    package var isAttachment: Bool
    /// File name from Content-Disposition or Content-Type, decoded to UTF-8, as given: it may hold path separators.
    package var fileName: [UInt8]
    /// Bytes of the body as transferred, line ends counted as they came; 0 for multipart and message, whose parts count.
    package var size: ByteCount
}

/// Content-Transfer-Encoding (RFC 2045 §6).
package enum TransferEncoding: UInt8, Hashable, Sendable {
    /// 7bit, 8bit and binary: nothing to decode.
    case identity
    case quotedPrintable
    case base64
    /// Something else; the content is opaque.
    case unknown
}
