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
        /// From the section and from `accounts-file`.
        package var accounts: [Account]
        /// Who agreed, when, that the gateway looks at the customer's servers from outside; `nil`: nobody.
        package var probeConsent: String?
        package var notices: CustomerNotices
        /// `nil`: as `detection.mode` says.
        package var mode: Mode?
        /// Connections at the same time; `nil`: as `limits.connections-per-customer` says.
        package var connections: Int?
        /// What differs from the general ones: `Configuration.sendingLimits(of:)` has both in one.
        package var sendingLimits: SendingLimits

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
                """
                Addresses of the customer's mail servers. What comes from them is the customer's. Where networks of two
                customers nest, the narrower one decides.
                """)
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
            let listed = section.sections(
                "accounts", "Logins of people or devices that submit here.", Account.init)
            accounts = (listed ?? []) + section.accountsFile()
            probeConsent = section.optional(
                "probe-consent", .text("one line of text", limit: 300),
                example: "2026-11-25, J. Doe, contract 4711, section 8",
                """
                Who agreed, and when, that the gateway tries the customer's servers from outside in a case: relay, login, port 25.
                Kept in the audit log. Left out: nobody, and no such look is made.
                """)
            notices = section.section("notices", "How the customer is told.", CustomerNotices.init)
            mode = section.optional(
                "mode", .choice(), example: "observe", "enforce or observe. Left out: as detection.mode says.")
            connections = section.optional(
                "connections", .integer(1...100_000), example: "200",
                "Connections at the same time. Left out: as limits.connections-per-customer says.")
            sendingLimits = section.section(
                "sending-limits", "What differs from the general ones below; [] takes a limit away.",
                SendingLimits.init)
            guard let id else { return nil }
            self.id = id
            self.name = name ?? id.description
            places = Places(id: section.place(of: "id"), servers: servers.map(\.place))
            for (network, place) in servers where network.isTooBroad {
                section.decoding.report(
                    .error, place, section.pathTo("servers"),
                    "\(network) is too broad (at least /8 for IPv4, /32 for IPv6): it would make an open relay")
            }
            if senderBinding == .enforce, domains.isEmpty {
                section.error("sender-binding", "enforce needs domains; without them everything would be refused")
            }
        }
    }

    /// Whether judgement has consequences.
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        case enforce
        /// Everything is counted and told, nothing is held or stopped.
        case observe
    }

    /// The plain limits that hold for a customer: its own, and the general ones where it has none.
    package func sendingLimits(of customer: Customer) -> SendingLimits {
        customer.sendingLimits.inheriting(sendingLimits)
    }
}
