import ArgumentParser
import MTAControl
import MailTypes
import QueueCleanup

struct QueueMarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mark", abstract: "Marks groups as spam, good or unsure, as `review` does on the terminal.")
    @OptionGroup var options: QueueOptions
    @OptionGroup var model: ModelOption
    @Argument(help: "Names of groups.") var groups: [String]
    @Option(name: .customLong("as"), help: "spam, good or unsure.") var mark: String

    func run() throws {
        guard let mark = MessageGroup.Verdict(rawValue: mark) else {
            throw CommandFailure.input("--as is spam, good or unsure")
        }
        let folder = try options.workFolder()
        let look = try QueueLook(options, folder, model: model)
        var record = ScanRecord(
            look.scan, queue: look.queue.name, after: try QueueFailures.told { try folder.record(of: look.queue.name) })
        for group in groups {
            guard look.scan.group(named: group) != nil else {
                throw CommandFailure.input(
                    "there is no group \(SafeText.printable(group)) (`sluice queue scan` lists them)")
            }
            record.marks[group] = mark
        }
        try QueueFailures.told { try folder.save(record) }
        Terminal.line("marked \(groups.count) as \(mark.rawValue)")
    }
}
