package import MailTypes

extension Configuration {
    /// A login.
    package struct Account: Hashable, Sendable {
        package var name: AccountName
        /// As `sluice credential hash` prints it.
        package var credential: Secret
        /// Senders that the login may use beside the customer's domains' rules; empty: any that the customer may use.
        package var addresses: [EmailAddress]
        var places = Places()

        init(name: AccountName, credential: Secret, place: Place?) {
            self.name = name
            self.credential = credential
            addresses = []
            places = Places(id: place)
        }

        init?(_ section: Section) {
            let name = section.required(
                "name", .accountName, example: "joe@acme.example", "The login name; unique over all customers.")
            let inline = section.optional(
                "credential", .text("a stored password as `sluice credential hash` prints it", limit: 1024),
                example:
                    "'SCRAM-SHA-256$65536:c2FsdHNhbHRzYWx0c2FsdA==$1DYh/Xz3l0VfcuS6VrSA7KjmpOxVpRm5HQwFgGyMQzA=:uSLWjO1Jl8YkEPXBHRt4NvvDFYEyuDmvIXcTC0f/Af0='",
                "The stored password, as `sluice credential hash` prints it. Never the password itself.")
            let filed = section.secretFile(
                "credential-file", example: "/etc/sluice/joe.credential", isAlternative: true,
                "Instead of credential: a file that holds it.")
            addresses = section.list(
                "addresses", .mailbox, example: ["joe@acme.example"],
                "Senders that this login may use. Left out: any that the customer may use.")
            guard let name else { return nil }
            if section.has("credential"), section.has("credential-file") {
                section.error("credential-file", "credential stands beside it; give one of the two")
            }
            if !section.has("credential"), !section.has("credential-file"), !section.decoding.isDocumenting {
                section.error("credential", "is missing; give credential or credential-file")
            }
            if inline != nil { section.decoding.hasInlineCredentials = true }
            guard let credential = filed ?? inline.map({ Secret(Array($0.utf8)) }) else { return nil }
            self.name = name
            self.credential = credential
            places = Places(id: section.place(of: "name"))
            if let wrong = section.decoding.checkCredential(String(decoding: credential.bytes, as: UTF8.self)) {
                section.error(section.has("credential") ? "credential" : "credential-file", wrong)
            }
        }
    }
}
