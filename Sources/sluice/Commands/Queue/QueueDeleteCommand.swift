import ArgumentParser
import MTAControl
import MailTypes
import QueueCleanup

struct QueueDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Deletes from the queue what is in an archive, and nothing else.",
        discussion: """
            Each message is held first and looked at where it is held: it must be the archived one by arrival, sender and SHA-256.
            A queue id that was used again never hits another message. What is being delivered just now is left alone and told.
            """)
    @OptionGroup var options: QueueOptions
    @Option(help: "The archive.", completion: .directory) var archive: String
    @Option(help: "Only the archived messages of this group.") var group: [String] = []
    @Option(help: "Only the archived message with this queue id.") var id: [String] = []
    @Flag(help: "Do it; without, it is only told what would be done.") var yes = false
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        let folder = try options.workFolder()
        try QueueRun.refuseInterrupted(folder)
        let (archive, chosen) = try ArchiveChoice.choose(self.archive, groups: group, ids: id)
        let queue = try options.queue()
        guard archive.head.mta == queue.kind, archive.head.queue == queue.name else {
            throw CommandFailure.input(
                "the archive is of \(SafeText.printable(archive.head.queue)), not of \(SafeText.printable(queue.name))")
        }
        guard yes else {
            let listing = try QueueFailures.told { try queue.list() }
            let there = chosen.count { listing.entries[$0.id] != nil }
            return Terminal.line(
                "would delete \(there) messages of \(chosen.count) in the archive, the others have left the queue; nothing was changed (--yes does it)"
            )
        }
        let plan = RunJournal.Plan(
            act: .delete, began: State.now.iso8601, mta: queue.kind, program: options.program,
            configuration: options.mailConfig, archive: self.archive, smtp: nil,
            targets: chosen.map(ActTarget.init))
        try QueueRun.begin(plan, folder, json: json)
    }
}

/// Messages of an archive, chosen by group or id.
enum ArchiveChoice {
    static func choose(_ path: String, groups: [String], ids: [String]) throws -> (
        QueueArchive, [ArchiveLine.Message]
    ) {
        let archive = try QueueFailures.told { try QueueArchive(path) }
        guard archive.isWhole else {
            throw CommandFailure.cannot(
                "the archive was not finished: `sluice queue resume`, or archive into it once more")
        }
        for id in ids where !archive.messages.contains(where: { $0.id.description == id }) {
            throw CommandFailure.input("\(SafeText.printable(id)) is not in the archive")
        }
        for group in groups where !archive.messages.contains(where: { $0.group == group }) {
            throw CommandFailure.input("the archive has no group \(SafeText.printable(group))")
        }
        return (
            archive,
            archive.messages.filter {
                (groups.isEmpty || groups.contains($0.group)) && (ids.isEmpty || ids.contains($0.id.description))
            }
        )
    }
}

extension ActTarget {
    init(_ message: ArchiveLine.Message) {
        self.init(
            id: message.id, identity: message.identity, group: message.group, fingerprint: message.fingerprint,
            subject: message.subject)
    }
}
