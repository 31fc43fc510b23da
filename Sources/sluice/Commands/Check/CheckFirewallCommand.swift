import ArgumentParser
import Audit

/// `sluice check firewall`: who can open the mail ports, by the rules in force.
struct CheckFirewallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "firewall",
        abstract: "Who can reach the mail ports by the rules in force, and who behind this host reaches others'.",
        discussion: """
            Reads iptables-save, ip6tables-save, ipset, nft; where none can be read ufw, firewalld, pf. `sluice firewall \
            reach` asks the same of rule files in any dialect.
            """)

    @OptionGroup var options: CheckOptions
    @OptionGroup var source: CheckSource
    @OptionGroup var output: CheckOutput

    func run() async throws {
        try await CheckRun(source: source, output: output).run([try await CheckGroups.firewall(options)])
    }
}
