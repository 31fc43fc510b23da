import ArgumentParser
import Audit
import FirewallModel
import Foundation
import MailTypes
import NIOPosix
import Posture

/// What the parts need beyond the facts. Each option belongs to the part named.
struct CheckOptions: ParsableArguments {
    @Option(help: "firewall, exchange, logs: the provider's blocks; a file, or an https address (several times).")
    var ranges: [String] = []

    @Option(help: "firewall: who may reach TCP 465 and 587; a file (several times).")
    var submissionRanges: [String] = []

    @Option(help: "firewall: hosts behind this one that may send mail; a file (several times).")
    var mailHosts: [String] = []

    @Option(help: "relay: the server to try from outside, HOST or HOST:PORT. Only this one is connected to.")
    var target: String?

    @Option(help: "relay: a domain that the server takes mail for.")
    var ownDomain: String?

    @Option(help: "relay: a mailbox of yours at another provider. Nothing is sent to it.")
    var recipient: String?

    @Option(help: "passwords: a word that they may be made of, as the company's name (several times).")
    var word: [String] = []

    @Option(help: "passwords: a file of guesses, one a line.", completion: .file())
    var wordlist: String?

    @Option(help: "passwords: seconds for the guessing, of all accounts together.")
    var seconds = 60

    @Option(help: "egress: a host whose TCP 25 one connection is tried to, closed without a word.")
    var sink: String?

    @Option(help: "logs: files or folders (default: /var/log/mail*, auth.log, exim4; several times).")
    var log: [String] = []
}

/// All parts, in the order in which they are looked at. A new part is one line here.
enum CheckGroups {
    static func all(
        _ options: CheckOptions, _ dns: DNSOptions, _ lists: ListingOptions, fromFiles: Bool
    ) async throws -> [any AuditGroup] {
        let isAsked = !dns.domain.isEmpty || !dns.ip.isEmpty || options.ownDomain != nil
        // The relay part asks for the roles of the first domain already.
        let first = options.ownDomain ?? dns.domain.first
        let rest = dns.domain.filter { $0 != first }
        return [
            try await firewall(options),
            try relay(options, ownDomain: first),
            AccountsGroup(),
            try passwords([], options),
            MTAGroup(),
            try await exchange([], options),
            isAsked
                ? try Self.dns(dns, target: options.target, ownDomain: options.ownDomain, roles: rest)
                : UnaskedGroup(.dns, "what to look up: give --domain and --ip"),
            isAsked
                ? try listings(dns, lists, ownDomain: options.ownDomain)
                : UnaskedGroup(.listings, "what to look up: give --ip and --domain"),
            EgressGroup(sink: options.sink),
            try await LogsGroup(options, fromFiles: fromFiles),
            QueueGroup(nil),
        ]
    }

    /// What all parts want gathered, for `sluice collect`.
    static var sources: [FactSource] {
        let groups: [any AuditGroup] = [
            FirewallGroup(.init()), AccountsGroup(), MTAGroup(), EgressGroup(),
        ]
        var sources: [FactSource] = []
        for wanted in groups.flatMap(\.sources) where !sources.contains(wanted) { sources.append(wanted) }
        return sources
    }

    static func firewall(_ options: CheckOptions) async throws -> FirewallGroup {
        FirewallGroup(
            FirewallChecks.Policy(
                ranges: try await CheckRanges.read(options.ranges),
                submission: try await CheckRanges.read(options.submissionRanges),
                mailHosts: try await CheckRanges.read(options.mailHosts) ?? .init()))
    }

    static func exchange(_ given: [ExchangeExport], _ options: CheckOptions) async throws -> ExchangeGroup {
        ExchangeGroup(given, ranges: try await CheckRanges.read(options.ranges))
    }

    static func passwords(_ given: [AccountExport], _ options: CheckOptions) throws -> PasswordsGroup {
        let year = Calendar(identifier: .gregorian).component(.year, from: Date())
        let lines = try options.wordlist.map { try CheckFile.text($0).split(separator: "\n").map(String.init) } ?? []
        return PasswordsGroup(
            given, guesses: GuessList(words: options.word, wordlist: lines, year: year),
            budget: .seconds(options.seconds), threads: max(1, ProcessInfo.processInfo.activeProcessorCount))
    }

    static func relay(_ options: CheckOptions, ownDomain: String?) throws -> RelayGroup {
        guard let target = options.target else { return RelayGroup(nil) }
        return RelayGroup(
            try CheckRelayCommand.settings(
                target, ownDomain: ownDomain, recipient: options.recipient, sender: nil, helo: nil))
    }
}

/// Stands for a part that was not told what to look at: never a silent pass.
struct UnaskedGroup: AuditGroup {
    let group: CheckGroup
    private let missing: String

    init(_ group: CheckGroup, _ missing: String) {
        self.group = group
        self.missing = missing
    }

    func findings(_ request: AuditRequest) async throws -> [Finding] {
        Check.all(group).prefix(1).map { Finding($0.id, target: request.target, .unknown(missing)) }
    }
}

/// `sluice check relay` among the others.
struct RelayGroup: AuditGroup {
    let group = CheckGroup.relay
    private let settings: RelayProbeSettings?

    init(_ settings: RelayProbeSettings?) { self.settings = settings }

    func findings(_ request: AuditRequest) async throws -> [Finding] {
        guard let settings else {
            let missing = "the server's name: give --target HOST, and do it from outside its network"
            return [Finding(.strangerRelay, target: request.target, .unknown(missing))]
        }
        return RelayChecks.findings(await RelayProbe.run(settings, on: MultiThreadedEventLoopGroup.singleton))
    }
}
