import Audit
import DNSClient
import Enforcement
import MailTypes
import NIOCore
import Posture

/// What DNS says about a customer's servers, as receivers see it: the names that lead back, the name in the greeting, and lists
/// that have an entry. Questions only; nobody is connected to.
struct NamesLook: Sendable {
    let resolver: UnboundResolver
    let lists: [AddressList]
    let loop: any EventLoop

    struct Seen: Sendable {
        var statements: [RequiredCheck.Name: OutsideLook.Statement] = [:]
        /// What is wrong, for people.
        var summary: [String] = []
    }

    /// Findings about names that decide. A name that only tells the address is bad manners, and keeps nobody from sending.
    private static let decisive: Set<CheckID> = [.reverseName, .confirmedName, .heloName]

    /// - Parameter greetings: the name that each server gives; without one nothing is said about it.
    func look(at servers: [IPAddress], greetings: [IPAddress: String]) async -> Seen {
        var seen = Seen()
        // Nobody on the internet knows the others' names.
        let servers = servers.prefix(OutsideLook.limit).filter { !$0.isLocal }
        let probe = DNSProbe(resolver, on: loop, isValidating: false)
        var hosts: [SendingHostFacts] = []
        for server in servers { hosts.append(await probe.host(server, helo: greetings[server])) }
        let names = HostChecks.findings(hosts, target: "").filter { finding in
            guard Self.decisive.contains(finding.check) else { return false }
            return finding.check != .heloName || greetings.keys.contains { $0.description == finding.target }
        }
        seen.statements[.namesMatch] = Self.judge(names, fine: "the names lead back to the addresses", &seen.summary)
        guard !lists.isEmpty else { return seen }
        let facts = await ListingProbe(addressLists: lists, resolver: resolver, on: loop)
            .facts(servers.map { .address($0) })
        let listings = ListingChecks.findings(facts).filter { $0.check == .addressListing }
        seen.statements[.serverUnlisted] = Self.judge(listings, fine: "no list has an entry", &seen.summary)
        return seen
    }

    /// The worst of the findings; what is a blemish only is told and passes. Without any nothing is known.
    private static func judge(_ findings: [Finding], fine: String, _ summary: inout [String]) -> OutsideLook.Statement {
        var bad: [String] = []
        var unclear: [String] = []
        for finding in findings {
            let said = "\(finding.target): "
            switch finding.result {
            case .pass: break
            case .fail(let severity), .waived(let severity, _):
                let text = said + (finding.evidence.first ?? "\(finding.check)")
                summary.append(text)
                if severity > .low { bad.append(text) }
            case .unknown(let why): unclear.append(said + why)
            }
        }
        if !bad.isEmpty { return (.fail, bad.joined(separator: "; ")) }
        if !unclear.isEmpty { return (.unknown, unclear.joined(separator: "; ")) }
        return findings.isEmpty ? (.unknown, "no address of the customer's servers is known") : (.pass, fine)
    }
}
