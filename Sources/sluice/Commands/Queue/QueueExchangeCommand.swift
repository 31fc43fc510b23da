import ArgumentParser
import Foundation
import MailTypes
import QueueCleanup

struct QueueExchangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "An Exchange queue from its export: groups, and PowerShell that suspends, exports and removes.",
        discussion: """
            Exchange is not touched from here. --print-export tells the command that makes the export; without --group the groups
            are listed; with --group the script for them is written to standard output. The export has no message text: groups are
            by sender, source address and subject.
            """)
    @Flag(help: "Print the Exchange Management Shell command that makes the export.") var printExport = false
    @Option(help: "The export; - is standard input.", completion: .file(extensions: ["json"])) var export: String?
    @Option(help: "Write the script for this group (x1). May be given several times.") var group: [String] = []

    func run() throws {
        if printExport { return Terminal.line(ExchangeExport.command) }
        guard let export else { throw CommandFailure.input("--export FILE, or --print-export") }
        let bytes = export == "-" ? Terminal.input(limit: ExchangeExport.maximumBytes) : try CheckFile.bytes(export)
        let groups = try QueueFailures.told { try ExchangeExport(bytes).groups }
        guard !group.isEmpty else { return list(groups) }
        for name in group where !groups.contains(where: { $0.name == name }) {
            throw CommandFailure.input("the export has no group \(SafeText.printable(name))")
        }
        let chosen = groups.filter { group.contains($0.name) }.flatMap(\.messages)
        Terminal.line(try QueueFailures.told { try ExchangeScript.text(chosen) })
    }

    private func list(_ groups: [ExchangeExport.Group]) {
        var table = Table("group", "messages", "rcpts", "sender", "from", "subject")
        for group in groups {
            table.add(
                group.name, "\(group.messages.count)", "\(group.recipients)", group.sender, group.source, group.subject)
        }
        if table.isEmpty { Terminal.line("the export is empty") } else { table.print() }
    }
}
