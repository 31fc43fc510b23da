package import Console
import ControlStore
import Inspection
import MailTypes
import NIOConcurrencyHelpers
import Posture
package import SluiceConfiguration
import Spool
import TLSContexts

/// API and pages of the gateway.
extension Gateway {
    /// What the HTTP side serves beside health and metrics. Without a token nobody gets in but the commands of this machine, and
    /// customers by the links of their cases.
    ///
    /// The console has connections of its own to the databases: what it does reaches the gateway as the acts of the command
    /// line do. Blocks.
    package func console(_ configuration: Configuration) throws -> ConsoleRoutes {
        let control = try ControlDatabase(directory: configuration.stateDirectory, mayCreate: false)
        control.use(CasePolicy(configuration))
        let spool = try Spool(directory: configuration.stateDirectory, role: .command)
        let (teacher, metrics, state, reputation) = (teacher, metrics, state, reputation)
        let reports = ReportedEvents(inspector: inspector, places: try LoginPlaces(configuration.detection.places))
        let stores = ConsoleStores(
            control: control, spool: spool,
            customers: { state.withLockedValue { $0.configuration }.consoleCustomers },
            learn: { ids, isSpam in
                teacher.note(ids, in: spool, isSpam: isSpam, teacher: .operator, at: Clock.now())
            },
            live: {
                ConsoleStores.Live(
                    unreadiness: state.withLockedValue { $0.isReady } ? nil : "starting or stopping",
                    metrics: metrics.families(),
                    listings: reputation?.listed.map { listing in
                        "Own address \(listing.key.subject) is on the list \(SafeText.printable("\(listing.key.list)"))."
                    } ?? [], watchesLists: reputation != nil)
            },
            report: { events in
                reports.take(events)
                return true
            })
        stores.warm(at: Clock.now())
        operators.use(OperatorTokens(configuration))
        var generator = SystemRandomNumberGenerator()
        return ConsoleRoutes(
            operators: operators, stores: stores,
            settings: .init(baseURL: configuration.notices.consoleURL, proxies: configuration.http.proxies),
            logger: logger,
            newToken: {
                var generator = SystemRandomNumberGenerator()
                return CapabilityToken(using: &generator)
            }, formKey: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }, now: Clock.now)
    }
}

extension Gateway {
    /// The certificate of the listener of API and pages; `nil`: plain HTTP.
    package var httpCertificate: HTTPCertificate? { httpTLS.map { tls in HTTPCertificate { tls.current } } }
}

extension OperatorTokens {
    init(_ configuration: Configuration) {
        self.init(
            configuration.http.tokens.map { token in
                Entry(name: token.name, role: Role(token.role), digest: token.digest)
            })
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

extension Configuration {
    /// Customers as the console shows them.
    package var consoleCustomers: [ConsoleStores.Customer] {
        customers.map { customer in
            ConsoleStores.Customer(
                id: customer.id, name: customer.name, servers: customer.servers.map(\.description),
                domains: customer.domains.map(\.description), contacts: customer.contacts.map(\.description),
                language: (customer.notices.language).flatMap { PageLanguage(rawValue: $0.rawValue) })
        }
    }
}
