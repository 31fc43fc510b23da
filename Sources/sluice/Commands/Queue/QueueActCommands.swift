import ArgumentParser
import MTAControl
import MailTypes
import QueueCleanup

/// What `hold`, `release` and `archive` share: choose, show, do.
struct QueueActOptions: ParsableArguments {
    @OptionGroup var options: QueueOptions
    @OptionGroup var selection: QueueSelectionOptions
    @OptionGroup var model: ModelOption
    @Flag(help: "Do it; without, it is only told what would be done.") var yes = false
    @Flag(help: "As JSON.") var json = false

    func run(_ act: RunJournal.Act, archive: String? = nil, form: ArchiveForm? = nil) throws {
        let selection = try selection.required()
        let folder = try options.workFolder()
        try QueueRun.refuseInterrupted(folder)
        let look = try QueueLook(options, folder, model: model)
        let unknown = selection.groups.filter { look.scan.group(named: $0) == nil }.sorted()
        guard unknown.isEmpty else {
            throw CommandFailure.input(
                "there is no group \(SafeText.printable(unknown.joined(separator: ", "))) (`sluice queue scan` lists them)"
            )
        }
        let chosen = selection.chosen(from: look.scan)
        let seen = Set(chosen.map { look.scan.survey.messages[$0].id.description })
        for id in selection.ids.subtracting(seen).sorted() {
            Terminal.error("\(SafeText.printable(id)) is not in the queue, or not chosen by the other selectors")
        }
        guard yes, !chosen.isEmpty else { return look.printChoice(chosen, verb: act.rawValue) }
        let plan = RunJournal.Plan(
            act: act, began: State.now.iso8601, mta: try options.kind(), program: options.program,
            configuration: options.mailConfig, archive: archive, form: form, smtp: nil,
            targets: look.scan.targets(chosen))
        try QueueRun.begin(plan, folder, json: json)
    }
}

struct QueueHoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keeps chosen messages from going out, until they are released.")
    @OptionGroup var act: QueueActOptions
    func run() throws { try act.run(.hold) }
}

struct QueueReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Lets chosen held messages go out again.")
    @OptionGroup var act: QueueActOptions
    func run() throws { try act.run(.release) }
}

struct QueueArchiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Copies chosen messages into an archive, from which they can be restored.",
        discussion: """
            A folder with messages.mbox.gz (any mail program reads it), or a Maildir, and manifest.jsonl (queue id, envelope, \
            SHA-256 of each).
            It is read back before the command says that it is whole. The queue is not changed.
            """)
    @OptionGroup var act: QueueActOptions
    @Option(
        help: ArgumentHelp("The archive's folder. Left out: one in the work folder.", valueName: "folder"),
        completion: .directory)
    var to: String?
    @Option(help: "mbox (one file) or maildir (a file a message).") var format: ArchiveForm.Layout = .mbox
    @Option(help: "gzip, zstd or none.") var compress: ArchiveForm.Compression = .gzip

    func run() throws {
        let name = "archive-" + State.now.iso8601.filter { $0.isNumber || $0 == "T" }.prefix(15)
        try act.run(
            .archive, archive: to ?? act.options.work + "/" + name,
            form: ArchiveForm(layout: format, compression: compress))
    }
}

extension ArchiveForm.Layout: ExpressibleByArgument {}
extension ArchiveForm.Compression: ExpressibleByArgument {}
