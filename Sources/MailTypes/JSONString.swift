/// A JSON string (RFC 8259 §7) for the places that write JSON by hand, because they write very much of it or in a fixed
/// order.
///
/// More is escaped than has to be: control bytes of ISO 6429 trouble terminals, marks of direction turn what is shown, and
/// U+2028 and U+2029 end lines in scripts.
package enum JSONString {
    /// With its quotes.
    package static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 2)
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Parameter limit: scalars at most; what is beyond is left away.
    package static func append(_ text: String, limit: Int = .max, to line: inout [UInt8]) {
        line.append(quote)
        for scalar in text.unicodeScalars.prefix(limit) {
            switch scalar.value {
            case 0x22, 0x5c:
                line.append(backslash)
                line.append(UInt8(truncatingIfNeeded: scalar.value))
            case 0x0a: line += "\\n".utf8
            case 0x09: line += "\\t".utf8
            case 0x20..<0x7f: line.append(UInt8(truncatingIfNeeded: scalar.value))
            case 0..<0x20, 0x7f..<0xa0, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069:
                let digits = String(scalar.value, radix: 16)
                line += "\\u".utf8
                line += repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count)
                line += digits.utf8
            default: line += String(scalar).utf8
            }
        }
        line.append(quote)
    }

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
}
