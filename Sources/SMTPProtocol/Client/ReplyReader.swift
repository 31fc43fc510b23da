import Glibc
package import MailTypes

/// Reads a server's replies from its bytes (RFC 5321 §4.2), however they are split.
///
/// Bounded, since the server may be anyone's: a line of more than `maximumLine` bytes or a reply of more than
/// `maximumLines` lines ends the session. Text is made safe to show and log; only that form leaves the reader.
package struct ReplyReader: Sendable {
    /// RFC 5321 §4.5.3.1.5 says 512; some servers put long URLs behind a code.
    package static let maximumLine = 2048
    /// The longest EHLO replies have some 30 lines.
    package static let maximumLines = 100
    /// Characters of a line that are kept.
    static let keptText = 512

    /// What broke the protocol.
    package enum Failure: Error, Hashable, Sendable {
        case lineTooLong
        case tooManyLines
        /// The line, made safe.
        case malformed(String)
    }

    private var partial: [UInt8] = []
    private var lines: [String] = []
    private var enhanced: EnhancedStatusCode?

    package init() {}

    /// Nothing of a further reply has come.
    package var isEmpty: Bool { partial.isEmpty && lines.isEmpty }

    /// Takes bytes up to the end of the next reply. `consumed` counts those used; a `nil` reply means that all were
    /// used and more is needed.
    package mutating func read(
        _ bytes: UnsafeRawBufferPointer
    ) throws(Failure) -> (reply: Reply?, consumed: Int) {
        var start = 0
        while start < bytes.count, let base = bytes.baseAddress {
            let rest = bytes.count - start
            guard let found = memchr(base + start, 0x0a, rest) else {
                guard partial.count + rest <= Self.maximumLine else { throw .lineTooLong }
                partial.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start...]))
                return (nil, bytes.count)
            }
            let end = UnsafeRawPointer(found) - base
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            guard partial.count + piece.count <= Self.maximumLine else { throw .lineTooLong }
            start = end + 1
            let reply: Reply?
            if partial.isEmpty {
                reply = try line(piece)
            } else {
                partial.append(contentsOf: piece)
                let whole = partial
                partial.removeAll(keepingCapacity: true)
                reply = try Self.borrowing(whole) { (whole) throws(Failure) in try line(whole) }
            }
            if let reply { return (reply, start) }
        }
        return (nil, bytes.count)
    }

    private static func borrowing<R>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(Failure) -> R
    ) throws(Failure) -> R {
        let result: Result<R, Failure> = bytes.withUnsafeBytes { raw in
            do throws(Failure) { return .success(try body(raw)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// One line without its LF. A reply, when it was the last of one.
    private mutating func line(_ raw: UnsafeRawBufferPointer) throws(Failure) -> Reply? {
        var bytes = raw
        if bytes.last == 0x0d { bytes = UnsafeRawBufferPointer(rebasing: bytes.dropLast()) }
        guard bytes.count >= 3, bytes[..<3].allSatisfy(ASCII.isDigit),
            bytes.count == 3 || bytes[3] == 0x20 || bytes[3] == 0x2d,
            (0x32...0x35).contains(bytes[0])
        else { throw .malformed(SafeText.printable(bytes: bytes, limit: 128)) }
        let isLast = bytes.count == 3 || bytes[3] == 0x20
        guard lines.count < Self.maximumLines else { throw .tooManyLines }
        var text = UnsafeRawBufferPointer(rebasing: bytes[Swift.min(4, bytes.count)...])
        if let (code, length) = Self.enhancedCode(text, statusClass: bytes[0] - 0x30) {
            if lines.isEmpty || enhanced == nil { enhanced = code }
            text = UnsafeRawBufferPointer(rebasing: text[length...])
        }
        let number = Int(bytes[0] - 0x30) * 100 + Int(bytes[1] - 0x30) * 10 + Int(bytes[2] - 0x30)
        guard isLast else {
            lines.append(Self.safe(text))
            return nil
        }
        // An unknown code counts by its first digit (RFC 5321 §4.2.1); the text keeps what was sent.
        let known = ReplyCode(number)
        guard let code = known ?? ReplyCode(number / 100 * 100 + 50) else {
            throw .malformed(SafeText.printable(bytes: bytes, limit: 128))
        }
        let shown = known == nil ? "\(number) " + Self.safe(text) : Self.safe(text)
        defer {
            lines.removeAll(keepingCapacity: true)
            enhanced = nil
        }
        return lines.isEmpty ? Reply(code, enhanced, shown) : Reply(code, enhanced, lines: lines + [shown])
    }

    /// An enhanced code of the reply's own class at the start, and its length with the space behind it (RFC 2034 §4).
    private static func enhancedCode(
        _ text: UnsafeRawBufferPointer, statusClass: UInt8
    ) -> (EnhancedStatusCode, Int)? {
        guard text.count >= 5, text[0] == statusClass + 0x30, text[1] == 0x2e, statusClass != 3 else { return nil }
        var numbers: (UInt16, UInt16) = (0, 0)
        var index = 2
        var digits = 0
        while index < text.count, digits < 3, ASCII.isDigit(text[index]) {
            numbers.0 = numbers.0 * 10 + UInt16(text[index] - 0x30)
            index += 1
            digits += 1
        }
        guard digits > 0, index < text.count, text[index] == 0x2e else { return nil }
        index += 1
        digits = 0
        while index < text.count, digits < 3, ASCII.isDigit(text[index]) {
            numbers.1 = numbers.1 * 10 + UInt16(text[index] - 0x30)
            index += 1
            digits += 1
        }
        guard digits > 0, index == text.count || text[index] == 0x20 else { return nil }
        return (EnhancedStatusCode(statusClass, numbers.0, numbers.1), Swift.min(index + 1, text.count))
    }

    private static func safe(_ text: UnsafeRawBufferPointer) -> String {
        if text.count <= keptText, text.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) {
            return String(decoding: text, as: UTF8.self)
        }
        return SafeText.printable(bytes: text, limit: keptText)
    }
}
