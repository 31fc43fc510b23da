package import MTAControl
import MessageFormat

/// What a reader sees of a message.
package enum ReadableText {
    /// Its text, decoded, or else what its HTML shows; with the names of what is attached. To be shown through `SafeText`.
    package static func of(_ message: QueuedMessage) -> [UInt8] {
        let parsed = MessageReader.read(message.content)
        var text = parsed.text.isEmpty ? parsed.htmlText : parsed.text
        for part in parsed.attachments.prefix(20) {
            text +=
                Array("\n[attached: ".utf8) + (part.fileName.isEmpty ? part.contentType : part.fileName)
                + Array("]".utf8)
        }
        return text
    }
}
