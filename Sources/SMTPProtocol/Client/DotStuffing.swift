import Glibc

/// Where a message's bytes need a second dot on their way through DATA (RFC 5321 §4.5.2), chunk by chunk.
///
/// Finds places and copies nothing: nearly every chunk has none and goes out as it is. A dot is doubled behind any LF, with
/// or without CR before it: no receiver, however lax, can then see an end of data inside the message (SMTP smuggling).
package struct DotStuffing: Sendable {
    /// The last two bytes so far. The message begins behind the line end of the DATA command.
    private var tail: (UInt8, UInt8) = (0x0d, 0x0a)

    package init() {}

    /// Offsets in `bytes` before which a dot is to be put in, ascending.
    package mutating func insertions(in bytes: UnsafeRawBufferPointer) -> [Int] {
        guard let base = bytes.baseAddress, let last = bytes.last else { return [] }
        var found: [Int] = []
        if tail.1 == 0x0a, bytes[0] == 0x2e { found.append(0) }
        var start = 0
        while start < bytes.count, let match = memchr(base + start, 0x0a, bytes.count - start) {
            let next = UnsafeRawPointer(match) - base + 1
            if next < bytes.count, bytes[next] == 0x2e { found.append(next) }
            start = next
        }
        tail = (bytes.count > 1 ? bytes[bytes.count - 2] : tail.1, last)
        return found
    }

    /// The end of data, with the line end that the message may lack.
    package var terminator: StaticString {
        if tail == (0x0d, 0x0a) { return ".\r\n" }
        return tail.1 == 0x0d ? "\n.\r\n" : "\r\n.\r\n"
    }
}
