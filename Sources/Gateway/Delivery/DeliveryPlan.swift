import MailTypes
package import Relay
package import SMTPProtocol
package import SluiceConfiguration

/// What the configuration says about mail that goes out, in the words of `Relay`.
package struct DeliveryPlan: Sendable {
    package var routes: RoutingTable
    package var settings: RelaySettings
    /// Logins at smart hosts, by the name under which routes refer to them.
    package var logins: [String: ClientCredentials]

    package init(_ configuration: Configuration) throws(GatewayError) {
        var logins: [String: ClientCredentials] = [:]
        var routes: [Route] = []
        for (index, route) in configuration.routes.enumerated() {
            let name = "route-\(index + 1)"
            if let login = route.login {
                let password = String(decoding: login.password.bytes, as: UTF8.self)
                guard let credentials = ClientCredentials(user: login.username, password: password) else {
                    throw GatewayError(
                        .configuration, "routes[\(index)].login: name and password have 1 to 255 bytes and no NUL")
                }
                logins[name] = credentials
            }
            routes.append(Route(route, credentials: route.login == nil ? nil : name))
        }
        self.logins = logins
        self.routes = RoutingTable(
            routes: routes, clean: EgressPool(configuration.egress.clean),
            risky: EgressPool(configuration.egress.risky),
            defaultTLS: Route.TLSLevel(configuration.delivery.tls))
        settings = RelaySettings(configuration)
    }
}

extension EgressPool {
    init(_ addresses: Configuration.Egress.Addresses) {
        self.init(sourceIPv4: addresses.ipv4, sourceIPv6: addresses.ipv6, helo: addresses.helo)
    }
}

extension Route.TLSLevel {
    init(_ level: Configuration.Route.TLSLevel) {
        switch level {
        case .none: self = .none
        case .may: self = .may
        case .encrypt: self = .encrypt
        case .verify: self = .verify
        }
    }
}

extension Route {
    init(_ route: Configuration.Route, credentials: String?) {
        let next: Next =
            switch route.via {
            case .mx: .mx
            case .smartHosts(let hosts): .smartHosts(hosts.map(SmartHost.init))
            }
        self.init(
            domains: route.domains.map { selector in
                switch selector {
                case .exact(let name): .exact(name)
                case .below(let name): .below(name)
                }
            },
            customers: route.customers.isEmpty ? nil : Set(route.customers), onlyOwnMail: route.onlyGatewayMail,
            pools: route.pools.isEmpty ? nil : Set(route.pools.map(EgressPool.Kind.init)), next: next,
            tls: TLSLevel(route.tls), credentials: credentials, pool: route.pool.map(EgressPool.Kind.init))
    }
}

extension SmartHost {
    init(_ host: Configuration.Route.SmartHost) {
        let name: Name =
            switch host.host {
            case .name(let name): .host(name)
            case .address(let address): .address(address)
            }
        self.init(name, port: host.port, implicitTLS: host.implicitTLS)
    }
}

extension EgressPool.Kind {
    init(_ pool: Configuration.Pool) {
        switch pool {
        case .clean: self = .clean
        case .risky: self = .risky
        }
    }
}

extension RelaySettings {
    init(_ configuration: Configuration) {
        self.init()
        let delivery = configuration.delivery
        memory = delivery.memory
        queueLifetime = delivery.lifetime
        delayNotice = delivery.delayNotice
        heldFate =
            switch configuration.hold.fate {
            case .release: .release
            case .delete: .delete
            case .bounce: .bounce
            }
        scheduler.maximumConnections = delivery.connections
        scheduler.maximumConcurrency = delivery.connectionsPerDestination
        scheduler.messagesPerConnection = delivery.messagesPerConnection
        scheduler.recipientsPerTransaction = delivery.recipientsPerTransaction
        scheduler.retries.first = delivery.firstRetry
        scheduler.retries.longest = delivery.longestRetry
    }
}
