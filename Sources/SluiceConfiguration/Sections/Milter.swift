package import MailTypes

extension Configuration {
    /// The filter beside a mail server that sends by itself.
    package struct Milter: Hashable, Sendable {
        package var address: SocketAddress
        /// Mail servers that may ask.
        package var networks: [IPNetwork]
        /// Whose mail the mail server's own users send, where neither login nor address names a customer.
        package var customer: CustomerID?
        package var connections: Int

        private static let loopback = [
            IPNetwork(address: .v4(0x7f00_0000), prefixLength: 8),
            IPNetwork(address: IPAddress(high: 0, low: 1), prefixLength: 128),
        ]

        init?(_ section: Section) {
            let address = section.required(
                "address", .socketAddress, example: "127.0.0.1:8891",
                "Address and port; Postfix is told by smtpd_milters = inet:127.0.0.1:8891.")
            let networks = section.placed(
                "from", .network, example: ["127.0.0.0/8", "::1"],
                "Mail servers that may ask. Left out: this machine.")
            for (network, place) in networks where network.isTooBroad {
                section.decoding.report(
                    .error, place, section.pathTo("from"),
                    "\(network) is too broad: whoever is in it can say that mail is any customer's")
            }
            customer = section.optional(
                "customer", .customerID, example: "acme",
                """
                Whose mail the mail server's logins and local users send, where neither the login nor the client's address
                is a customer's. Left out: such mail passes unseen, as all mail from elsewhere does.
                """)
            connections = section.value(
                "connections", .integer(1...100_000), default: 500,
                "At the same time; a mail server takes one a client.")
            guard let address else { return nil }
            self.address = address
            self.networks = networks.isEmpty ? Self.loopback : networks.map(\.value)
        }
    }
}
