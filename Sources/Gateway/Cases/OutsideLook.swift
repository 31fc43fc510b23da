import Audit
import Enforcement
import Foundation
import MailTypes
import NIOCore
import NIOPosix
import Posture

/// Looks at one customer's servers from outside: whether port 25 can be reached, and if so, whether strangers can relay.
/// Nothing is ever sent: no try goes as far as DATA.
struct OutsideLook: Sendable {
    struct Settings: Sendable {
        var source: IPAddress?
        var recipient: EmailAddress
        var sender: EmailAddress
        var helo: DomainName
        var ownDomain: DomainName?
        var port = 25
        /// Ports by which it is known that a host can be reached at all.
        var others = [587, 465, 443, 80, 22]
        var timeout = TimeAmount.seconds(15)
    }

    typealias Statement = (result: CheckState.Result, detail: String)

    struct Seen: Sendable {
        var statements: [RequiredCheck.Name: Statement] = [:]
        /// The name that each server greets with.
        var greetings: [IPAddress: String] = [:]
        /// Everything else that was found, for people.
        var summary = ""
    }

    /// Servers of one look.
    static let limit = 8
    /// Relay findings that decide; the others are told.
    private static let decisive: Set<CheckID> = [
        .strangerRelay, .ownSenderRelay, .nullSenderRelay, .routedRelay, .heloRelay,
    ]

    let settings: Settings
    let group: any EventLoopGroup

    private enum Reach {
        case open
        case refused
        case silent
    }

    /// Looks at each in turn; the worst counts for all. Without servers nothing is known.
    func look(at servers: [IPAddress]) async -> Seen {
        var relay: [(CheckState.Result, String)] = []
        var port: [(CheckState.Result, String)] = []
        var other: [String] = []
        var seen = Seen()
        for server in servers.prefix(Self.limit) {
            switch await reach(server, settings.port) {
            case .open:
                port.append((.fail, "\(server): a connection to port \(settings.port) from outside succeeds"))
                let facts = await facts(server)
                if let name = facts.greeting?.text.split(separator: " ").first { seen.greetings[server] = String(name) }
                let findings = RelayChecks.findings(facts)
                relay.append(Self.judge(server, findings.filter { Self.decisive.contains($0.check) }))
                for finding in findings where !Self.decisive.contains(finding.check) {
                    if case .fail = finding.result { other.append("\(server) \(finding.check)") }
                }
            case .refused:
                port.append((.pass, "\(server) refuses connections to port \(settings.port)"))
                relay.append((.pass, "\(server) cannot be reached at port \(settings.port)"))
            case .silent:
                // A host that is down, or a way that is broken, proves nothing; one that answers elsewhere filters.
                if await answersElsewhere(server) {
                    port.append((.pass, "\(server) lets nobody from outside reach port \(settings.port)"))
                    relay.append((.pass, "\(server) cannot be reached at port \(settings.port)"))
                } else {
                    port.append((.unknown, "\(server) does not answer at all"))
                    relay.append((.unknown, "\(server) does not answer at all"))
                }
            }
        }
        seen.statements[.relayClosed] = Self.worst(relay)
        seen.statements[.portOutside] = Self.worst(port)
        seen.summary = (relay.map(\.1) + other).joined(separator: "; ")
        return seen
    }

    private static func judge(_ server: IPAddress, _ findings: [Finding]) -> (CheckState.Result, String) {
        var unknown: String?
        for finding in findings {
            switch finding.result {
            case .fail, .waived:
                return (.fail, "\(server): \(finding.check): \(finding.evidence.first ?? "it relays for strangers")")
            case .unknown(let why): unknown = unknown ?? "\(server): \(finding.check): \(why)"
            case .pass: break
            }
        }
        if let unknown { return (.unknown, unknown) }
        return findings.isEmpty
            ? (.unknown, "\(server): nothing was seen") : (.pass, "\(server) does not relay for strangers")
    }

    private static func worst(_ seen: [(CheckState.Result, String)]) -> (result: CheckState.Result, detail: String) {
        guard !seen.isEmpty else { return (.unknown, "no address of the customer's servers is known") }
        let result: CheckState.Result =
            seen.contains { $0.0 == .fail } ? .fail : seen.contains { $0.0 == .unknown } ? .unknown : .pass
        return (result, seen.filter { $0.0 == result }.map(\.1).joined(separator: "; "))
    }

    private func facts(_ server: IPAddress) async -> RelayFacts {
        var probe = RelayProbeSettings(
            host: server.description, port: settings.port, ownDomain: settings.ownDomain,
            recipient: settings.recipient, sender: settings.sender, helo: settings.helo.description,
            nonce: "no-such-\(String(UInt64.random(in: .min ... .max), radix: 36))")
        probe.source = settings.source
        return await RelayProbe.run(probe, on: group)
    }

    private func answersElsewhere(_ server: IPAddress) async -> Bool {
        for port in settings.others where await reach(server, port) != .silent { return true }
        return false
    }

    private func reach(_ server: IPAddress, _ port: Int) async -> Reach {
        do {
            var bootstrap = ClientBootstrap(group: group).connectTimeout(settings.timeout)
            if let source = settings.source, source.isIPv4 == server.isIPv4 {
                bootstrap = try bootstrap.bind(to: NIOCore.SocketAddress(ipAddress: source.description, port: 0))
            }
            let channel = try await bootstrap.connect(host: server.description, port: port).get()
            try? await channel.close().get()
            return .open
        } catch let error as IOError where error.errnoCode == ECONNREFUSED {
            return .refused
        } catch let error as NIOConnectionError {
            let isRefused = error.connectionErrors.contains { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }
            return isRefused ? .refused : .silent
        } catch {
            return .silent
        }
    }
}
