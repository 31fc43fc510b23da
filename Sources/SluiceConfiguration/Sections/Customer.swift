package import Detection
package import MailTypes

extension Configuration {
    /// Who is answerable for some mail: servers, accounts, domains.
    package struct Customer: Hashable, Sendable {
        package enum SenderBinding: String, Hashable, Sendable, CaseIterable {
            case off
            /// A foreign sender is evidence and stands in the log.
            case observe
            /// A foreign sender is refused.
            case enforce
        }

        package var id: CustomerID
        /// For people; the id, if none is given.
        package var name: String
        package var contacts: [EmailAddress]
        package var servers: [IPNetwork]
        package var domains: [DomainName]
        package var senderBinding: SenderBinding
        package var identityHeaders: [IdentityHeader]
        package var accounts: [Account]
        /// `nil`: as `detection.mode` says.
        package var mode: DetectionPolicy.Mode?
        /// Connections at the same time; `nil`: as `limits.connections-per-customer` says.
        package var connections: Int?
        /// `nil`: the general ones of `detection`.
        package var limits: DetectionPolicy.Limits?
        package var accountLimits: DetectionPolicy.Limits?

        /// Where the parts stand, for checks over several customers; no part of equality.
        var places = Places()

        init?(_ section: Section) {
            let id = section.required("id", .customerID, example: "acme", "A short name, in logs and commands.")
            let name = section.optional(
                "name", .text("one line of text", limit: 256), example: "Acme Ltd", "For people. Left out: the id.")
            contacts = section.list(
                "contact", .mailbox, example: ["postmaster@acme.example"], "Who is told when mail is held or stopped.")
            let servers = section.placed(
                "servers", .network, example: ["192.0.2.0/28", "2001:db8:1::/48"],
                "Addresses of the customer's mail servers. What comes from them is the customer's.")
            self.servers = servers.map(\.value)
            domains = section.list(
                "domains", .domain, example: ["acme.example"],
                "Domains that the customer sends as, with all below them.")
            senderBinding = section.value(
                "sender-binding", .choice(), default: .observe,
                """
                What happens to mail with a sender outside of `domains`: off, observe (it counts as evidence), enforce (it is
                refused). Nothing, where no domains are given.
                """)
            identityHeaders = section.list(
                "identity-headers", .identityHeader, example: ["X-Authenticated-Sender", "Received"],
                """
                Fields in which the customer's servers name the account, first hit wins: any field of one's own, or Received
                for `(Authenticated sender: joe)` as Postfix writes it. Only list what the servers set themselves and remove
                from mail that comes in with it.
                """)
            accounts =
                section.sections("accounts", "Logins of people or devices that submit here.", Account.init) ?? []
            mode = section.optional(
                "mode", .choice(), example: "observe", "enforce or observe. Left out: as detection.mode says.")
            let bounds = section.section("limits", "Bounds for the customer as a whole.") { limits in
                (
                    limits.optional(
                        "connections", .integer(1...100_000), example: "200",
                        "Connections at the same time. Left out: as limits.connections-per-customer says."),
                    DetectionPolicy.Limits(limits)
                )
            }
            connections = bounds.0
            limits = bounds.1
            accountLimits = section.section(
                "account-limits", "Bounds for each account.", DetectionPolicy.Limits.init)
            guard let id else { return nil }
            self.id = id
            self.name = name ?? id.description
            places = Places(id: section.place(of: "id"), servers: servers.map(\.place))
            for (network, place) in servers where network.isTooBroad {
                section.decoding.report(
                    .error, place, section.pathTo("servers"),
                    "\(network) is too broad (at least /8 for IPv4, /32 for IPv6): it would make an open relay")
            }
            if self.servers.isEmpty, accounts.isEmpty, !section.decoding.isDocumenting {
                section.warning("servers", "the customer has neither servers nor accounts and can send nothing")
            }
            if senderBinding == .enforce, domains.isEmpty {
                section.error("sender-binding", "enforce needs domains; without them everything would be refused")
            }
        }
    }

    /// A login.
    package struct Account: Hashable, Sendable {
        package var name: AccountName
        /// As `sluice credential hash` prints it.
        package var credential: Secret
        /// Senders that the login may use beside the customer's domains' rules; empty: any that the customer may use.
        package var addresses: [EmailAddress]
        var places = Places()

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

extension DetectionPolicy.Limits {
    /// Four optional keys; `nil` if none is given.
    init?(_ section: Section) {
        let range = 1...100_000_000
        self.init(
            messagesPerHour: section.optional(
                "messages-per-hour", .integer(range), example: "2000", "Left out: no limit; likewise below."),
            messagesPerDay: section.optional("messages-per-day", .integer(range), example: "20000", ""),
            recipientsPerHour: section.optional("recipients-per-hour", .integer(range), example: "5000", ""),
            recipientsPerDay: section.optional("recipients-per-day", .integer(range), example: "50000", ""))
        if self == DetectionPolicy.Limits() { return nil }
    }
}
