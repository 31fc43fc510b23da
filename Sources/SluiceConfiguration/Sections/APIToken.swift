import MailTypes

extension Configuration {
    /// Who may use the API.
    package struct APIToken: Hashable, Sendable {
        package enum Role: String, Hashable, Sendable, CaseIterable {
            case read, act, admin
        }

        /// In the audit log.
        package var name: String
        package var role: Role
        /// SHA-256 of the token's text.
        package var digest: [UInt8]

        init?(_ section: Section) {
            let name = section.required(
                "name", .text("one line of text", limit: 64), example: "ann",
                "Whose it is; the audit log names them with it.")
            role = section.value(
                "role", .choice(), default: .read,
                "read (see everything), act (also stop, release, lead cases) or admin (also verify the audit log).")
            let digest = section.required(
                "digest", .digest, example: String(repeating: "5f", count: 32),
                "What `sluice credential token` prints beside the token; the token itself is kept nowhere.")
            guard let name, let digest else { return nil }
            self.name = name
            self.digest = digest
        }
    }
}

extension Kind where Value == [UInt8] {
    /// SHA-256 in hexadecimal.
    static let digest = Kind(
        allowed: "64 hexadecimal digits",
        parse: { text in
            let digits = Array(text.utf8)
            guard digits.count == 64 else { return nil }
            var bytes: [UInt8] = []
            for index in stride(from: 0, to: 64, by: 2) {
                guard let high = hexValue(digits[index]), let low = hexValue(digits[index + 1]) else { return nil }
                bytes.append(high << 4 | low)
            }
            return bytes
        },
        show: { bytes in
            bytes.map { byte in
                let text = String(byte, radix: 16)
                return byte < 16 ? "0" + text : text
            }.joined()
        })

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
