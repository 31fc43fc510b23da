import MailTypes

/// Reads a message in one pass as its bytes come, in chunks of any size.
///
/// Cost is linear in the bytes, and what is kept is bounded by `ReadingBounds`, whatever comes: endless lines, headers
/// and nestings, a million parts. The result does not depend on how the message was cut into chunks. Attachments are
/// only searched for their boundary. Nothing is ever an error: what is malformed is read as most receivers do, and noted
/// in `defects` (RFC 5322, 2045–2047, 2231).
package struct MessageReader: Sendable {
    /// The header, as soon as it is complete; identity may come from it before the body is read.
    package private(set) var header: MessageHeader?

    private var lines = LineCutter()
    private var headerSize = 0
    private var size = 0
    private var rawHead: [UInt8] = []
    private var walk = PartWalk()

    package init() {}

    /// Takes the next bytes of the message, in order.
    package mutating func feed(_ bytes: Span<UInt8>) {
        if rawHead.count < ReadingBounds.rawHead { rawHead.append(bytes, limit: ReadingBounds.rawHead) }
        size += bytes.count
        var start = 0
        while start < bytes.count {
            if walk.isSkipping, lines.isAtStart, !lines.hasHeld {
                start = walk.skip(bytes, from: start)
                guard start < bytes.count else { return }
            }
            guard let (range, ends) = lines.next(bytes, &start) else { return }
            if let range {
                take(bytes.extracting(range), ends: ends)
            } else {
                let held = lines.takeHeld()
                take(held.span, ends: ends)
                lines.giveBack(held)
            }
            lines.isAtStart = ends
        }
    }

    package mutating func feed(_ bytes: [UInt8]) { feed(bytes.span) }

    package mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        bytes.withMemoryRebound(to: UInt8.self) { feed($0.span) }
    }

    /// Ends the message. The reader is used up.
    package mutating func finish() -> ParsedMessage {
        if lines.hasHeld {
            let held = lines.takeHeld()
            take(held.span, ends: false)
        }
        if header == nil {
            walk.defects.insert(.bodyMissing)
            headerSize = size
        }
        walk.finish()
        let header = header ?? walk.takeHeader()
        return ParsedMessage(
            header: header, text: walk.content.text, html: walk.content.html, htmlText: walk.content.htmlText,
            hiddenTextSize: ByteCount(walk.content.hidden), urls: walk.content.urls.found, parts: walk.parts,
            partCount: walk.partCount, defects: walk.defects.union(walk.content.defects), size: ByteCount(size),
            headerSize: ByteCount(headerSize), rawHead: rawHead)
    }

    /// Reads a message that is in memory as a whole.
    package static func read(_ message: [UInt8]) -> ParsedMessage {
        var reader = MessageReader()
        reader.feed(message.span)
        return reader.finish()
    }

    private mutating func take(_ piece: Span<UInt8>, ends: Bool) {
        let inHeader = header == nil
        walk.line(piece, starts: lines.isAtStart, ends: ends)
        guard inHeader else { return }
        headerSize += piece.count + (ends ? 1 : 0)
        if walk.hasTopHeader {
            header = walk.takeHeader()
            if walk.bodyBeganWithThisLine { headerSize -= piece.count + (ends ? 1 : 0) }
        }
    }
}
