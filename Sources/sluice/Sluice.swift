import ArgumentParser
import Dispatch
import Foundation

/// The command. One file a subcommand, in `Commands`; what they share is in `Output`.
@main
struct Sluice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Keeps spam from leaving a mail system, and closes the loop when some got out.",
        discussion: """
            Protect: `serve` relays customers' mail, holds what is doubtful and stops the smallest source that explains
            the spam; a case leads its owner back. Investigate: `logs` and `queue` on the server that sent it. Prove:
            `check` shows that a server cannot be used for spam, or what is open. Each command's --help tells more.

            Exit status: 0 done; 1 something was found or could not be done; 2 wrong usage or input.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Protect",
                subcommands: [
                    ServeCommand.self, ConfigCommand.self, CustomerCommand.self, CredentialCommand.self,
                    HeldCommand.self, StopCommand.self, CaseCommand.self, SpoolCommand.self, AuditCommand.self,
                ]),
            CommandGroup(
                name: "Investigate", subcommands: [LogsCommand.self, QueueCommand.self, ExplainCommand.self]),
            CommandGroup(
                name: "Prove",
                subcommands: [CheckCommand.self, CollectCommand.self, FirewallCommand.self, ReplayCommand.self]),
            CommandGroup(
                name: "Judge",
                subcommands: [ScoreCommand.self, TrainCommand.self, EvalCommand.self, MeasureCommand.self]),
            CommandGroup(name: "Other", subcommands: [VersionCommand.self]),
        ])

    /// Commands begin on the first thread, without concurrency: `serve` gives up root's rights there, and a first thread that
    /// has gone over to Dispatch keeps them for ever. Usage errors end with 2 (ArgumentParser's own is 64).
    static func main() {
        do {
            var command = try parseAsRoot()
            if let waiting = command as? any AsyncParsableCommand {
                let handed = Handed(command: waiting)
                Task { await handed.run() }
                dispatchMain()
            }
            try command.run()
            Foundation.exit(0)
        } catch {
            end(error)
        }
    }

    /// Tells people what went wrong and ends with its status.
    static func end(_ error: any Error) -> Never {
        if let failure = error as? CommandFailure {
            Terminal.error(failure.message)
            Foundation.exit(failure.status)
        }
        let code = exitCode(for: error)
        guard code != .success, !(error is ExitCode) else { exit(withError: error) }
        Terminal.error(fullMessage(for: error), prefix: "")
        Foundation.exit(2)
    }

    /// `@unchecked Sendable`: given to one task, and used by nobody else.
    private struct Handed: @unchecked Sendable {
        let command: any AsyncParsableCommand

        func run() async {
            var command = command
            do {
                try await command.run()
                Foundation.exit(0)
            } catch {
                Sluice.end(error)
            }
        }
    }
}
