import MailTypes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Counts a message's header while it passes: fields, bytes, and `Received:` fields (RFC 5321 §6.3).
///
/// Costs one `memchr` a header line and nothing in the body. Pure; fed in pieces of any size.
package struct HeaderGuard: Sendable {
    package enum Defect: Hashable, Sendable {
        case tooManyFields, tooLarge, tooManyHops
    }

    package private(set) var defect: Defect?
    package private(set) var fields = 0
    package private(set) var hops = 0
    /// The empty line was seen.
    package private(set) var isComplete = false

    private var size = 0
    /// Bytes of the present line that were seen.
    private var column = 0
    /// Whether the line agrees with `received:` so far.
    private var mayBeReceived = true
    private let limits: (fields: Int, size: Int, hops: Int)

    package init(_ limits: IntakeLimits) {
        self.limits = (limits.headerFields, limits.headerSize.bytes, limits.hops)
    }

    private static let received = Array("received:".utf8)

    /// The next piece of content, lines ended by CRLF.
    package mutating func read(_ bytes: UnsafeRawBufferPointer) {
        var i = 0
        while i < bytes.count, !isComplete {
            // The first bytes of a line tell what it is.
            if column < Self.received.count {
                start(bytes[i])
                size += 1
                i += 1
                continue
            }
            guard let base = bytes.baseAddress, let found = memchr(base + i, 0x0a, bytes.count - i) else {
                column += bytes.count - i
                size += bytes.count - i
                break
            }
            let end = UnsafeRawPointer(found) - base + 1
            size += end - i
            i = end
            column = 0
        }
        if size > limits.size { note(.tooLarge) }
    }

    private mutating func start(_ byte: UInt8) {
        if column == 0 {
            if byte == 0x0d {
                isComplete = true
                return
            }
            mayBeReceived = true
            if byte != 0x20, byte != 0x09 {
                fields += 1
                if fields > limits.fields { note(.tooManyFields) }
            }
        }
        if byte == 0x0a {
            column = 0
            return
        }
        if ASCII.lowercased(byte) != Self.received[column] { mayBeReceived = false }
        column += 1
        if column == Self.received.count, mayBeReceived {
            hops += 1
            if hops > limits.hops { note(.tooManyHops) }
        }
    }

    private mutating func note(_ found: Defect) {
        if defect == nil { defect = found }
    }
}
