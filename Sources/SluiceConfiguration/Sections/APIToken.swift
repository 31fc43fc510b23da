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
        parse: { text in text.utf8.count == 64 ? Hexadecimal.bytes(text) : nil }, show: { Hexadecimal.text($0) })
}
