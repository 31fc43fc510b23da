package import MailTypes
package import NIOSSL
package import SMTPProtocol

/// One place where clients connect.
package struct SMTPListener: Sendable {
    /// For logs.
    package var name: String
    package var addresses: [Address]
    package var kind: ListenerKind
    /// In greeting, EHLO and trace lines.
    package var hostName: String
    /// The context for each new TLS session, asked each time so that certificates can be replaced. `nil`: no TLS.
    package var tls: (@Sendable () -> NIOSSLContext)?
    /// AUTH on a `relay` listener; the submission kinds offer it always.
    package var offersAuthentication: Bool
    /// Balancers that send a PROXY header first, v1 or v2. Connections from these must; from elsewhere none is read.
    package var proxyNetworks: [IPNetwork]

    package enum Address: Hashable, Sendable {
        /// Port 0 takes any free one.
        case ip(IPAddress, port: UInt16)
        /// A listening socket that somebody else bound (socket activation). Owned by the server from then on.
        case descriptor(Int32)
    }

    package init(
        name: String, addresses: [Address], kind: ListenerKind, hostName: String,
        tls: (@Sendable () -> NIOSSLContext)? = nil, offersAuthentication: Bool = false,
        proxyNetworks: [IPNetwork] = []
    ) {
        self.name = name
        self.addresses = addresses
        self.kind = kind
        self.hostName = hostName
        self.tls = tls
        self.offersAuthentication = offersAuthentication || kind.needsLogin
        self.proxyNetworks = proxyNetworks
    }
}
