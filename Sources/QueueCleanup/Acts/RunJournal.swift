import Glibc
package import MTAControl

/// The run under way: what is to be done with which messages, and what was done so far. One at a time in a work folder.
///
/// `run.jsonl` begins with the plan and goes on with outcomes, each batch on the disk before the next begins. It is renamed when
/// the run is through; one that is still there was interrupted.
package final class RunJournal {
    package enum Act: String, Codable, Sendable {
        case hold, release, archive, delete, restore
    }

    /// What was asked for.
    package struct Plan: Codable, Sendable {
        package var act: Act
        package var began: String
        package var mta: MTAKind
        /// As the command line had it: program and configuration of the mail server.
        package var program: String?
        package var configuration: String?
        /// The archive that is written, deleted after or restored from.
        package var archive: String?
        /// A new archive's; left out in journals of earlier versions.
        package var layout: ArchiveForm.Layout?
        package var compression: ArchiveForm.Compression?
        /// `host:port` that restored messages go to; the server's own program without it.
        package var smtp: String?
        package var targets: [ActTarget]

        package init(
            act: Act, began: String, mta: MTAKind, program: String?, configuration: String?, archive: String?,
            form: ArchiveForm? = nil, smtp: String?, targets: [ActTarget]
        ) {
            layout = form?.layout
            compression = form?.compression
            self.act = act
            self.began = began
            self.mta = mta
            self.program = program
            self.configuration = configuration
            self.archive = archive
            self.smtp = smtp
            self.targets = targets
        }

        package var form: ArchiveForm {
            ArchiveForm(layout: layout ?? .mbox, compression: compression ?? .gzip)
        }
    }

    package let plan: Plan
    /// What was done before this run began: of the one that was interrupted.
    package private(set) var earlier: [QueueID: MessageOutcome] = [:]
    private let file: DurableFile
    private let folder: String

    static func path(_ folder: String) -> String { folder + "/run.jsonl" }

    /// Begins a run. An interrupted one has to be resumed or given up first.
    package init(_ folder: String, _ plan: Plan) throws(CleanupError) {
        guard access(Self.path(folder), F_OK) != 0 else {
            throw CleanupError(
                .busy, "a run was interrupted: `sluice queue resume` goes on with it, `resume --give-up` forgets it")
        }
        self.plan = plan
        self.folder = folder
        try DurableFile.replace(Self.path(folder), try JSONLines.encoded(plan))
        file = try DurableFile(Self.path(folder))
    }

    /// Takes up the interrupted run; `nil` when there is none.
    package init?(resuming folder: String) throws(CleanupError) {
        guard let bytes = try DurableFile.contents(Self.path(folder)) else { return nil }
        guard let end = bytes.firstIndex(of: 0x0a) else {
            throw CleanupError(.damaged, "\(Self.path(folder)) has no plan")
        }
        plan = try JSONLines.decoded(Plan.self, bytes[..<end])
        self.folder = folder
        var start = end + 1
        while let end = bytes[start...].firstIndex(of: 0x0a) {
            let outcome = try JSONLines.decoded(MessageOutcome.self, bytes[start..<end])
            earlier[outcome.id] = outcome
            start = end + 1
        }
        file = try DurableFile(Self.path(folder), keeping: start)
    }

    /// What is still to be done: what was not decided, and what was busy.
    package var remaining: [ActTarget] {
        plan.targets.filter { earlier[$0.id].map { $0.result == .busy } ?? true }
    }

    package func note(_ outcomes: [MessageOutcome]) throws(CleanupError) {
        guard !outcomes.isEmpty else { return }
        var lines: [UInt8] = []
        for outcome in outcomes { lines += try JSONLines.encoded(outcome) }
        try file.append(lines)
    }

    /// The run is through: the journal is kept under the time it began.
    package func finish() throws(CleanupError) {
        let name = plan.began.filter { $0.isASCII && ($0.isNumber || $0 == "T") }
        let kept = "\(folder)/run-\(name)-\(plan.act.rawValue).jsonl"
        guard rename(Self.path(folder), kept) == 0 else { throw DurableFile.failure("rename", Self.path(folder)) }
        try DurableFile.sync(folder)
    }
}
