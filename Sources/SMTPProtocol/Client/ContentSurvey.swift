import Glibc

/// Which bytes a message has: what decides whether it can go to a server without 8BITMIME or SMTPUTF8.
///
/// Clients announce both for messages that need neither; only what the bytes truly need is a reason to refuse.
package struct ContentSurvey: Sendable, Hashable {
    /// A header field has a byte above 127 (RFC 6532).
    package private(set) var hasInternationalHeader = false
    /// Any byte is above 127.
    package private(set) var isEightBit = false
    private var isInHeader = true
    /// Whether the last bytes so far were a line end, with what of an empty line came behind.
    private var lineState = LineState.start

    private enum LineState: Sendable { case start, startAfterCR, inside }

    package init() {}

    /// A message that nobody looked at.
    package static let unknown: ContentSurvey = {
        var survey = ContentSurvey()
        survey.hasInternationalHeader = true
        survey.isEightBit = true
        return survey
    }()

    /// Nothing more can be learned.
    package var isDecided: Bool { isEightBit && (hasInternationalHeader || !isInHeader) }

    /// Takes the message's next bytes.
    package mutating func scan(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        if isInHeader {
            let length = header(bytes)
            if Self.hasHighByte(UnsafeRawBufferPointer(rebasing: bytes[..<length])) {
                hasInternationalHeader = true
                isEightBit = true
            }
            rest = UnsafeRawBufferPointer(rebasing: bytes[length...])
        }
        if !isEightBit, Self.hasHighByte(rest) { isEightBit = true }
    }

    /// How many of the bytes belong to the header; notes its end.
    private mutating func header(_ bytes: UnsafeRawBufferPointer) -> Int {
        var index = 0
        while index < bytes.count, let base = bytes.baseAddress {
            switch (lineState, bytes[index]) {
            case (.start, 0x0d):
                lineState = .startAfterCR
                index += 1
            case (.start, 0x0a), (.startAfterCR, 0x0a):
                isInHeader = false
                return index + 1
            default:
                guard let found = memchr(base + index, 0x0a, bytes.count - index) else {
                    lineState = .inside
                    return bytes.count
                }
                index = UnsafeRawPointer(found) - base + 1
                lineState = .start
            }
        }
        return bytes.count
    }

    private static func hasHighByte(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index + 8 <= bytes.count {
            if bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return true }
            index += 8
        }
        return bytes[index...].contains { $0 >= 0x80 }
    }
}
