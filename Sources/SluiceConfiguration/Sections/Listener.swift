package import MailTypes
package import SMTPProtocol

extension Configuration {
    /// A socket that takes mail.
    package struct Listener: Hashable, Sendable {
        package var address: SocketAddress
        package var kind: ListenerKind
        /// People can log in here under TLS; always so with the submission kinds.
        package var offersLogin: Bool
        /// Balancers that are believed when they name the client by the PROXY protocol. From them it is required.
        package var proxyProtocolFrom: [IPNetwork]

        var places = Places()

        package init(
            address: SocketAddress, kind: ListenerKind, offersLogin: Bool = false, proxyProtocolFrom: [IPNetwork] = []
        ) {
            self.address = address
            self.kind = kind
            self.offersLogin = offersLogin || kind.needsLogin
            self.proxyProtocolFrom = proxyProtocolFrom
        }

        /// 127.0.0.1:2525, relay.
        static let embedded = Listener(
            address: SocketAddress(address: .v4(0x7f00_0001), port: 2525), kind: .relay)

        init?(_ section: Section) {
            let address = section.required(
                "address", .socketAddress, example: "127.0.0.1:2525",
                "Address and port; 0.0.0.0 or [::] for all addresses.")
            kind = section.value(
                "kind", .choice(), default: .relay,
                """
                relay: from customers' servers, known by their addresses. submission: from people who log in, with STARTTLS
                (port 587). submissions: the same with TLS from the first byte (port 465).
                """)
            let login = section.value(
                "login", .flag, default: false, "Let people log in on a relay listener, too, once TLS is on.")
            offersLogin = login || kind.needsLogin
            let balancers = section.placed(
                "proxy-protocol-from", .network, example: ["192.0.2.10"],
                "Balancers that name the client by the PROXY protocol (v1 or v2). They are believed, and nobody else is."
            )
            for (network, place) in balancers where network.isTooBroad {
                section.decoding.report(
                    .error, place, section.pathTo("proxy-protocol-from"),
                    "\(network) is too broad: whoever is in it can pretend to be any customer's server")
            }
            proxyProtocolFrom = balancers.map(\.value)
            guard let address else { return nil }
            self.address = address
            places = Places(id: section.place(of: "kind"))
        }
    }

    /// The certificate of the listeners.
    package struct TLS: Hashable, Sendable {
        package enum Version: String, Hashable, Sendable, CaseIterable {
            case v12 = "1.2"
            case v13 = "1.3"
        }

        /// PEM files, as they are to be opened.
        package var certificate: String
        package var key: String
        package var minimum: Version

        init?(_ section: Section) {
            let certificate = section.file(
                "certificate", example: "/etc/sluice/fullchain.pem", isRequired: true,
                "The certificate and the intermediate ones, PEM. Read again when it changes.")
            let key = section.file(
                "key", example: "/etc/sluice/key.pem", isSecret: true, isRequired: true,
                "The private key, PEM.")
            minimum = section.value("minimum", .choice(), default: .v12, "The oldest version of TLS that is spoken.")
            guard let certificate, let key else { return nil }
            self.certificate = certificate
            self.key = key
        }
    }
}

extension IPNetwork {
    /// So broad that it names no one's servers: trusting it would make an open relay.
    var isTooBroad: Bool { prefixLength < (first.isIPv4 ? 8 : 32) }
}
