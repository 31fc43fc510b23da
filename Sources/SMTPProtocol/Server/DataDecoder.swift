#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads the content of DATA or BDAT: finds the end of DATA, takes the stuffed dots away (RFC 5321 §4.5.2), and refuses
/// what could be read in two ways.
///
/// The end of DATA is CRLF.CRLF and nothing else. A bare CR, a bare LF or a NUL anywhere makes the message malformed: the
/// rest is still read up to the real end, so that the session stays in step, and the message is then refused (SMTP
/// smuggling). BDAT content has no end mark and no stuffing, but the same lines.
///
/// Pure; content is given out as ranges of the input, as long as they come, and never byte by byte.
package struct DataDecoder: Sendable {
    /// What is wrong with the content's form; the first defect counts.
    package enum Defect: Hashable, Sendable {
        case bareCarriageReturn, bareLineFeed, nul, lineTooLong
    }

    package enum Framing: Hashable, Sendable {
        /// Dot-stuffed, ended by CRLF.CRLF.
        case dots
        /// Counted (RFC 3030).
        case counted
    }

    package private(set) var defect: Defect?
    /// Decoded bytes so far (dots unstuffed, without the final dot line), also those after a defect.
    package private(set) var count = 0

    private var state = State.lineStart
    private var lineLength = 0
    private let lineLimit: Int
    private let framing: Framing

    private enum State: Sendable {
        case lineStart
        /// A dot at the line's start; it has not been given out.
        case dot
        /// A dot and a CR at the line's start; neither was given out.
        case dotCR
        case inLine
        case afterCR
    }

    /// - Parameter lineLimit: the longest line in bytes without its CRLF.
    package init(lineLimit: Int, framing: Framing = .dots) {
        self.lineLimit = lineLimit
        self.framing = framing
    }

    /// Whether the content so far ends with a whole line, or is empty.
    package var isAtLineStart: Bool { state == .lineStart }

    /// The end of counted content: a CR that nothing followed is a bare one.
    package mutating func endCounted() {
        if state == .afterCR { note(.bareCarriageReturn) }
    }

    /// Reads from `bytes`, and gives the ranges that are content to `emit`, in order; nothing after a defect.
    ///
    /// - Returns: how many bytes were read, and whether the end was among them; what follows belongs to the next command.
    package mutating func decode(
        _ bytes: UnsafeRawBufferPointer, emit: (Range<Int>) -> Void
    ) -> (consumed: Int, isComplete: Bool) {
        var i = 0
        /// Where the content begins that was not given out yet.
        var start = 0
        while i < bytes.count {
            switch state {
            case .lineStart:
                if framing == .dots, bytes[i] == Self.dot {
                    give(start..<i, emit)
                    i += 1
                    start = i
                    state = .dot
                } else {
                    state = .inLine
                    lineLength = 0
                }
            case .dot:
                if bytes[i] == Self.cr {
                    i += 1
                    start = i
                    state = .dotCR
                } else {
                    // The first dot of a longer line is stuffing: dropped.
                    state = .inLine
                    lineLength = 0
                }
            case .dotCR:
                if bytes[i] == Self.lf { return (i + 1, true) }
                note(.bareCarriageReturn)
                state = .inLine
                lineLength = 1
            case .afterCR:
                if bytes[i] == Self.lf {
                    i += 1
                    state = .lineStart
                } else {
                    note(.bareCarriageReturn)
                    state = .inLine
                }
            case .inLine: i = line(bytes, from: i)
            }
        }
        if start < i { give(start..<i, emit) }
        return (i, false)
    }

    /// Walks over the rest of a line, and leaves the state for what comes behind it.
    private mutating func line(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var i = start
        let feed = Self.find(Self.lf, in: bytes, from: i) ?? bytes.count
        // The usual line: text, CR, LF, and no other CR or NUL.
        let textEnd = feed > i && bytes[feed - 1] == Self.cr ? feed - 1 : feed
        let hasReturn = Self.find(Self.cr, in: bytes, from: i, to: textEnd) != nil
        if Self.find(0, in: bytes, from: i, to: feed) != nil { note(.nul) }
        if hasReturn { note(.bareCarriageReturn) }
        lineLength += textEnd - i
        if lineLength > lineLimit { note(.lineTooLong) }
        i = feed
        guard feed < bytes.count else {
            if textEnd < feed { state = .afterCR }
            return i
        }
        if textEnd == feed {
            note(.bareLineFeed)
        } else {
            state = .lineStart
        }
        return i + 1
    }

    private static func find(
        _ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int? = nil
    ) -> Int? {
        let end = end ?? bytes.count
        guard start < end, let base = bytes.baseAddress,
            let found = memchr(base + start, Int32(byte), end - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }

    private mutating func note(_ found: Defect) {
        if defect == nil { defect = found }
    }

    private mutating func give(_ range: Range<Int>, _ emit: (Range<Int>) -> Void) {
        guard !range.isEmpty else { return }
        count += range.count
        if defect == nil { emit(range) }
    }

    private static let dot = UInt8(ascii: ".")
    private static let cr = UInt8(ascii: "\r")
    private static let lf = UInt8(ascii: "\n")
}
