import ArgumentParser
import Foundation
import MailTypes
import Posture
import ReportSigning

/// How findings are told, the same for all parts.
struct CheckOutput: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, junit, html
    }

    @Option(help: "text, json, junit or html.")
    var report: Format = .text

    @Flag(help: "The same as --report json.")
    var json = false

    @Flag(name: [.customLong("details"), .customLong("all")], help: "Show all evidence, and what passed, too.")
    var details = false

    @Option(help: "A file of waivers: ID, target or *, owner, last day, reason; one a line.", completion: .file())
    var waivers: String?

    @Option(help: "A file with a case's token: the report is JSON, signed with it.", completion: .file())
    var tokenFile: String?

    @Option(help: "The case that the signed report is for.")
    var `case`: String?

    func validate() throws {
        if (tokenFile == nil) != (self.case == nil) {
            throw ValidationError("A signed report needs both --token-file and --case.")
        }
        if tokenFile != nil, report == .html || report == .junit {
            throw ValidationError("A signed report is JSON.")
        }
    }

    /// Text for people, on a terminal: the only form that progress goes with.
    var isForPeople: Bool { report == .text && !json && tokenFile == nil }

    /// Prints the report and ends with its status.
    ///
    /// - Parameters:
    ///   - isWhole: many parts: one screen that says where to look, instead of all evidence.
    func tell(
        _ findings: [Finding], host: String = ProcessInfo.processInfo.hostName, fromFiles: Bool = false,
        isWhole: Bool = false
    ) throws -> Never {
        let waived = try waivers.map { try CheckFile.parse($0) { text throws(PostureError) in try Waiver.read(text) } }
        let time = Date().formatted(.iso8601)
        let report = PostureReport(findings, waivers: waived ?? [], time: time)
        if let tokenFile, let caseID = self.case {
            Terminal.line(try signed(report, tokenFile, caseID, host, fromFiles))
            throw ExitCode(report.exitStatus)
        }
        let format = json ? .json : self.report
        let text =
            switch format {
            case .text: isWhole && !details ? report.screen() : report.text(details: details)
            case .json: report.json
            case .junit: report.junit
            case .html: report.html
            }
        Terminal.line(text)
        throw ExitCode(report.exitStatus)
    }

    private func signed(
        _ report: PostureReport, _ path: String, _ caseID: String, _ host: String, _ fromFiles: Bool
    ) throws -> String {
        let token = try CheckFile.text(path).trimmingCharacters(in: .whitespacesAndNewlines)
        guard token.utf8.count >= 16 else {
            throw CommandFailure.input("\(SafeText.printable(path)): a token has 16 bytes or more")
        }
        var generator = SystemRandomNumberGenerator()
        let nonce = (0..<2).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
        let signed = SignedReport(
            producer: "sluice \(Version.text)", host: SafeText.printable(host), time: report.time, nonce: nonce,
            caseID: SafeText.printable(caseID), origin: fromFiles ? "files" : "host",
            items: report.ordered.map {
                SignedReport.Item(
                    check: $0.check.description, target: $0.target, result: $0.result.word, evidence: $0.evidence)
            })
        return signed.signed(token: Array(token.utf8))
    }
}
