package import MailTypes
package import NIOCore

/// A message to send: its envelope for this server, and its bytes.
package struct OutgoingMessage: Sendable {
    /// With the recipients that this server gets.
    package var envelope: Envelope
    /// Of the content, as `SIZE=` tells the server (RFC 1870 §4).
    package var size: ByteCount
    package var content: Content

    package init(envelope: Envelope, size: ByteCount, content: Content) {
        self.envelope = envelope
        self.size = size
        self.content = content
    }

    /// The message with CRLF line ends and undoubled dots.
    package enum Content: Sendable {
        case buffers([ByteBuffer])
        case bytes([[UInt8]])
        /// Asked for chunk 0, 1, 2… until it gives `nil`, not faster than the server takes them. An empty chunk is fine.
        case stream(@Sendable (Int) -> EventLoopFuture<ByteBuffer?>)
    }

    /// Whether a byte is above 127. A stream is taken to have some: it is not read for this question.
    var isEightBit: Bool {
        switch content {
        case .buffers(let buffers): buffers.contains { $0.readableBytesView.contains { $0 >= 0x80 } }
        case .bytes(let chunks): chunks.contains { $0.contains { $0 >= 0x80 } }
        case .stream: true
        }
    }
}
