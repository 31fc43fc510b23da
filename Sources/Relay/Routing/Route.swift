package import MailTypes

/// Where some mail goes: the condition and the next hop.
package struct Route: Hashable, Sendable {
    /// Domains that the route is for; empty: all of them.
    package var domains: [DomainPattern]
    /// Customers that the route is for; `nil`: all of them, and the gateway's own notices.
    package var customers: Set<CustomerID>?
    /// The route is for the gateway's own mail only: notices and delivery reports.
    package var onlyOwnMail: Bool
    /// Pools that the route is for; `nil`: all of them.
    package var pools: Set<EgressPool.Kind>?
    package var next: Next
    package var tls: TLSLevel
    /// The name of the login for the next hop (RFC 4954), kept by whoever makes the connection.
    package var credentials: String?
    /// Leaves through this pool. A route can make mail riskier, never cleaner: `RoutingTable` sees to it.
    package var pool: EgressPool.Kind?

    package init(
        domains: [DomainPattern] = [], customers: Set<CustomerID>? = nil, onlyOwnMail: Bool = false,
        pools: Set<EgressPool.Kind>? = nil, next: Next, tls: TLSLevel = .may, credentials: String? = nil,
        pool: EgressPool.Kind? = nil
    ) {
        self.domains = domains
        self.customers = customers
        self.onlyOwnMail = onlyOwnMail
        self.pools = pools
        self.next = next
        self.tls = tls
        self.credentials = credentials
        self.pool = pool
    }

    package enum Next: Hashable, Sendable {
        case mx
        /// At least one; tried in this order.
        case smartHosts([SmartHost])
    }

    /// How the connection is to be protected (RFC 3207, RFC 8314 §3.3).
    package enum TLSLevel: String, Hashable, Sendable, CaseIterable {
        case none
        /// STARTTLS where offered, without looking at the certificate.
        case may
        /// STARTTLS or nothing, without looking at the certificate.
        case encrypt
        /// STARTTLS or nothing, with a certificate for the host's name from a trusted authority.
        case verify
    }
}

/// A domain, or a domain with all below it, in a route's condition.
package enum DomainPattern: Hashable, Sendable, CustomStringConvertible {
    case exact(DomainName)
    /// `.example.org`: every name below, not the name itself.
    case below(DomainName)

    /// Reads `example.org` or `.example.org`.
    package init?(_ text: String) {
        if text.utf8.first == UInt8(ascii: ".") {
            guard let name = DomainName(String(text.dropFirst())) else { return nil }
            self = .below(name)
        } else {
            guard let name = DomainName(text) else { return nil }
            self = .exact(name)
        }
    }

    package var description: String {
        switch self {
        case .exact(let name): name.description
        case .below(let name): "." + name.description
        }
    }

    package func matches(_ domain: DomainName) -> Bool {
        switch self {
        case .exact(let name): return domain == name
        case .below(let name):
            let (long, short) = (domain.description.utf8, name.description.utf8)
            guard long.count > short.count + 1 else { return false }
            let tail = long.suffix(short.count)
            return long[long.index(before: tail.startIndex)] == UInt8(ascii: ".") && tail.elementsEqual(short)
        }
    }
}

/// A next hop given by the operator.
package struct SmartHost: Hashable, Sendable, CustomStringConvertible {
    package var name: Name
    /// 25, 465 (TLS from the first byte) or 587, as a rule.
    package var port: UInt16
    /// TLS from the first byte (RFC 8314 §3.3) instead of STARTTLS.
    package var implicitTLS: Bool

    package init(_ name: Name, port: UInt16, implicitTLS: Bool = false) {
        self.name = name
        self.port = port
        self.implicitTLS = implicitTLS
    }

    package enum Name: Hashable, Sendable {
        /// Its A and AAAA records; MX records are not asked for.
        case host(DomainName)
        case address(IPAddress)
    }

    package var description: String {
        switch name {
        case .host(let name): "\(name):\(port)"
        case .address(let address): address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
        }
    }
}
