import ArgumentParser
import MTAControl
import MailTypes
import QueueCleanup
import ReportSigning

struct QueueProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "States, as JSON, whether anything in the queue matches a case.",
        discussion: """
            The case's messages are known from archives and from files with a fingerprint or SHA-256 a line (scan --json tells the
            fingerprints). Groups that were marked as good do not count, and the statement says so. The result is `pass`, `fail`, or `unknown` when the queue could not be read whole.
            With the case's link the statement is signed and sent there; with its number and its token it is signed and printed.
            Exit status 0 only for `pass`.
            """)
    @OptionGroup var options: QueueOptions
    @OptionGroup var model: ModelOption
    @Option(help: "An archive of the case.", completion: .directory) var archive: [String] = []
    @Option(help: "A file with a fingerprint or SHA-256 a line; - is standard input.", completion: .file())
    var fingerprints: [String] = []
    @OptionGroup var forCase: CaseOptions

    private static let fileBytes = 64 * 1024 * 1024

    func run() throws {
        let sought = try sought()
        let look = try QueueLook(options, options.workFolder(), model: model)
        let statement = QueueStatement(
            look.scan, queue: look.queue.name, fingerprints: sought, author: Terminal.author)
        if forCase.isGiven {
            try forCase.deliver([
                SignedReport.Item(
                    check: "QUEUE-01", target: statement.queue, result: statement.result.rawValue,
                    evidence: statement.evidence)
            ])
        } else {
            try JSONOutput.print(statement)
        }
        if statement.result != .pass { throw ExitCode(1) }
    }

    private func sought() throws -> CaseFingerprints {
        try QueueFailures.told {
            var sought = CaseFingerprints()
            for path in archive { sought.add(try QueueArchive(path)) }
            for path in fingerprints { try sought.add(lines: String(decoding: Self.read(path), as: UTF8.self)) }
            guard !sought.isEmpty else {
                throw CommandFailure.input("what is sought? --archive or --fingerprints")
            }
            return sought
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        path == "-" ? Terminal.input(limit: fileBytes) : try CheckFile.bytes(path)
    }
}
