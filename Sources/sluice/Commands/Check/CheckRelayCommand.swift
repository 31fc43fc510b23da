import ArgumentParser
import Audit
import Foundation
import MailTypes
import NIOPosix
import Posture

/// `sluice check relay`: tries from outside whether a server relays. Each try ends with RSET; a message is sent with --deliver-to only.
struct CheckRelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay",
        abstract:
            "Tries from outside, in some sixty forms, whether a server relays; nothing is sent but with --deliver-to.",
        discussion: """
            Only the host named is connected to. Give --recipient an address of yours elsewhere: servers that look \
            recipients' domains up refuse the default, and then nothing is known.
            """)

    @Argument(help: "HOST, HOST:PORT or [IPv6]:PORT; port 25 by default.")
    var target: String

    @Option(name: .customLong("own-domain"), help: "A domain that the server takes mail for.")
    var ownDomain: String?

    @Option(help: "A mailbox of yours at another provider. Nothing is sent to it.")
    var recipient = "relay-probe@example.org"

    @Option(
        name: .customLong("deliver-to"),
        help:
            "A mailbox of yours at another provider: if the server takes a stranger's mail for it, one message is really sent there."
    )
    var deliverTo: String?

    @Option(help: "The foreign sender that the tries name.")
    var sender = "relay-probe@example.net"

    @Option(help: "The name given in EHLO (default: this host's).")
    var helo: String?

    @Option(help: "A file of logins to try, account:password, five at most.")
    var credentials: String?

    @Option(help: "Connections at most.")
    var connections = 24

    @Option(help: "Milliseconds between two commands.")
    var pace = 200

    @OptionGroup var output: CheckOutput

    func validate() throws {
        guard (1...100).contains(connections) else { throw ValidationError("--connections is 1 to 100.") }
        guard (0...60_000).contains(pace) else { throw ValidationError("--pace is 0 to 60000.") }
    }

    func run() async throws {
        var settings = try Self.settings(
            target, ownDomain: ownDomain, recipient: deliverTo ?? recipient, sender: sender, helo: helo)
        if let deliverTo { settings.deliverTo = EmailAddress(deliverTo) }
        settings.maximumConnections = connections
        settings.pace = .milliseconds(pace)
        if let credentials {
            settings.logins = try CheckFile.parse(credentials) { text throws(AuditError) in
                try RelayProbeSettings.logins(text)
            }
        }
        let facts = await RelayProbe.run(settings, on: MultiThreadedEventLoopGroup.singleton)
        try output.tell(
            RelayChecks.findings(facts), systems: DetectedSystems.names(greeting: facts.greeting?.text))
    }

    /// Addresses that nobody has stand for what is not given.
    static func settings(
        _ target: String, ownDomain: String?, recipient: String?, sender: String?, helo: String?
    ) throws -> RelayProbeSettings {
        let (host, port) = try hostAndPort(target)
        guard let recipient = EmailAddress(recipient ?? "relay-probe@example.org"),
            let sender = EmailAddress(sender ?? "relay-probe@example.net")
        else { throw CommandFailure.input("--recipient and --sender are mail addresses") }
        var own: DomainName?
        if let ownDomain {
            guard let domain = DomainName(ownDomain) else {
                throw CommandFailure.input("\(SafeText.printable(ownDomain)) is no domain")
            }
            own = domain
        }
        let name = helo ?? ProcessInfo.processInfo.hostName
        guard DomainName(name) != nil || name.hasPrefix("[") else {
            throw CommandFailure.input("--helo is a host's name")
        }
        var settings = RelayProbeSettings(
            host: host, port: port, ownDomain: own, recipient: recipient, sender: sender, helo: name,
            nonce: "no-such-\(String(UInt64.random(in: .min ... .max), radix: 36))")
        settings.allowsClearLogin = IPAddress(host)?.isLoopback ?? false
        return settings
    }

    static func hostAndPort(_ text: String) throws -> (String, Int) {
        if IPAddress(text) != nil { return (text, 25) }
        var host = text
        var port = 25
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            guard let number = UInt16(text[text.index(after: colon)...]), number > 0 else {
                throw CommandFailure.input("\(SafeText.printable(text)) has no port behind its colon")
            }
            port = Int(number)
            host = String(text[..<colon])
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard IPAddress(host) != nil || DomainName(host) != nil else {
            throw CommandFailure.input("\(SafeText.printable(host)) is no host")
        }
        return (host, port)
    }
}
