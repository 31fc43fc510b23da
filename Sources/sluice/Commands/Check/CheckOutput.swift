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

    @OptionGroup var forCase: CaseOptions

    func validate() throws {
        if forCase.isGiven, report == .html || report == .junit {
            throw ValidationError("A report for a case is signed JSON: leave --report out.")
        }
    }

    /// Text for people, on a terminal: the only form that progress goes with.
    var isForPeople: Bool { report == .text && !json && !forCase.isGiven }

    /// Prints the report and ends with its status.
    ///
    /// - Parameters:
    ///   - systems: those that are there: remedies for others are not told.
    ///   - isWhole: many parts: one screen that says where to look, instead of all evidence.
    func tell(
        _ findings: [Finding], host: String = ProcessInfo.processInfo.hostName, fromFiles: Bool = false,
        isWhole: Bool = false, systems: Set<String> = []
    ) throws -> Never {
        let waived = try waivers.map { try CheckFile.parse($0) { text throws(PostureError) in try Waiver.read(text) } }
        let time = Date().formatted(.iso8601)
        let report = PostureReport(findings, waivers: waived ?? [], time: time, systems: systems)
        if forCase.isGiven {
            let items = report.ordered.map {
                SignedReport.Item(
                    check: $0.check.description, target: $0.target, result: $0.result.word, evidence: $0.evidence)
            }
            try forCase.deliver(items, host: host, origin: fromFiles ? "files" : "host")
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
}
