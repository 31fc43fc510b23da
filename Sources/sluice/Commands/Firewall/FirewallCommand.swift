import ArgumentParser

/// What a rule set lets through, and rules that let through no more than they should.
struct FirewallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "firewall",
        abstract: "Who can reach the mail ports through these rules, exactly.",
        discussion: """
            Reads rule sets of iptables (also ipset and ufw), nftables, firewalld, pf, Windows, AWS, Azure, GCP, Cisco and Juniper, \
            and computes the set of addresses that can open a connection. Nothing is sent and nothing is changed.

              iptables-save > rules4; ip6tables-save > rules6; sluice firewall reach rules4 rules6 --ranges provider.txt
              nft -j list ruleset > rules; sluice firewall reach rules --port 25 --explain
              sluice firewall reach rules --direction out
            """,
        subcommands: [FirewallReachCommand.self, FirewallGenerateCommand.self, FirewallDiffCommand.self])
}
