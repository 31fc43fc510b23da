/// The part of a mailbox behind the `@`: a domain name or an address literal (RFC 5321 §4.1.3).
package enum MailDomain: Hashable, Sendable, CustomStringConvertible {
    case name(DomainName)
    case literal(IPAddress)

    package var description: String {
        switch self {
        case .name(let name): name.description
        case .literal(let address): "[\(address.literal)]"
        }
    }

    /// The domain name, unless this is an address literal.
    package var name: DomainName? {
        if case .name(let name) = self { return name }
        return nil
    }
}

/// A mailbox: local part and domain (RFC 5321 §4.1.2, with RFC 6531's UTF-8).
///
/// The local part is kept in its shortest wire form: a quoted string that needs no quotes loses them, so that
/// `"joe"@example.org` and `joe@example.org` are one address. Its case is kept; comparison for counting uses `canonical`.
package struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    /// Dot-string or quoted-string, as it goes on the wire; 1…64 octets of content (RFC 5321 §4.5.3.1.1).
    package let localPart: String
    package let domain: MailDomain

    package var description: String { localPart + "@" + domain.description }

    /// The address with its local part lowered (ASCII): the key under which mail to one mailbox is counted.
    package var canonical: String { ASCII.lowercased(localPart) + "@" + domain.description }

    package var isASCII: Bool { description.utf8.allSatisfy { $0 < 0x80 } }

    /// Reads `local@domain` without angle brackets. `nil` unless all of it fits the grammar: no spaces, no comments, no
    /// source route, no control bytes. 254 octets at most (RFC 5321 §4.5.3.1.3).
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (3...254).contains(bytes.count), let at = EmailAddress.separator(bytes) else { return nil }
        guard let local = EmailAddress.localPart(bytes[..<at]) else { return nil }
        let domain = String(decoding: bytes[(at + 1)...], as: UTF8.self)
        if domain.utf8.first == UInt8(ascii: "["), domain.utf8.last == UInt8(ascii: "]") {
            guard let address = IPAddress(literal: String(domain.dropFirst().dropLast())) else { return nil }
            self.domain = .literal(address)
        } else {
            guard domain.utf8.last != UInt8(ascii: "."), let name = DomainName(domain) else { return nil }
            self.domain = .name(name)
        }
        localPart = local
    }

    package init(localPart: String, domain: DomainName) {
        self.localPart = localPart
        self.domain = .name(domain)
    }

    /// The index of the `@` that ends the local part: the first one outside quotes.
    private static func separator(_ bytes: [UInt8]) -> Int? {
        guard bytes.first == UInt8(ascii: "\"") else { return bytes.firstIndex(of: UInt8(ascii: "@")) }
        var i = 1
        while i < bytes.count {
            if bytes[i] == UInt8(ascii: "\\") {
                i += 2
            } else if bytes[i] == UInt8(ascii: "\"") {
                return i + 1 < bytes.count && bytes[i + 1] == UInt8(ascii: "@") ? i + 1 : nil
            } else {
                i += 1
            }
        }
        return nil
    }

    private static func localPart(_ bytes: ArraySlice<UInt8>) -> String? {
        if bytes.first != UInt8(ascii: "\"") {
            guard bytes.count <= 64, isDotString(bytes) else { return nil }
            return validUTF8(bytes)
        }
        var content: [UInt8] = []
        var escaped = false
        for byte in bytes.dropFirst().dropLast() {
            guard byte >= 0x20, byte != 0x7f else { return nil }
            if !escaped, byte == UInt8(ascii: "\\") {
                escaped = true
                continue
            }
            guard escaped || byte != UInt8(ascii: "\"") else { return nil }
            content.append(byte)
            escaped = false
        }
        guard !escaped, content.count <= 64 else { return nil }
        if isDotString(content[...]) { return validUTF8(content[...]) }
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in content {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { quoted.append(UInt8(ascii: "\\")) }
            quoted.append(byte)
        }
        quoted.append(UInt8(ascii: "\""))
        return validUTF8(quoted[...])
    }

    private static func isDotString(_ bytes: ArraySlice<UInt8>) -> Bool {
        var previous = UInt8(ascii: ".")
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard previous != UInt8(ascii: ".") else { return false }
            } else {
                guard ASCII.isAlphanumeric(byte) || byte >= 0x80 || isSpecialAtomText(byte) else { return false }
            }
            previous = byte
        }
        return previous != UInt8(ascii: ".")
    }

    private static func isSpecialAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"),
            UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"),
            UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func validUTF8(_ bytes: ArraySlice<UInt8>) -> String? { String(validating: bytes, as: UTF8.self) }
}

/// The envelope's return address: a mailbox, or nothing for notifications (`MAIL FROM:<>`, RFC 5321 §4.5.5).
package enum ReversePath: Hashable, Sendable, CustomStringConvertible {
    case null
    case mailbox(EmailAddress)

    package var address: EmailAddress? {
        if case .mailbox(let address) = self { return address }
        return nil
    }

    /// Without angle brackets; empty for the null path.
    package var description: String { address?.description ?? "" }

    /// Reads what `description` wrote. Empty text is the null path; `nil` if it is no mailbox.
    package init?(_ text: String) {
        if text.isEmpty {
            self = .null
        } else {
            guard let address = EmailAddress(text) else { return nil }
            self = .mailbox(address)
        }
    }
}
