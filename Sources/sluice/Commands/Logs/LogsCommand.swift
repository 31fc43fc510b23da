import ArgumentParser
import Forensics
import Foundation
import MailTypes

/// `sluice logs`: who did it, since when, from where, and how much went out.
struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Finds in mail, login and firewall logs who sent the spam, since when, and from where.",
        discussion: """
            Reads files and folders (also .gz, .xz, .zst, UTF-16), - for standard input, or the journal with --journal. \
            Formats are recognised by themselves and may be mixed. Exit status: 0 nothing found, 1 findings, 2 an input \
            that cannot be read.
            """)

    @Argument(help: "Files, folders, or - for standard input.")
    var paths: [String] = []

    @Flag(help: "Read this machine's journal (journalctl).")
    var journal = false

    @OptionGroup var selection: LogsSelection
    @OptionGroup var output: LogsOutput
    @OptionGroup var forCase: CaseOptions
    @OptionGroup var gateway: LogsGateway

    @Option(help: "A network from which your users come; may be given several times.")
    var known: [String] = []

    @Option(help: "A range of your provider, or a file with one range a line; may be given several times.")
    var provider: [String] = []

    @Option(help: "A MaxMind database (mmdb) of countries, cities or networks; may be given several times.")
    var mmdb: [String] = []

    @Option(
        help:
            "Zone of times that name none, such as Europe/Berlin or UTC (default: as other lines tell, else this machine's)."
    )
    var timezone: String?

    @Flag(
        help: """
            Go on reading as the files grow; each event is printed as a JSON line. With --customer logins and outcomes \
            are sent to a gateway instead.
            """)
    var follow = false

    func validate() throws {
        guard follow || gateway.customer == nil else { throw ValidationError("--customer goes with --follow.") }
        guard !follow || !forCase.isGiven else {
            throw ValidationError("A report for a case is made once: leave --follow out.")
        }
        guard !paths.isEmpty || journal else { throw ValidationError("Give files, folders, - or --journal.") }
    }

    func run() throws {
        throw ExitCode(LogsRun(self).run())
    }
}

/// Which part of the story.
struct LogsSelection: ParsableArguments {
    @Option(help: "Only findings and events from this time on: 2026-11-24, 2026-11-24T08:30, or 3d, 12h, 30m ago.")
    var since: String?

    @Option(help: "Only findings and events until this time.")
    var until: String?

    @Option(help: "Follow one account: all its logins, messages and outcomes.")
    var account: String?

    @Option(help: "Follow one address: everything that came from it.")
    var ip: String?

    @Option(name: .customLong("queue-id"), help: "Follow one message.")
    var queueID: String?

    var isThread: Bool { account != nil || ip != nil || queueID != nil }
}

/// Where the result goes, and how.
struct LogsOutput: ParsableArguments {
    @Flag(help: "Print the report as JSON.")
    var json = false

    @Flag(help: "Print the findings as CSV.")
    var csv = false

    @Option(help: "Write the whole report to this file: .html, .json or .csv by its name.")
    var report: String?

    @Flag(help: "Print all findings with all details.")
    var all = false

    @Flag(help: "Show how many lines of each format were not understood, and the first of them.")
    var unparsed = false

    @Flag(help: "Show no progress.")
    var quiet = false
}
