/// A text part's body: lines ending in CRLF, quoted-printable where it must be (RFC 2045 §6.7).
package struct BodyText: Sendable {
    /// `7bit` or `quoted-printable`: never more than seven bits a byte.
    package let transferEncoding: String
    package let bytes: [UInt8]

    private static let width = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    package init(_ text: String) { self.init(bytes: Array(text.utf8)) }

    /// Line ends may be LF or CRLF.
    package init(bytes text: [UInt8]) {
        let lines = Self.lines(text)
        let isPlain = lines.allSatisfy { line in
            line.count <= 200 && line.last != 0x20 && line.allSatisfy { ($0 >= 0x20 && $0 < 0x7f) || $0 == 0x09 }
        }
        transferEncoding = isPlain ? "7bit" : "quoted-printable"
        var output: [UInt8] = []
        output.reserveCapacity(text.count + text.count / 8)
        for line in lines {
            if isPlain { output += line } else { Self.quote(line, into: &output) }
            output += [0x0d, 0x0a]
        }
        bytes = output
    }

    private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = text.split(separator: 0x0a, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { $0.last == 0x0d ? $0.dropLast() : $0 }
    }

    private static func quote(_ line: ArraySlice<UInt8>, into output: inout [UInt8]) {
        var column = 0
        for (offset, byte) in line.enumerated() {
            let isLast = offset == line.count - 1
            let isSafe = byte > 0x20 && byte < 0x7f && byte != 0x3d && !(byte == 0x2e && column == 0)
            let isPlain = isSafe || ((byte == 0x20 || byte == 0x09) && !isLast)
            if column + (isPlain ? 1 : 3) > width - 1 {
                output += [0x3d, 0x0d, 0x0a]
                column = 0
            }
            if isPlain {
                output.append(byte)
                column += 1
            } else {
                output += [0x3d, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                column += 3
            }
        }
    }
}
