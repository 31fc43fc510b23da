package import MailTypes
package import NIOCore
import SMTPProtocol

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

    /// What the bytes in memory are. A stream is read for that by the handler.
    var survey: ContentSurvey {
        var survey = ContentSurvey()
        switch content {
        case .buffers(let buffers): for buffer in buffers { buffer.withUnsafeReadableBytes { survey.scan($0) } }
        case .bytes(let chunks): for chunk in chunks { chunk.withUnsafeBytes { survey.scan($0) } }
        case .stream: return .unknown
        }
        return survey
    }
}
