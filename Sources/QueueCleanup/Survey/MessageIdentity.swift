import Crypto
package import MTAControl
package import MailTypes

/// What makes a message this message, whatever its queue id: an id may be used again for another one.
///
/// The recipients are no part of it: they become fewer while it is delivered.
package struct MessageIdentity: Hashable, Sendable, Codable {
    package var arrival: Timestamp
    package var sender: String
    /// SHA-256 of header and body, lines ending in LF, in hexadecimal.
    package var sha256: String

    package init(_ message: QueuedMessage) {
        arrival = message.arrival
        sender = message.sender
        sha256 = Self.digest(message.content)
    }

    package static func digest(_ bytes: some Collection<UInt8>) -> String {
        let hash = bytes.withContiguousStorageIfAvailable { SHA256.hash(data: UnsafeRawBufferPointer($0)) }
        let digest = hash ?? SHA256.hash(data: Array(bytes))
        return Hexadecimal.text(digest)
    }
}
