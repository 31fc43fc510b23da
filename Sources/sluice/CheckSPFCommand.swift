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
        let resolver = try UnboundResolver(UnboundSettings(forwarders: try CheckResolver.forwarders(resolver)))
        defer { resolver.shutdown() }
        let lookup = ResolverSPFLookup(resolver, on: MultiThreadedEventLoopGroup.singleton.any())
        let reach = await SPFReach.of(spfName, using: lookup)
        var findings = ip.isEmpty ? SPFChecks.findings(domain: name, outcome: nil, reach: reach) : []
        for text in ip {
            guard let address = IPAddress(text) else {
                throw CommandFailure.input("\(SafeText.printable(text)) is no IP address")
            }
            let request = SPFRequest(
                address: address, sender: sender ?? "postmaster@\(domain)", helo: helo ?? domain,
                seconds: Int64(Date().timeIntervalSince1970))
            let outcome = await SPFEvaluator.evaluate(request, using: lookup)
            if let explanation = outcome.explanation { Terminal.error("explanation: \(explanation)") }
            let found = SPFChecks.findings(domain: name, outcome: outcome, reach: reach)
            findings += findings.isEmpty ? found : found.filter { $0.check == .spfAuthorises }
        }
        try output.tell(findings)
    }
}

enum CheckResolver {
    static func forwarders(_ text: String?) throws -> [UnboundSettings.Forwarder] {
        guard let text else { return [] }
        let parts = text.split(separator: "@", maxSplits: 1)
        guard let address = parts.first.flatMap({ IPAddress(String($0)) }),
            let port = parts.count < 2 ? 53 : UInt16(parts[1])
        else { throw CommandFailure.input("\(SafeText.printable(text)) is no name server: ADDRESS or ADDRESS@PORT") }
        return [UnboundSettings.Forwarder(address, port: port)]
    }
}
