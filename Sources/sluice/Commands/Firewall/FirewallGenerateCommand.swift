import ArgumentParser
import FirewallModel
import MailTypes

/// `sluice firewall generate`
struct FirewallGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Rules that let only given blocks reach the mail ports.",
        discussion: """
            Writes the rules to standard output, with how to try them so that a mistake undoes itself, and how to take them \
            away. They touch nothing but the mail ports, and loading them twice changes nothing. Nothing is loaded here.
            """)

    @Option(help: "iptables, nftables, ufw, firewalld, pf, windows, aws, azure, gcp, cisco or juniper.") var dialect:
        Dialect
    @Option(help: "File of the blocks that may: one a line, or any JSON.", completion: .file()) var ranges: String
    @Option(help: "A TCP port (several times).") var port: [UInt16] = [25]

    func run() throws {
        let allowed = try FirewallInput.ranges(ranges)
        guard !allowed.isEmpty else {
            throw CommandFailure.input(
                "\(SafeText.printable(ranges)): no block is in it; the rules would shut everybody out")
        }
        Terminal.line(RuleGenerator(ports: port, allowed: allowed).text(dialect))
    }
}
