import MailTypes
import NIOCore

extension ByteBuffer {
    /// RFC 5321 §4.5.3.1.5: 512 bytes with the code and CRLF.
    private static let replyLineLimit = 512
    /// Far more than any reply of ours has; what a policy might make of a long list stays bounded.
    private static let replyLinesLimit = 100

    /// Writes a reply as it goes on the wire: code and enhanced code on each line, each at most 512 bytes.
    ///
    /// Whatever is not printable ASCII becomes `?`, so that no text, wherever it came from, can begin a line of its own or
    /// leave the character set that the client was promised.
    mutating func writeReply(_ reply: Reply) {
        let count = min(reply.lines.count, Self.replyLinesLimit)
        for (index, line) in reply.lines.prefix(count).enumerated() {
            writeReplyLine(reply.code.value, reply.enhanced, isLast: index == count - 1, line)
        }
    }

    private mutating func writeReplyLine(
        _ code: UInt16, _ enhanced: EnhancedStatusCode?, isLast: Bool, _ text: String
    ) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: Self.replyLineLimit) { bytes in
            var line = LineCursor(bytes, limit: Self.replyLineLimit - 2)
            line.number(code)
            line.byte(isLast ? UInt8(ascii: " ") : UInt8(ascii: "-"))
            if let enhanced {
                line.number(UInt16(enhanced.statusClass))
                line.byte(UInt8(ascii: "."))
                line.number(enhanced.subject)
                line.byte(UInt8(ascii: "."))
                line.number(enhanced.detail)
                line.byte(UInt8(ascii: " "))
            }
            line.text(text)
            return line.end()
        }
    }
}

/// Writes one line into memory that is large enough for `limit` bytes and CRLF.
private struct LineCursor {
    private let bytes: UnsafeMutableRawBufferPointer
    private let limit: Int
    private var count = 0

    init(_ bytes: UnsafeMutableRawBufferPointer, limit: Int) {
        self.bytes = bytes
        self.limit = limit
    }

    mutating func byte(_ value: UInt8) {
        guard count < limit else { return }
        bytes[count] = value
        count += 1
    }

    mutating func number(_ value: UInt16) {
        if value >= 100 { byte(UInt8(ascii: "0") + UInt8(value / 100 % 10)) }
        if value >= 10 { byte(UInt8(ascii: "0") + UInt8(value / 10 % 10)) }
        byte(UInt8(ascii: "0") + UInt8(value % 10))
    }

    mutating func text(_ text: String) {
        for value in text.utf8 { byte((0x20..<0x7f).contains(value) ? value : UInt8(ascii: "?")) }
    }

    mutating func end() -> Int {
        bytes[count] = UInt8(ascii: "\r")
        bytes[count + 1] = UInt8(ascii: "\n")
        return count + 2
    }
}
