package import MailTypes

/// Which way each recipient's mail goes: the operator's routes in order, the first that matches decides; without one, the
/// recipient's own mail exchangers.
package struct RoutingTable: Sendable {
    package var routes: [Route]
    package var clean: EgressPool
    package var risky: EgressPool
    /// Applied where no route matches.
    package var defaultTLS: Route.TLSLevel

    package init(routes: [Route] = [], clean: EgressPool, risky: EgressPool, defaultTLS: Route.TLSLevel = .may) {
        self.routes = routes
        self.clean = clean
        self.risky = risky
        self.defaultTLS = defaultTLS
    }

    package func pool(_ kind: EgressPool.Kind) -> EgressPool { kind == .clean ? clean : risky }

    /// The destination of one recipient's mail.
    ///
    /// The message's own pool is the lower bound: mail that was held or in doubt (`risky`) never leaves through `clean`,
    /// whatever a route says.
    package func destination(
        of recipient: EmailAddress, customer: CustomerID?, pool: EgressPool.Kind
    ) -> DestinationKey {
        for route in routes where matches(route, recipient.domain, customer, pool) {
            let hop: DestinationKey.NextHop =
                switch route.next {
                case .mx: .mail(recipient.domain)
                case .smartHosts(let hosts): .smartHosts(hosts)
                }
            let leaving = max(pool, route.pool ?? pool)
            return DestinationKey(hop: hop, pool: leaving, tls: route.tls, credentials: route.credentials)
        }
        return DestinationKey(hop: .mail(recipient.domain), pool: pool, tls: defaultTLS)
    }

    private func matches(
        _ route: Route, _ domain: MailDomain, _ customer: CustomerID?, _ pool: EgressPool.Kind
    ) -> Bool {
        if let pools = route.pools, !pools.contains(pool) { return false }
        if route.onlyOwnMail, customer != nil { return false }
        if let customers = route.customers {
            guard let customer, customers.contains(customer) else { return false }
        }
        if route.domains.isEmpty { return true }
        guard let name = domain.name else { return false }
        return route.domains.contains { $0.matches(name) }
    }
}
