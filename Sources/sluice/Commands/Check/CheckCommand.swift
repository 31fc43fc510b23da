import ArgumentParser

/// `sluice check`: what is open on a server, with evidence and remedy.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Proves that a server cannot be used for spam, or says exactly what is open.",
        discussion: """
            Without a part, all are looked at, on this host (as root) or on a folder of `sluice collect`. What cannot be known \
            is "unknown", never a pass. Nothing is changed. Exit status: 0 all passed or waived, 1 something failed, \
            2 something is unknown or the input is wrong.

              sluice check --ranges provider.txt --target mail.example.org
              sluice check --explain FW-01
              sluice check firewall --ranges provider.txt
              sluice check --from-files collected --report html > report.html
            """,
        subcommands: [
            CheckAllCommand.self, CheckFirewallCommand.self, CheckRelayCommand.self, CheckAccountsCommand.self,
            CheckPasswordsCommand.self, CheckMTACommand.self, CheckExchangeCommand.self, CheckDNSCommand.self,
            CheckSPFCommand.self, CheckListingsCommand.self, CheckEgressCommand.self, CheckLogsCommand.self,
            CheckQueueCommand.self,
        ], defaultSubcommand: CheckAllCommand.self)
}
