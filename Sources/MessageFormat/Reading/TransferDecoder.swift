/// Decodes a part's transfer encoding as its lines come (RFC 2045 §6.7, §6.8), leniently.
struct TransferDecoder: Sendable {
    let encoding: TransferEncoding
    private(set) var defects: MessageDefects = []
    /// A line end that belongs to the content only if another line follows: the last one is the boundary's.
    private var owesNewline = false
    /// quoted-printable: the tail of a piece that may be the beginning of an escape or trailing white space.
    private var carried: [UInt8] = []
    private var bits: UInt32 = 0
    private var digits = 0

    init(_ encoding: TransferEncoding) { self.encoding = encoding }

    /// Decodes a line, or a piece of one, into `output`, up to `limit` bytes of it. False when it is full.
    mutating func decode(_ piece: Span<UInt8>, ends: Bool, into output: inout [UInt8], limit: Int) -> Bool {
        guard output.count < limit else { return false }
        switch encoding {
        case .identity, .unknown:
            if owesNewline { output.append(0x0a) }
            owesNewline = ends
            let line = ends && piece.count > 0 && piece[piece.count - 1] == 0x0d ? piece.count - 1 : piece.count
            return output.append(piece.extracting(0..<line), limit: limit)
        case .base64:
            decodeBase64(piece, into: &output, limit: limit)
        case .quotedPrintable:
            if carried.isEmpty {
                decodeQuotedPrintable(piece, ends: ends, into: &output, limit: limit)
            } else {
                var whole: [UInt8] = []
                swap(&whole, &carried)
                whole.append(piece)
                decodeQuotedPrintable(whole.span, ends: ends, into: &output, limit: limit)
            }
        }
        return output.count < limit
    }

    /// The part has ended.
    mutating func finish(into output: inout [UInt8], limit: Int) {
        if !carried.isEmpty {
            var rest: [UInt8] = []
            swap(&rest, &carried)
            decodeQuotedPrintable(rest.span, ends: true, into: &output, limit: limit)
        }
        flushBase64(into: &output)
        if output.count > limit { output.removeLast(output.count - limit) }
    }

    // MARK: - base64

    /// Values of the alphabet; 64: padding, 65: white space, 66: anything else.
    private static let alphabet: [UInt8] = {
        var table = [UInt8](repeating: 66, count: 256)
        for (value, digit) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
            table[Int(digit)] = UInt8(value)
        }
        for space in [0x20, 0x09, 0x0d, 0x0a] { table[space] = 65 }
        table[0x3d] = 64
        return table
    }()

    private mutating func decodeBase64(_ piece: Span<UInt8>, into output: inout [UInt8], limit: Int) {
        let alphabet = Self.alphabet.span
        for i in 0..<piece.count {
            let value = alphabet[Int(piece[i])]
            if value < 64 {
                bits = bits << 6 | UInt32(value)
                digits += 1
                if digits == 4 {
                    output.append(UInt8(truncatingIfNeeded: bits >> 16))
                    output.append(UInt8(truncatingIfNeeded: bits >> 8))
                    output.append(UInt8(truncatingIfNeeded: bits))
                    (bits, digits) = (0, 0)
                    if output.count >= limit { break }
                }
            } else if value == 64 {
                flushBase64(into: &output)
            } else if value == 66 {
                defects.insert(.badBase64)
            }
        }
        if output.count > limit { output.removeLast(output.count - limit) }
    }

    /// Writes what a last group of two or three digits holds; another one may follow (parts pasted together).
    private mutating func flushBase64(into output: inout [UInt8]) {
        if digits == 1 { defects.insert(.badBase64) }
        if digits >= 2 {
            bits <<= UInt32(6 * (4 - digits))
            output.append(UInt8(truncatingIfNeeded: bits >> 16))
            if digits == 3 { output.append(UInt8(truncatingIfNeeded: bits >> 8)) }
        }
        (bits, digits) = (0, 0)
    }

    // MARK: - quoted-printable

    private mutating func decodeQuotedPrintable(
        _ piece: Span<UInt8>, ends: Bool, into output: inout [UInt8], limit: Int
    ) {
        var end = piece.count
        while end > 0, piece[end - 1] == 0x20 || piece[end - 1] == 0x09 || piece[end - 1] == 0x0d { end -= 1 }
        if !ends {
            // White space may be the line's last, which is not content; an escape may be torn. A run of white space
            // longer than a piece is content-less whatever comes.
            if end >= 2, piece[end - 2] == 0x3d { end -= 2 } else if end >= 1, piece[end - 1] == 0x3d { end -= 1 }
            carried.append(piece.extracting(end..<piece.count), limit: ReadingBounds.linePiece)
        }
        if owesNewline {
            output.append(0x0a)
            owesNewline = false
        }
        var i = 0
        while i < end, output.count < limit {
            let byte = piece[i]
            guard byte == 0x3d else {
                output.append(byte)
                i += 1
                continue
            }
            if i + 2 < end, let high = Bytes.hex(piece[i + 1]), let low = Bytes.hex(piece[i + 2]) {
                output.append(high << 4 | low)
                i += 3
            } else if i + 1 == end, ends {
                return  // a soft line break
            } else {
                defects.insert(.badQuotedPrintable)
                output.append(byte)
                i += 1
            }
        }
        if ends { owesNewline = true }
    }
}
