package import MailTypes

extension Configuration {
    /// A pool of addresses that mail leaves from.
    package enum Pool: String, Hashable, Sendable, CaseIterable {
        case clean, risky
    }

    /// Which way some mail goes.
    package struct Route: Hashable, Sendable {
        package enum TLSLevel: String, Hashable, Sendable, CaseIterable {
            case none, may, encrypt, verify
        }

        package enum Via: Hashable, Sendable {
            case mx
            /// At least one, tried in this order.
            case smartHosts([SmartHost])
        }

        package struct SmartHost: Hashable, Sendable {
            package var host: HostName
            package var port: UInt16
            /// TLS from the first byte (RFC 8314 §3.3) instead of STARTTLS.
            package var implicitTLS: Bool
        }

        package struct Login: Hashable, Sendable {
            package var username: String
            package var password: Secret
        }

        /// Empty: all domains.
        package var domains: [DomainSelector]
        /// Empty: all customers, and the gateway's own notices.
        package var customers: [CustomerID]
        /// The route is for the gateway's own mail only: notices and delivery reports.
        package var onlyGatewayMail: Bool
        /// Empty: both pools.
        package var pools: [Pool]
        package var via: Via
        package var tls: TLSLevel
        package var login: Login?
        /// `nil`: the message's own.
        package var pool: Pool?
        var place: Places

        init?(_ section: Section) {
            (domains, customers, onlyGatewayMail, pools) = section.section(
                "match", "Which mail: all conditions must hold; one that is left out always does."
            ) { match in
                (
                    match.list(
                        "domains", .domainSelector, example: ["example.com", ".example.com"],
                        "The recipient's domain; with a dot before it, all below it."),
                    match.list("customers", .customerID, example: ["acme"], "Whose mail it is."),
                    match.value(
                        "gateway-mail", .flag, default: false,
                        "true: only the gateway's own mail, which is notices and delivery reports."),
                    match.list(
                        "pools", .choice(), example: ["risky"],
                        "clean: mail beyond doubt. risky: mail that was held and released, or in doubt.")
                )
            }
            let hosts = section.sections(
                "smart-hosts", "Hosts that take the mail, tried in this order. Left out: by MX records.", SmartHost.init
            )
            via = hosts.map { .smartHosts($0) } ?? .mx
            tls = section.value(
                "tls", .choice(), default: .may,
                """
                none; may: STARTTLS where it is offered; encrypt: TLS or nothing; verify: TLS with a certificate for the host's
                name or nothing.
                """)
            let username = section.optional(
                "username", .text("a login name", limit: 255), example: "gateway", "Logs in at the smart hosts.")
            let password = section.secretFile(
                "password-file", example: "/etc/sluice/smart-host.password", "A file that holds the login's password.")
            pool = section.optional(
                "pool", .choice(), example: "risky", "Leaves through this pool. Risky mail never leaves through clean.")
            if let username, let password { login = Login(username: username, password: password) }
            place = Places(id: section.place(of: "match"))
            guard !section.decoding.isDocumenting else { return }
            if onlyGatewayMail, !customers.isEmpty {
                section.error("match", "gateway-mail is no customer's: customers and gateway-mail never hold together")
            }
            if let hosts, hosts.isEmpty { section.error("smart-hosts", "expected at least one host") }
            checkLogin(section, hosts ?? [])
        }

        private func checkLogin(_ section: Section, _ hosts: [SmartHost]) {
            if hosts.contains(where: \.implicitTLS), tls == .none {
                section.error("tls", "none contradicts implicit-tls of a smart host")
            }
            guard section.has("username") || section.has("password-file") else { return }
            if !section.has("username") || !section.has("password-file") {
                section.error("username", "username and password-file belong together")
            }
            if hosts.isEmpty { section.error("username", "a login needs smart-hosts") }
            let isLocal = hosts.allSatisfy {
                if case .address(let address) = $0.host { return address.isLoopback }
                return false
            }
            if !isLocal, tls == .none || tls == .may {
                section.error(
                    "tls", "\(tls.rawValue) could send the password in the clear; a login needs encrypt or verify")
            }
        }
    }
}

extension Configuration.Route.SmartHost {
    init?(_ section: Section) {
        let host = section.required("host", .host, example: "relay.example.net", "Name or address.")
        port = UInt16(section.value("port", .integer(1...65_535), default: 25, "25, 587, or 465 with implicit-tls."))
        implicitTLS = section.value(
            "implicit-tls", .flag, default: false, "TLS from the first byte instead of STARTTLS.")
        guard let host else { return nil }
        self.host = host
    }
}
