import Crypto

/// A secret that gives whoever has it one right: a case's link, an operator's access. 256 random bits, as 43 digits of
/// base64url (RFC 4648 §5): nobody guesses it, so its hash needs no salt and no slowness.
///
/// The text is shown once, when it is made; kept is `digest`.
package struct CapabilityToken: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// Digits of a token's text.
    package static let length = 43

    /// For whom it is made: a link, an `Authorization` field, the key of a signed report.
    package let text: String

    package init(using generator: inout some RandomNumberGenerator) {
        text = Self.digits((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// A token as it came from outside; `nil` if it cannot be one.
    package init?(_ text: String) {
        guard text.utf8.count == Self.length, text.utf8.allSatisfy({ Self.alphabet.contains($0) }) else { return nil }
        self.text = text
    }

    /// SHA-256 of the text.
    package var digest: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// Whether the token is the one whose digest was kept; the time does not depend on where they differ.
    package func matches(_ kept: [UInt8]) -> Bool {
        let own = digest
        guard own.count == kept.count else { return false }
        return zip(own, kept).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }

    package var description: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func digits(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var bits = 0
        var value = 0
        for byte in bytes {
            value = (value << 8 | Int(byte)) & 0xffff
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[value >> bits & 63])
            }
        }
        if bits > 0 { text.append(alphabet[value << (6 - bits) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }
}
