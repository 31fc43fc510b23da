import ArgumentParser
import Foundation
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
            With a case and its token the statement is signed, so that nobody can make or change it without the token.
            Exit status 0 only for `pass`.
            """)
    @OptionGroup var options: QueueOptions
    @OptionGroup var model: ModelOption
    @Option(help: "An archive of the case.", completion: .directory) var archive: [String] = []
    @Option(help: "A file with a fingerprint or SHA-256 a line; - is standard input.", completion: .file())
    var fingerprints: [String] = []
    @Option(name: .customLong("case"), help: "The case's number; with --token-file.") var caseID: String?
    @Option(help: "The file with the case's token; - is standard input.", completion: .file()) var tokenFile: String?

    private static let fileBytes = 64 * 1024 * 1024

    func run() throws {
        guard (caseID == nil) == (tokenFile == nil) else {
            throw CommandFailure.input("--case and --token-file go together")
        }
        let sought = try sought()
        let token = try tokenFile.map { try Self.read($0).filter { $0 > 0x20 } }
        guard token.map({ $0.count >= 16 }) ?? true else { throw CommandFailure.input("that is no token") }
        let look = try QueueLook(options, options.workFolder(), model: model)
        let statement = QueueStatement(
            look.scan, queue: look.queue.name, fingerprints: sought, author: Terminal.author)
        if let token, let caseID {
            Terminal.line(report(statement, caseID).signed(token: token))
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

    private func report(_ statement: QueueStatement, _ caseID: String) -> SignedReport {
        SignedReport(
            producer: "sluice \(Version.text)", host: QueueHost.name, time: Date().formatted(.iso8601),
            nonce: QueueHost.nonce, caseID: caseID, origin: "host",
            items: [
                SignedReport.Item(
                    check: "QUEUE-01", target: statement.queue, result: statement.result.rawValue,
                    evidence: statement.evidence)
            ])
    }
}
