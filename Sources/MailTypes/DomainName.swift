/// A DNS domain name as mail uses it, in lower case and without a trailing dot.
///
/// Accepts letters, digits, hyphens and underscores in labels of 1…63 bytes, 253 bytes in all (RFC 1035 §2.3.4), and
/// UTF-8 labels (RFC 6531 §3.3). Underscores are outside RFC 5321's grammar but occur in the wild in host names.
package struct DomainName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name in lower case (ASCII letters only; other characters are left as they are).
    package let description: String

    package init?(_ text: String) {
        var text = text
        if text.utf8.last == UInt8(ascii: ".") { text.removeLast() }
        let valid: Bool = text.withUTF8 { bytes in
            guard (1...253).contains(bytes.count) else { return false }
            var label = 0
            var previous = UInt8(ascii: ".")
            for byte in bytes {
                if byte == UInt8(ascii: ".") {
                    guard label > 0, previous != UInt8(ascii: "-") else { return false }
                    label = 0
                } else {
                    guard
                        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
                            || (byte == UInt8(ascii: "-") && label > 0)
                    else { return false }
                    label += 1
                    guard label <= 63 else { return false }
                }
                previous = byte
            }
            return label > 0 && previous != UInt8(ascii: "-")
        }
        guard valid else { return nil }
        description = ASCII.lowercased(text)
    }

    package var isASCII: Bool { description.utf8.allSatisfy { $0 < 0x80 } }

    /// The labels, from the host's to the top level's.
    package var labels: [Substring] { description.split(separator: ".") }

    /// True for the domain itself and for every name below it.
    package func isEqualToOrBelow(_ other: DomainName) -> Bool {
        description == other.description || description.hasSuffix("." + other.description)
    }

    package static func < (a: DomainName, b: DomainName) -> Bool { a.description < b.description }
}
