import ArgumentParser
import Foundation
import MTAControl
import MailTypes
import QueueCleanup

struct QueueReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "Go through the groups on the terminal: look, and mark as spam or good.",
        discussion: "The marks are kept for --spam of the other commands. Nothing in the queue is changed.")
    @OptionGroup var options: QueueOptions
    @OptionGroup var model: ModelOption
    @Flag(help: "Also the groups that are marked already.") var again = false

    func run() throws {
        guard Terminal.isInteractive else {
            throw CommandFailure.input("review needs a terminal; `sluice queue scan --json` is for programs")
        }
        let folder = try options.workFolder()
        let look = try QueueLook(options, folder, model: model)
        var record = ScanRecord(
            look.scan, queue: look.queue.name, after: try QueueFailures.told { try folder.record(of: look.queue.name) })
        let view = QueueView(look.scan, queue: look.queue.name)
        for group in view.groups where again || group.marked == nil {
            Terminal.line()
            QueueView.print(group)
            guard try ask(group, look, &record, folder) else { break }
        }
        Terminal.line()
        let spam = record.marks.filter { $0.value == .spam }.keys.sorted().joined(separator: " ")
        Terminal.line("marked as spam: \(spam.isEmpty ? "none" : spam)")
    }

    /// `false`: enough.
    private func ask(
        _ group: QueueView.Group, _ look: QueueLook, _ record: inout ScanRecord, _ folder: WorkFolder
    ) throws -> Bool {
        var sample = 0
        while true {
            Terminal.error("[s]pam  [g]ood  [u]nsure  [l]ook at a message  [n]ext  [q]uit: ", prefix: "", ends: false)
            guard let answer = readLine()?.lowercased() else { return false }
            switch answer.first {
            case "s": record.marks[group.name] = .spam
            case "g": record.marks[group.name] = .good
            case "u": record.marks[group.name] = .unsure
            case "l":
                let members = look.scan.group(named: group.name)?.members ?? []
                if !members.isEmpty {
                    let message = QueuedMessageView(look.scan, members[sample % members.count])
                    message.print()
                    try message.printText(look.queue)
                    sample += max(1, members.count / 7)
                }
                continue
            case "n", nil: return true
            case "q": return false
            default: continue
            }
            try QueueFailures.told { try folder.save(record) }
            return true
        }
    }
}
