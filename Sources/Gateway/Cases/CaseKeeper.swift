import ControlStore
import DNSClient
import Enforcement
import Foundation
import Logging
import MailTypes
import NIOCore
import NIOPosix
import Response
import SluiceConfiguration

/// Carries out the outside looks that cases ask for. One at a time: a look is no load, and nobody makes us scan.
final class CaseKeeper: Sendable {
    /// Runs what blocks off the cooperative threads.
    struct Blocking: Sendable {
        let pool: NIOThreadPool

        func callAsFunction<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
            try await pool.runIfActive { try work() }
        }
    }

    /// How often it is asked whether a look is due.
    static let interval = TimeAmount.seconds(5)

    private let control: ControlDatabase
    private let configuration: @Sendable () -> Configuration
    private let group: any EventLoopGroup
    private let resolver: UnboundResolver
    private let blocking: Blocking
    private let logger: Logger

    /// - Parameters:
    ///   - resolver: answers what DNS says about customers' servers.
    ///   - blocking: runs what blocks off the cooperative threads.
    init(
        control: ControlDatabase, group: any EventLoopGroup, resolver: UnboundResolver, logger: Logger,
        configuration: @escaping @Sendable () -> Configuration,
        blocking: Blocking
    ) {
        self.control = control
        self.group = group
        self.resolver = resolver
        self.logger = logger
        self.configuration = configuration
        self.blocking = blocking
    }

    /// Makes one look, if one is due.
    func lookOnce(at time: Timestamp) async {
        do {
            let control = control
            let found = try await blocking { () -> (ControlDatabase.ProbeOrder, IncidentCase)? in
                guard let order = try control.takeProbes(at: time, limit: 1).first else { return nil }
                guard let incident = try control.incident(order.caseID), !incident.state.isFinal else {
                    try control.finishProbe(order, summary: "the case has ended", at: time)
                    return nil
                }
                return (order, incident)
            }
            guard let (order, incident) = found else { return }
            let configuration = configuration()
            guard let customer = configuration.customers.first(where: { $0.id == incident.customer }),
                let consent = customer.probeConsent
            else {
                return try await blocking {
                    try control.finishProbe(order, summary: "not made: the customer has not agreed", at: time)
                }
            }
            let look = OutsideLook(settings: .init(configuration, customer), group: group)
            let servers = Self.servers(incident, customer)
            let seen = await look.look(at: servers)
            // Kept at once: names and lists may take a while to answer.
            try await keep(seen.statements, of: incident.id, at: time)
            let names = await NamesLook(
                resolver: resolver, lists: configuration.cases.reputation.lists.map { AddressList(custom: $0) },
                loop: group.next()
            ).look(at: servers, greetings: seen.greetings)
            try await keep(names.statements, of: incident.id, at: time)
            let summary = ([seen.summary] + names.summary).filter { !$0.isEmpty }.joined(separator: "; ")
            try await blocking {
                try control.finishProbe(order, summary: summary + " (consent: \(consent))", at: time)
            }
        } catch {
            logger.error("outside look failed", metadata: ["error": "\(error)"])
        }
    }

    private func keep(_ statements: [RequiredCheck.Name: OutsideLook.Statement], of id: CaseID, at time: Timestamp)
        async throws
    {
        let control = control
        let events = statements.sorted { $0.key < $1.key }.map { name, said in
            IncidentCase.Event.stated(
                name, .verified, .init(said.result, at: time, author: "gateway", detail: said.detail))
        }
        try await blocking { _ = try control.apply(events, to: id, author: "gateway", at: time) }
    }

    /// The servers of the incident first, then those that the configuration names one by one.
    static func servers(_ incident: IncidentCase, _ customer: Configuration.Customer) -> [IPAddress] {
        var servers = incident.sources.compactMap { source in
            if case .server(let address, _) = source { address } else { nil }
        }
        for network in customer.servers where network.prefixLength == network.first.bitWidth {
            if !servers.contains(network.first) { servers.append(network.first) }
        }
        return Array(servers.prefix(OutsideLook.limit))
    }
}

extension OutsideLook.Settings {
    init(_ configuration: Configuration, _ customer: Configuration.Customer) {
        let probes = configuration.cases.probes
        self.init(
            source: probes.source, recipient: probes.recipient, sender: probes.sender, helo: configuration.hostname,
            ownDomain: customer.domains.first, port: probes.port)
    }
}
