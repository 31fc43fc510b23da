package import MailTypes

/// What one queue of the scheduler stands for: where mail goes, by which pool, how protected. Messages with the same key
/// share connections, concurrency and back-off.
package struct DestinationKey: Hashable, Sendable, CustomStringConvertible {
    package var hop: NextHop
    package var pool: EgressPool.Kind
    package var tls: Route.TLSLevel
    /// The name under which the route's login is kept; secrets are no part of a key.
    package var credentials: String?

    package init(hop: NextHop, pool: EgressPool.Kind, tls: Route.TLSLevel, credentials: String? = nil) {
        self.hop = hop
        self.pool = pool
        self.tls = tls
        self.credentials = credentials
    }

    package enum NextHop: Hashable, Sendable {
        /// The mail exchangers of the recipients' domain, or the address literal's host (RFC 5321 §5.1).
        case mail(MailDomain)
        /// These hosts in this order, whatever the domain.
        case smartHosts([SmartHost])
    }

    /// For logs and metrics: `example.org`, `relay.example.net:587`.
    package var description: String {
        switch hop {
        case .mail(let domain): domain.description
        case .smartHosts(let hosts): hosts.map(\.description).joined(separator: ",")
        }
    }
}
