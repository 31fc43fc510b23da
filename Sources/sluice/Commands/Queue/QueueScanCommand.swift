import ArgumentParser
import MTAControl
import MailTypes
import QueueCleanup

struct QueueScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "What is in the queue, in groups: campaigns, sources, score.",
        discussion: "Changes nothing. Exit status 1 when a group is surely spam or a message could not be read.")
    @OptionGroup var options: QueueOptions
    @OptionGroup var model: ModelOption
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        let look = try QueueLook(options, options.workFolder(), model: model)
        let view = QueueView(look.scan, queue: look.queue.name)
        if json { try JSONOutput.print(view) } else { view.print() }
        for other in look.queue.others {
            Terminal.error("another queue that is not in this: --mail-config \(SafeText.printable(other))")
        }
        if look.scan.groups.contains(where: { $0.standing == .spam }) || !look.scan.survey.isWhole { throw ExitCode(1) }
    }
}

struct QueueShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One group, or one message with the beginning of its text.")
    @OptionGroup var options: QueueOptions
    @OptionGroup var model: ModelOption
    @Flag(help: "As JSON.") var json = false
    @Argument(help: "A group's name or a queue id.") var name: String

    func run() throws {
        let folder = try options.workFolder()
        let look = try QueueLook(options, folder, model: model)
        if let group = QueueView(look.scan, queue: look.queue.name).groups.first(where: { $0.name == name }) {
            return json ? try JSONOutput.print(group) : QueueView.print(group)
        }
        guard let index = look.scan.survey.messages.firstIndex(where: { $0.id.description == name }) else {
            throw CommandFailure.cannot("there is no such group or message in the queue")
        }
        let message = QueuedMessageView(look.scan, index)
        if json { return try JSONOutput.print(message) }
        message.print()
        try message.printText(look.queue)
    }
}
