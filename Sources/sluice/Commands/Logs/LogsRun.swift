import ArgumentParser
import Forensics
import Foundation
import MailTypes
import Posture
import ReportSigning

/// Carries out one `sluice logs`.
struct LogsRun {
    private let command: LogsCommand
    private let now: Int64

    init(_ command: LogsCommand) {
        self.command = command
        now = Int64(Date().timeIntervalSince1970)
    }

    /// The exit status: 0 nothing found, 1 findings, 2 an input that cannot be read.
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
        let seed = try threadSeed()
        let journal = command.journal ? try LogsJournal(since: command.selection.since) : nil
        defer { journal?.remove() }
        let files = try LogFile.find(command.paths + (journal.map { [$0.path] } ?? []), now: now)
        guard !files.isEmpty else {
            throw LogInputError(
                code: .nothingFound, path: command.paths.joined(separator: " "), message: "no files to read")
        }
        let set = LogSet(files, timeZone: try zone(), now: now)
        let key = UInt64.random(in: 1...UInt64.max)
        let interrupt = LogsInterrupt()
        if command.follow { return try follow(set, key, options, interrupt) }
        let analyser = LogAnalyser(set: set, now: now, seed: key)
        if let seed {
            let thread = LogsThread(analyser: analyser, files: set.files, options: options, json: command.output.json)
            let result = thread.print(seed, interrupt)
            for error in result.errors { LogsRun.complain(SafeText.printable(error.description)) }
            return result.errors.isEmpty ? (result.count > 0 ? 1 : 0) : 2
        }
        let progress = LogsProgress(quiet: command.output.quiet)
        let report = analyser.run(options: options, places: try places()) { state in
            progress.show(state)
            return !interrupt.wasAsked
        }
        progress.clear()
        if command.forCase.isGiven, !interrupt.wasAsked {
            let items = LogsGroup.findings(report, target: "logs").map {
                SignedReport.Item(
                    check: $0.check.description, target: $0.target, result: $0.result.word, evidence: $0.evidence)
            }
            try command.forCase.deliver(items)
            return status(report)
        }
        try write(report)
        return status(report)
    }

    private func follow(_ set: LogSet, _ key: UInt64, _ options: AnalysisOptions, _ interrupt: LogsInterrupt) throws
        -> Int32
    {
        let reporter = try command.gateway.reporter()
        let follower = try LogFollower(set: set, seed: key, sink: reporter ?? LogsPrinter(), now: now)
        while !interrupt.wasAsked { usleep(100_000) }
        let report = follower.stop(options: options, places: try places())
        reporter?.end()
        try write(report)
        return status(report)
    }

    private func status(_ report: LogReport) -> Int32 {
        report.errors.isEmpty ? (report.findings.isEmpty ? 0 : 1) : 2
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

extension LogsRun {
    private func zone() throws -> TimeZone? {
        guard let name = command.timezone else { return nil }
        guard let zone = TimeZone(identifier: name) else {
            throw LogInputError(code: .missing, path: name, message: "there is no such time zone")
        }
        return zone
    }

    private func places() throws -> PlaceDatabase? {
        command.mmdb.isEmpty ? nil : try PlaceDatabase(paths: command.mmdb)
    }

    private func threadSeed() throws -> ThreadFollower.Seed? {
        let selection = command.selection
        guard selection.isThread else { return nil }
        var seed = ThreadFollower.Seed(account: selection.account, queueID: selection.queueID)
        if let text = selection.ip {
            guard let address = IPAddress(text) else {
                throw LogInputError(code: .damaged, path: text, message: "is no IP address")
            }
            seed.address = address
        }
        return seed
    }

    private func analysisOptions() throws -> AnalysisOptions {
        var options = AnalysisOptions()
        options.known = try LogsRanges.read(command.known)
        options.provider = try LogsRanges.read(command.provider)
        if let since = command.selection.since { options.since = try LogsTime.read(since, now: now) }
        if let until = command.selection.until { options.until = try LogsTime.read(until, now: now) }
        return options
    }
}
