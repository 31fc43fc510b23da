package import Console
import ControlStore
import MailTypes
import NIOConcurrencyHelpers
package import SluiceConfiguration
import Spool

/// API and pages of the gateway.
extension Gateway {
    /// What the HTTP side serves beside health and metrics; `nil` where no token is configured.
    ///
    /// The console has connections of its own to the databases: what it does reaches the gateway as the acts of the command
    /// line do. Blocks.
    package func console(_ configuration: Configuration) throws -> ConsoleRoutes? {
        guard !configuration.http.tokens.isEmpty else { return nil }
        let control = try ControlDatabase(directory: configuration.stateDirectory, mayCreate: false)
        control.use(CasePolicy(configuration))
        let stores = ConsoleStores(
            control: control, spool: try Spool(directory: configuration.stateDirectory, role: .command),
            customers: { [state] in
                state.withLockedValue { $0.configuration }.customers.map(ConsoleStores.Customer.init)
            })
        let tokens = configuration.http.tokens.map { token in
            OperatorTokens.Entry(name: token.name, role: Role(token.role), digest: token.digest)
        }
        var generator = SystemRandomNumberGenerator()
        return ConsoleRoutes(
            tokens: OperatorTokens(tokens), stores: stores,
            settings: .init(baseURL: configuration.notices.consoleURL, proxies: configuration.http.proxies),
            logger: logger,
            newToken: {
                var generator = SystemRandomNumberGenerator()
                return CapabilityToken(using: &generator)
            }, formKey: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }, now: Clock.now)
    }
}

extension Role {
    fileprivate init(_ role: Configuration.APIToken.Role) {
        switch role {
        case .read: self = .read
        case .act: self = .act
        case .admin: self = .admin
        }
    }
}

extension ConsoleStores.Customer {
    fileprivate init(_ customer: Configuration.Customer) {
        self.init(
            id: customer.id, name: customer.name, servers: customer.servers.map(\.description),
            domains: customer.domains.map(\.description), contacts: customer.contacts.map(\.description))
    }
}
