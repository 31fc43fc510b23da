#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Cuts command lines out of what came in. Strict: a line ends with CRLF and holds no other CR or LF.
package enum CommandLines {
    package enum Result: Hashable, Sendable {
        /// A line of `length` bytes, and its CRLF.
        case line(length: Int)
        /// So many bytes up to and with a bare LF.
        case bareLineFeed(consumed: Int)
        /// No line end yet.
        case incomplete
        /// No line end within the limit: all of the input is to be dropped, up to the next line end.
        case tooLong
    }

    package static func next(in bytes: UnsafeRawBufferPointer, limit: Int = CommandParser.lineLimit) -> Result {
        guard !bytes.isEmpty, let base = bytes.baseAddress else { return .incomplete }
        guard let found = memchr(base, 0x0a, bytes.count) else {
            return bytes.count > limit + 1 ? .tooLong : .incomplete
        }
        let feed = UnsafeRawPointer(found) - base
        guard feed > 0, bytes[feed - 1] == 0x0d else { return .bareLineFeed(consumed: feed + 1) }
        return .line(length: feed - 1)
    }
}
