import ArgumentParser
import MTAControl
import MailTypes
import QueueCleanup

/// Carries out a plan with its journal, from the beginning or from where it was interrupted, and tells what became of each
/// message.
struct QueueRun {
    private let journal: RunJournal
    private let json: Bool

    static func refuseInterrupted(_ folder: WorkFolder) throws {
        guard try QueueFailures.told({ try RunJournal(resuming: folder.path) }) == nil else {
            throw CommandFailure.cannot(
                "a run was interrupted: `sluice queue resume` goes on with it, `sluice queue resume --give-up` forgets it"
            )
        }
    }

    static func begin(_ plan: RunJournal.Plan, _ folder: WorkFolder, json: Bool) throws {
        let journal = try QueueFailures.told { try RunJournal(folder.path, plan) }
        try QueueRun(journal: journal, json: json).run()
    }

    init(journal: RunJournal, json: Bool) {
        self.journal = journal
        self.json = json
    }

    func run() throws {
        let plan = journal.plan
        let queue = try QueueOptions.queue(plan.mta, plan.program, plan.configuration)
        var outcomes = journal.earlier
        var line = ProgressLine(plan.act.rawValue)
        func note(_ new: [MessageOutcome]) throws {
            try journal.note(new)
            for outcome in new { outcomes[outcome.id] = outcome }
        }
        func progress(_ share: Double) -> Bool {
            line.show(share)
            return true
        }
        try resumable {
            let acts = QueueActs(queue, report: note)
            let remaining = journal.remaining
            switch plan.act {
            case .hold: try acts.hold(remaining, progress: progress)
            case .release: try acts.release(remaining, progress: progress)
            case .archive: try archive(acts, queue, remaining, progress)
            case .delete: try acts.delete(remaining, progress: progress)
            case .restore: try restore(queue, remaining, progress, note)
            }
            try journal.finish()
        }
        line.end()
        try tell(outcomes)
    }

    /// What stopped it, and that nothing is lost by that.
    private func resumable(_ body: () throws -> Void) throws {
        do {
            try QueueFailures.told(body)
        } catch let failure as CommandFailure {
            throw CommandFailure(
                message: failure.message
                    + "\nWhat was done is noted; `sluice queue resume` goes on when that is mended, `resume --give-up` does not.",
                status: failure.status)
        }
    }

    private func archive(
        _ acts: QueueActs, _ queue: any MailQueue, _ targets: [ActTarget], _ progress: (Double) -> Bool
    ) throws {
        guard let folder = journal.plan.archive else { throw CleanupError(.usage, "no archive was named") }
        let writer = try ArchiveWriter(
            folder,
            head: ArchiveLine.Head(
                mta: queue.kind, queue: queue.name, host: QueueHost.name, created: journal.plan.began,
                by: Terminal.author, form: journal.plan.form))
        // What the interrupted run noted as archived may not have reached the disk.
        let known = Set(targets.map(\.id))
        let all = targets + journal.plan.targets.filter { !known.contains($0.id) && !writer.holds($0.id, $0.identity) }
        try acts.archive(all, to: writer, progress: progress)
        try writer.finish()
        if !json { Terminal.line("archive: \(SafeText.printable(folder)), read back and whole") }
    }

    private func restore(
        _ queue: any MailQueue, _ targets: [ActTarget], _ progress: (Double) -> Bool,
        _ note: ([MessageOutcome]) throws -> Void
    ) throws {
        guard let folder = journal.plan.archive else { throw CleanupError(.usage, "no archive was named") }
        let archive = try QueueArchive(folder)
        let ids = Set(targets.map(\.id))
        if let smtp = journal.plan.smtp {
            let (host, port) = try QueueRestoreCommand.endpoint(smtp)
            var injector = try SMTPInjector(host, port: port)
            try archive.restore(ids, through: &injector, progress: progress) { try note([$0]) }
        } else {
            var injector = try ProgramInjector(queue)
            try archive.restore(ids, through: &injector, progress: progress) { try note([$0]) }
        }
    }

    private struct Summary: Encodable {
        var act: String
        var archive: String?
        var counts: [String: Int]
        var notDone: [MessageOutcome]
    }

    /// Counts, and every message that is not as it should be.
    private func tell(_ outcomes: [QueueID: MessageOutcome]) throws {
        var counts: [String: Int] = [:]
        for outcome in outcomes.values { counts[outcome.result.rawValue, default: 0] += 1 }
        let failures = outcomes.values.filter(\.isFailure).sorted { $0.id < $1.id }
        if json {
            try JSONOutput.print(
                Summary(
                    act: journal.plan.act.rawValue, archive: journal.plan.archive, counts: counts, notDone: failures))
        } else {
            let words = MessageOutcome.Result.allCases.compactMap { result in
                counts[result.rawValue].map { "\($0) \(Self.word(result))" }
            }
            Terminal.line(words.isEmpty ? "nothing to do" : words.joined(separator: ", "))
            for failure in failures {
                Terminal.error("\(failure.id): \(failure.result.rawValue): \(SafeText.printable(failure.note ?? ""))")
            }
        }
        if !failures.isEmpty { throw ExitCode(1) }
    }

    private static func word(_ result: MessageOutcome.Result) -> String {
        switch result {
        case .left: "had left the queue"
        case .already: "were so already"
        case .other: "not touched (the id is another message's now)"
        case .busy: "not touched (being delivered)"
        default: result.rawValue
        }
    }
}

struct QueueResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Goes on with a run that was interrupted, where it stood.")
    @Option(
        help: ArgumentHelp("The work folder of the run.", valueName: "folder"), completion: .directory)
    var work = WorkFolder.standard
    @Flag(help: "Do not go on: forget the run. What it did stays done.") var giveUp = false
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        let folder = try QueueFailures.told { try WorkFolder(work) }
        guard let journal = try QueueFailures.told({ try RunJournal(resuming: folder.path) }) else {
            return Terminal.line("no run was interrupted")
        }
        if giveUp { return try QueueFailures.told { try journal.finish() } }
        if !json {
            Terminal.line(
                "\(journal.plan.act.rawValue) of \(journal.plan.targets.count) messages, begun \(SafeText.printable(journal.plan.began)): \(journal.remaining.count) are left to do"
            )
        }
        try QueueRun(journal: journal, json: json).run()
    }
}
