import ArgumentParser
import Audit
import NIOPosix
import Posture

/// `sluice check mta`: what the configurations of this host's mail servers let through.
struct CheckMTACommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mta",
        abstract:
            "Follows the rules of Postfix, Exim, OpenSMTPD, Sendmail and Dovecot: who may relay, who may log in where.",
        discussion: """
            Reads the configurations of this host (as root), or of a folder of `sluice collect`. With --probe, the server is \
            tried from outside as well, and both answers are shown where they differ.

              sluice check mta --all
              sluice check mta --published 2525=25
              sluice check mta --probe mail.example.org --own-domain example.org --recipient me@elsewhere.example
            """)

    @Option(
        help: "A port that the world reaches under another number, INSIDE=OUTSIDE, also on loopback (several times).")
    var published: [String] = []

    @Option(help: "Try this server from outside, too: HOST or HOST:PORT.")
    var probe: String?

    @Option(help: "With --probe: a domain that the server takes mail for.")
    var ownDomain: String?

    @Option(help: "With --probe: a mailbox of yours at another provider. Nothing is sent to it.")
    var recipient: String?

    @OptionGroup var source: CheckSource
    @OptionGroup var output: CheckOutput

    func run() async throws {
        var ports: [Int: Int] = [:]
        for text in published {
            let numbers = text.split(separator: "=", omittingEmptySubsequences: false).compactMap { UInt16($0) }
            guard numbers.count == 2, numbers.allSatisfy({ $0 > 0 }) else {
                throw CommandFailure.input("--published is INSIDE=OUTSIDE, two ports")
            }
            ports[Int(numbers[0])] = Int(numbers[1])
        }
        let settings = try probe.map {
            try CheckRelayCommand.settings($0, ownDomain: ownDomain, recipient: recipient, sender: nil, helo: nil)
        }
        try await CheckRun(source: source, output: output).run([ProbedMTAGroup(MTAGroup(published: ports), settings)])
    }
}

/// The group MTA, with a probe from outside beside it.
struct ProbedMTAGroup: AuditGroup {
    private let inner: MTAGroup
    private let probe: RelayProbeSettings?

    init(_ inner: MTAGroup, _ probe: RelayProbeSettings?) {
        self.inner = inner
        self.probe = probe
    }

    var group: CheckGroup { inner.group }
    var sources: [FactSource] { inner.sources }

    func findings(_ request: AuditRequest) async throws -> [Finding] {
        let configuration = try await inner.findings(request)
        guard let probe else { return configuration }
        let facts = await RelayProbe.run(probe, on: MultiThreadedEventLoopGroup.singleton)
        let seen = RelayChecks.findings(facts)
        return configuration + seen + [
            MTAAgreement.finding(
                configuration: configuration, probe: seen, target: "\(request.target), \(facts.target)")
        ]
    }
}
