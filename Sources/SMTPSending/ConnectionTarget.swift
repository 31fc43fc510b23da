package import MailTypes
package import SMTPProtocol

/// Where a connection is to go, and how.
package struct ConnectionTarget: Sendable {
    /// Tried in this order until one is ready for mail.
    package var hosts: [HostAddress]
    package var tls: TLSLevel
    /// Never sent without TLS: with a login, an unprotected connection is a failure. The exception is `none` towards a
    /// loopback address, where nobody can listen who could not read our memory.
    package var credentials: ClientCredentials?
    /// Bound before connecting by IPv4; `nil`: the system chooses.
    package var sourceIPv4: IPAddress?
    /// Bound before connecting by IPv6; `nil`: the system chooses.
    package var sourceIPv6: IPAddress?
    /// The EHLO name.
    package var heloName: DomainName
    package var timeouts: SendingTimeouts

    package init(
        hosts: [HostAddress], tls: TLSLevel, credentials: ClientCredentials? = nil, sourceIPv4: IPAddress? = nil,
        sourceIPv6: IPAddress? = nil, heloName: DomainName, timeouts: SendingTimeouts = SendingTimeouts()
    ) {
        self.hosts = hosts
        self.tls = tls
        self.credentials = credentials
        self.sourceIPv4 = sourceIPv4
        self.sourceIPv6 = sourceIPv6
        self.heloName = heloName
        self.timeouts = timeouts
    }

    /// How the connection is to be protected (RFC 3207, RFC 7435).
    package enum TLSLevel: String, Sendable, Hashable, CaseIterable {
        case none
        /// Where offered, whatever the certificate; plain text where it is refused or does not work.
        case may
        /// TLS or nothing, whatever the certificate.
        case encrypt
        /// TLS or nothing, with a certificate from a trusted authority for the host's name.
        case verify

        var requirement: TLSRequirement {
            switch self {
            case .none: .none
            case .may: .may
            case .encrypt, .verify: .required
            }
        }
    }
}

/// One address to connect to.
package struct HostAddress: Sendable, Hashable, CustomStringConvertible {
    /// Sent as server name, and demanded of the certificate under `verify`; `nil`: the address is.
    package var name: DomainName?
    package var address: IPAddress
    package var port: UInt16
    /// TLS from the first byte (RFC 8314 §3.3).
    package var implicitTLS: Bool

    package init(name: DomainName?, address: IPAddress, port: UInt16 = 25, implicitTLS: Bool = false) {
        self.name = name
        self.address = address
        self.port = port
        self.implicitTLS = implicitTLS
    }

    /// `mx.example.org[192.0.2.1]:25`, `[2001:db8::1]:25`.
    package var description: String { "\(name?.description ?? "")[\(address)]:\(port)" }
}
