import ArgumentParser
import Audit
import Foundation
import MailTypes
import Posture

/// `sluice check`: what is open on a server, with evidence and remedy.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Proves that a server cannot be used for spam, or says exactly what is open.",
        discussion: """
            Each part looks at one side; --explain ID tells what a check is about. What cannot be known is "unknown", \
            never a pass. Exit status: 0 all passed, 1 something failed, 2 something is unknown or the input is wrong.
            """,
        subcommands: [CheckRelayCommand.self, CheckSPFCommand.self, CheckAccountsCommand.self])

    @Option(help: "Tell all about one check, such as RELAY-01; \"all\" lists them.")
    var explain: String?

    func run() async throws {
        guard let explain else { throw CleanExit.helpRequest(self) }
        if explain == "all" {
            for check in Check.all { Terminal.line("\(check.id)  \(check.title)") }
            return
        }
        guard let id = CheckID(explain), let check = Check.find(id) else {
            throw CommandFailure.input("there is no check \(SafeText.printable(explain)); --explain all lists them")
        }
        Terminal.line(check.explanation)
    }
}

/// How findings are told, the same for all parts.
struct CheckOutput: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, junit, html
    }

    @Option(help: "text, json, junit or html.")
    var report: Format = .text

    @Flag(help: "The same as --report json.")
    var json = false

    @Flag(help: "Show what passed, too.")
    var all = false

    @Option(help: "A file of waivers: ID, target or *, owner, last day, reason; one a line.")
    var waivers: String?

    /// Prints the report and ends with its status.
    func tell(_ findings: [Finding]) throws -> Never {
        let waived = try waivers.map { try CheckFile.parse($0) { text throws(PostureError) in try Waiver.read(text) } }
        let time = Date().formatted(.iso8601)
        let report = PostureReport(findings, waivers: waived ?? [], time: time)
        let format = json ? .json : self.report
        let text =
            switch format {
            case .text: report.text(details: all)
            case .json: report.json
            case .junit: report.junit
            case .html: report.html
            }
        Terminal.line(text)
        throw ExitCode(report.exitStatus)
    }
}

/// Files given on the command line.
enum CheckFile {
    /// No account export or list of guesses is larger.
    static let maximum = 256 << 20

    static func bytes(_ path: String) throws -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure.input("\(SafeText.printable(path)) cannot be read")
        }
        defer { try? handle.close() }
        let data = try handle.read(upToCount: maximum + 1) ?? Data()
        guard data.count <= maximum else {
            throw CommandFailure.input("\(SafeText.printable(path)) is larger than \(maximum >> 20) MiB")
        }
        return Array(data)
    }

    static func text(_ path: String) throws -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw CommandFailure.input("\(SafeText.printable(path)) is not UTF-8")
        }
        return text
    }

    /// Reads with the file's name before the error.
    static func parse<Value, Failure: Error>(_ path: String, _ read: (String) throws(Failure) -> Value) throws -> Value
    {
        let text = try text(path)
        do {
            return try read(text)
        } catch {
            throw CommandFailure.input("\(SafeText.printable(path)): \(error)")
        }
    }
}
