import ArgumentParser

/// The command. One file a subcommand, in `Commands`; what they share is in `Output`.
@main
struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Keeps spam from leaving a mail system, and closes the loop when some got out.",
        discussion: """
            Protect: `sluice serve` relays customers' mail, holds what is doubtful and stops the smallest source that
            explains the spam. Investigate: `held`, `stop`, `spool`, `score`. Each command's --help has examples.

            Exit status: 0 done; 1 something was found or could not be done; 2 wrong usage or input.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Protect",
                subcommands: [ServeCommand.self, ConfigCommand.self, CustomerCommand.self, CredentialCommand.self]),
            CommandGroup(
                name: "Investigate",
                subcommands: [
                    HeldCommand.self, StopCommand.self, CaseCommand.self, SpoolCommand.self, AuditCommand.self,
                ]),
            CommandGroup(
                name: "Examine", subcommands: [LogsCommand.self, FirewallCommand.self, ReplayCommand.self]),
            CommandGroup(
                name: "Judge",
                subcommands: [ScoreCommand.self, TrainCommand.self, EvalCommand.self, MeasureCommand.self]),
            CommandGroup(name: "Other", subcommands: [VersionCommand.self]),
        ])

    /// Usage errors end with 2 (ArgumentParser's own is 64): scripts tell them from findings by it.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Terminal.error(failure.message)
            exit(withError: ExitCode(failure.status))
        } catch {
            let code = exitCode(for: error)
            guard code != .success, !(error is ExitCode) else { exit(withError: error) }
            Terminal.error(fullMessage(for: error), prefix: "")
            exit(withError: ExitCode(2))
        }
    }
}
