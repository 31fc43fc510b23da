/// Reads the content of DATA (RFC 5321 §4.5.2): finds its end, takes the stuffed dots away, and refuses what could be
/// read in two ways.
///
/// The end is CRLF.CRLF and nothing else. A bare CR, a bare LF or a NUL anywhere makes the message malformed: the rest is
/// still read up to the real end, so that the session stays in step, and the message is then refused (SMTP smuggling,
/// CVE-2023-51764 and kin).
///
/// A pure struct over bytes in any split. Content is given out in spans of the input, never byte by byte.
package struct DataDecoder: Sendable {
    /// What is wrong with the content's form; the first defect counts.
    package enum Defect: Hashable, Sendable {
        case bareCarriageReturn, bareLineFeed, nul, lineTooLong
    }

    package private(set) var defect: Defect?
    /// Decoded bytes so far (dots unstuffed, without the final dot line).
    package private(set) var count = 0

    private var state = State.lineStart
    private var lineLength = 0
    private let lineLimit: Int

    private enum State: Sendable {
        case lineStart
        /// A dot at the line's start; it has not been given out.
        case dot
        /// A dot and a CR at the line's start; neither was given out.
        case dotCR
        case inLine
        case afterCR
    }

    /// - Parameter lineLimit: the longest line in bytes with its CRLF; RFC 5321 §4.5.3.1.6 asks for 1000, many programs
    ///   send more.
    package init(lineLimit: Int) { self.lineLimit = lineLimit }

    /// Reads from `bytes`, and gives decoded pieces to `emit`, in order. Pieces lie in `bytes`, but for a CR or dot held
    /// back at the end of the last call.
    ///
    /// - Returns: how many bytes were read, and whether the end was among them; what follows belongs to the next command.
    package mutating func decode(
        _ bytes: UnsafeRawBufferPointer, emit: (UnsafeRawBufferPointer) -> Void
    ) -> (consumed: Int, isComplete: Bool) {
        var i = 0
        while i < bytes.count {
            let byte = bytes[i]
            switch state {
            case .lineStart:
                if byte == Self.dot {
                    state = .dot
                    i += 1
                } else {
                    state = .inLine
                    lineLength = 0
                }
            case .dot:
                if byte == Self.cr {
                    state = .dotCR
                    i += 1
                } else {
                    // The first dot of a longer line is stuffing: dropped.
                    state = .inLine
                    lineLength = 0
                }
            case .dotCR:
                if byte == Self.lf { return (i + 1, true) }
                note(.bareCarriageReturn)
                state = .inLine
                lineLength = 1
            case .afterCR:
                if byte == Self.lf {
                    give(bytes, i..<(i + 1), emit)
                    i += 1
                    state = .lineStart
                } else {
                    note(.bareCarriageReturn)
                    state = .inLine
                }
            case .inLine:
                let start = i
                i = plainEnd(bytes, from: i)
                lineLength += i - start
                if lineLength > lineLimit { note(.lineTooLong) }
                guard i < bytes.count else {
                    give(bytes, start..<i, emit)
                    break
                }
                switch bytes[i] {
                case Self.cr where i + 1 < bytes.count && bytes[i + 1] == Self.lf:
                    i += 2
                    give(bytes, start..<i, emit)
                    state = .lineStart
                case Self.cr:
                    i += 1
                    give(bytes, start..<i, emit)
                    state = .afterCR
                case Self.lf:
                    note(.bareLineFeed)
                    i += 1
                    give(bytes, start..<i, emit)
                default:
                    note(.nul)
                    i += 1
                    give(bytes, start..<i, emit)
                }
            }
        }
        return (i, false)
    }

    /// The index of the next CR, LF or NUL, or the end.
    private func plainEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var i = start
        // Eight bytes a step: a byte under 0x0e is a candidate; text has none but line ends and tabs.
        while i + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            let low = (word &- 0x0e0e_0e0e_0e0e_0e0e) & ~word & 0x8080_8080_8080_8080
            if low != 0 { break }
            i += 8
        }
        while i < bytes.count {
            let byte = bytes[i]
            if byte == Self.cr || byte == Self.lf || byte == 0 { return i }
            i += 1
            if byte >= 0x0e || byte == 0x09 {
                while i + 8 <= bytes.count {
                    let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                    let low = (word &- 0x0e0e_0e0e_0e0e_0e0e) & ~word & 0x8080_8080_8080_8080
                    if low != 0 { break }
                    i += 8
                }
            }
        }
        return i
    }

    private mutating func note(_ found: Defect) {
        if defect == nil { defect = found }
    }

    private mutating func give(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ emit: (UnsafeRawBufferPointer) -> Void
    ) {
        guard !range.isEmpty else { return }
        count += range.count
        if defect == nil { emit(UnsafeRawBufferPointer(rebasing: bytes[range])) }
    }

    private static let dot = UInt8(ascii: ".")
    private static let cr = UInt8(ascii: "\r")
    private static let lf = UInt8(ascii: "\n")
}
