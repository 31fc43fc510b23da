import ArgumentParser
import Audit
import DNSClient
import Foundation
import MailTypes
import NIOPosix
import Posture

/// `sluice check spf`: does the domain's record authorise the address, and not the world?
struct CheckSPFCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spf", abstract: "Evaluates a domain's SPF record for an address, and whom it lets send at all.")

    @Argument(help: "The domain.")
    var domain: String

    @Option(help: "The address that sends; each address of several.")
    var ip: [String] = []

    @Option(help: "The sender's address (default: postmaster at the domain).")
    var sender: String?

    @Option(help: "The name given in HELO (default: the domain).")
    var helo: String?

    @Option(help: "Ask this name server instead of the root servers down: ADDRESS or ADDRESS@PORT.")
    var resolver: String?

    @OptionGroup var output: CheckOutput

    func run() async throws {
        guard let name = DomainName(domain), let spfName = SPFName(domain) else {
            throw CommandFailure.input("\(SafeText.printable(domain)) is no domain")
        }
        let resolver = try UnboundResolver(try CheckResolver.settings(resolver))
        defer { resolver.shutdown() }
        let lookup = ResolverSPFLookup(resolver, on: MultiThreadedEventLoopGroup.singleton.any())
        let reach = await SPFReach.of(spfName, using: lookup)
        var findings = ip.isEmpty ? SPFChecks.findings(domain: name, address: nil, outcome: nil, reach: reach) : []
        for text in ip {
            guard let address = IPAddress(text) else {
                throw CommandFailure.input("\(SafeText.printable(text)) is no IP address")
            }
            let request = SPFRequest(
                address: address, sender: sender ?? "postmaster@\(domain)", helo: helo ?? domain,
                seconds: Int64(Date().timeIntervalSince1970))
            let outcome = await SPFEvaluator.evaluate(request, using: lookup)
            if let explanation = outcome.explanation { Terminal.error("explanation: \(explanation)") }
            let found = SPFChecks.findings(domain: name, address: address, outcome: outcome, reach: reach)
            findings += findings.isEmpty ? found : found.filter { $0.check == .spfAuthorises }
        }
        try output.tell(findings)
    }
}

enum CheckResolver {
    /// Zones that libunbound answers itself, and that a name server of one's own may well have.
    private static let reserved =
        ["test.", "10.in-addr.arpa.", "168.192.in-addr.arpa.", "d.f.ip6.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa."]
        + (16...31).map { "\($0).172.in-addr.arpa." }
        + ["2.0.192", "100.51.198", "113.0.203"].map { "\($0).in-addr.arpa." }

    static func settings(_ text: String?) throws -> UnboundSettings {
        guard let text else { return UnboundSettings() }
        let parts = text.split(separator: "@", maxSplits: 1)
        guard let address = parts.first.flatMap({ IPAddress(String($0)) }),
            let port = parts.count < 2 ? 53 : UInt16(parts[1])
        else { throw CommandFailure.input("\(SafeText.printable(text)) is no name server: ADDRESS or ADDRESS@PORT") }
        return UnboundSettings(
            forwarders: [UnboundSettings.Forwarder(address, port: port)], askedLocalZones: reserved)
    }
}
