import ArgumentParser
import Audit
import DNSClient
import Foundation
import MailTypes
import NIOPosix
import Posture

/// What the parts dns and listings are asked about, and how.
struct DNSOptions: ParsableArguments {
    @Option(help: "dns, listings: a domain that mail is sent in the name of (several times).")
    var domain: [String] = []

    @Option(help: "dns, listings: an address that sends to the internet (several times).")
    var ip: [String] = []

    @Option(help: "dns: the name that the addresses give in HELO.")
    var helo: String?

    @Option(help: "dns: a DKIM selector in use (several times).")
    var selector: [String] = []

    @Option(help: "dns, listings: ask this name server instead of the root servers down: ADDRESS or ADDRESS@PORT.")
    var resolver: String?

    @Option(
        help:
            "dns, listings: the root's trust anchor for DNSSEC (default: /usr/share/dns/root.key, without --resolver).",
        completion: .file())
    var trustAnchor: String?

    @Flag(
        help:
            "dns: fetch MTA-STS' policy from the domain's web server, and look at the certificates of MX hosts with TLSA records."
    )
    var online = false

    /// Debian's package dns-root-data.
    private static let anchor = "/usr/share/dns/root.key"

    func settings() throws -> UnboundSettings {
        var settings = try CheckResolver.settings(resolver)
        if let trustAnchor {
            settings.trustAnchor = trustAnchor
        } else if resolver == nil, FileManager.default.isReadableFile(atPath: Self.anchor) {
            settings.trustAnchor = Self.anchor
        }
        return settings
    }

    func addresses() throws -> [IPAddress] {
        try ip.map { text in
            guard let address = IPAddress(text) else {
                throw CommandFailure.input("\(SafeText.printable(text)) is no IP address")
            }
            return address
        }
    }

    /// `ownDomain`: taken where no domain is given.
    func domains(_ ownDomain: String? = nil) throws -> [DomainName] {
        let given = domain.isEmpty ? ownDomain.map { [$0] } ?? [] : domain
        return try given.map { text in
            guard let name = DomainName(text), IPAddress(text) == nil else {
                throw CommandFailure.input("\(SafeText.printable(text)) is no domain")
            }
            return name
        }
    }

    func selectors() throws -> [String] {
        guard selector.count <= DNSProbe.maximumSelectors else {
            throw CommandFailure.input("at most \(DNSProbe.maximumSelectors) selectors are looked up")
        }
        for text in selector where DomainName(text) == nil {
            throw CommandFailure.input("\(SafeText.printable(text)) is no selector")
        }
        return selector
    }
}

extension CheckGroups {
    /// `target`: a server that is asked for abuse@ and postmaster@, HOST or HOST:PORT; of `roles` only, if given.
    static func dns(
        _ options: DNSOptions, target: String? = nil, ownDomain: String? = nil, roles: [String]? = nil
    ) throws -> DNSGroup {
        var group = DNSGroup(resolver: try options.settings(), on: MultiThreadedEventLoopGroup.singleton)
        group.addresses = try options.addresses()
        group.domains = try options.domains(ownDomain)
        group.helo = options.helo
        group.selectors = try options.selectors()
        if options.online {
            group.policy = { await PolicyDownload().fetch($0) }
            group.certificates = CertificateProbe(
                helo: options.helo ?? ProcessInfo.processInfo.hostName, on: MultiThreadedEventLoopGroup.singleton)
        }
        group.roleDomains = roles.map { Set($0.compactMap { DomainName($0) }) }
        if let target {
            group.server = try CheckRelayCommand.settings(
                target, ownDomain: nil, recipient: nil, sender: nil, helo: nil)
        }
        return group
    }
}

/// `sluice check dns`: what the world looks up about a sender.
struct CheckDNSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dns",
        abstract: "Names, SPF, DKIM, DMARC, MX, MTA-STS, TLS-RPT and DANE of sending addresses and domains.",
        discussion: """
            sluice check dns --domain example.org --ip 192.0.2.25 --helo mail.example.org --selector s2026

            Only the resolver is asked; with --online the domain's MTA-STS web server and its MX hosts with TLSA records, with --target one mail server (RCPT \
            for abuse@ and postmaster@, nothing is sent).
            """)

    @Option(help: "A mail server that is asked for abuse@ and postmaster@ of the domains: HOST or HOST:PORT.")
    var target: String?

    @OptionGroup var options: DNSOptions
    @OptionGroup var source: CheckSource
    @OptionGroup var output: CheckOutput

    func validate() throws {
        if options.domain.isEmpty, options.ip.isEmpty { throw ValidationError("Give --domain, --ip, or both.") }
    }

    func run() async throws {
        try await CheckRun(source: source, output: output).run([try CheckGroups.dns(options, target: target)])
    }
}
