import ArgumentParser
import ControlStore
import Enforcement
import MailTypes

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who did what: the append-only record.",
        subcommands: [List.self, Verify.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The latest entries, latest first.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Option(help: "At most so many.") var limit = 50

        private struct View: Encodable {
            var sequence: Int64
            var at: String
            var author: String
            var act: String
            var subject: String
            var detail: String
        }

        func run() throws {
            let control = try State.control(config.load())
            let entries = try control.latestAudit(limit: try MessageArgument.limit(limit))
            if json {
                return try JSONOutput.print(
                    entries.map {
                        View(
                            sequence: $0.sequence, at: $0.time.iso8601, author: $0.author, act: $0.act,
                            subject: $0.subject, detail: $0.detail)
                    })
            }
            var table = Table("WHEN", "WHO", "ACT", "SUBJECT", "DETAIL")
            for entry in entries {
                table.add(entry.time.iso8601, entry.author, entry.act, entry.subject, entry.detail)
            }
            table.isEmpty ? Terminal.line("nothing is recorded") : table.print()
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks the chain of hashes over the whole record.", discussion: "Exit status 1 if it is broken.")
        @OptionGroup var config: ConfigurationOption

        func run() throws {
            switch try State.control(config.load()).verifyAudit() {
            case .intact(let count): Terminal.line("\(count) entries, the chain is whole")
            case .broken(let sequence):
                Terminal.line("broken at entry \(sequence): it is missing, changed, or does not follow the one before")
                throw ExitCode(1)
            }
        }
    }
}
