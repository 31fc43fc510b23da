import ArgumentParser
import Forensics
import Foundation
import MailTypes

/// Carries out one `sluice logs`.
struct LogsRun {
    private let command: LogsCommand
    private let now: Int64

    init(_ command: LogsCommand) {
        self.command = command
        now = Int64(Date().timeIntervalSince1970)
    }

    /// The exit status.
    func run() -> Int32 {
        do {
            return try analyse()
        } catch let error as LogInputError {
            LogsRun.complain(SafeText.printable(error.description))
        } catch {
            LogsRun.complain(SafeText.printable("\(error)"))
        }
        return 2
    }

    private func analyse() throws -> Int32 {
        let options = try analysisOptions()
        let files = try LogFile.find(command.paths, now: now)
        let set = try LogSet(files, timeZone: try zone(), now: now)
        let analyser = LogAnalyser(set: set, now: now, seed: UInt64.random(in: 1...UInt64.max))
        let interrupt = LogsInterrupt()
        let progress = LogsProgress(quiet: command.output.quiet)
        let report = analyser.run(options: options) { state in
            progress.show(state)
            return !interrupt.wasAsked
        }
        progress.clear()
        try write(report)
        if !report.errors.isEmpty { return 2 }
        return report.findings.isEmpty ? 0 : 1
    }

    private func zone() throws -> TimeZone? {
        guard let name = command.timezone else { return nil }
        guard let zone = TimeZone(identifier: name) else {
            throw LogInputError(code: .missing, path: name, message: "there is no such time zone")
        }
        return zone
    }

    private func analysisOptions() throws -> AnalysisOptions {
        var options = AnalysisOptions()
        options.known = try LogsRanges.read(command.known)
        options.provider = try LogsRanges.read(command.provider)
        if let since = command.selection.since { options.since = try LogsTime.read(since, now: now) }
        if let until = command.selection.until { options.until = try LogsTime.read(until, now: now) }
        return options
    }

    private func write(_ report: LogReport) throws {
        if let path = command.output.report {
            let content =
                path.hasSuffix(".json") ? report.json + "\n" : path.hasSuffix(".csv") ? report.csv : report.html
            guard FileManager.default.createFile(atPath: path, contents: Data(content.utf8)) else {
                throw LogInputError(code: .unreadable, path: path, message: "cannot be written")
            }
        }
        if command.output.json {
            print(report.json)
        } else if command.output.csv {
            print(report.csv, terminator: "")
        } else if command.output.unparsed {
            print(report.unparsedText, terminator: "")
        } else {
            print(report.text(details: command.output.all), terminator: "")
        }
    }

    static func complain(_ text: String) { FileHandle.standardError.write(Data("sluice logs: \(text)\n".utf8)) }
}
