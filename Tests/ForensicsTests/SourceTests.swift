import Foundation
import LogFormats
import MailTypes
import Testing

@testable import Forensics

/// Other ways in: pipes, the journal, rotations in mixed compression; and what comes out when it is broken off.
struct SourceTests {
    private func failed(_ index: Int) -> String {
        "\(Story.stamp(Story.at(2) + Int64(index))) mx sshd[1]: Failed password for root from 45.9.8.7 port \(index) ssh2"
    }

    private func compress(_ program: String, _ path: String) throws -> Bool {
        guard FileManager.default.isExecutableFile(atPath: program) else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-q", "-f", path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning { usleep(2000) }
        if program.hasSuffix("zstd") { try FileManager.default.removeItem(atPath: path) }
        return process.terminationStatus == 0
    }

    @Test func aLogWhoseRotationsArePackedDifferentlyIsOneLog() throws {
        let story = try Story()
        story.ordinary("ann@shop.example", "203.0.10.7", days: 1...8)
        story.spam(Story.at(8, 20), "ann@shop.example", "45.9.8.7", count: 200)
        try story.write()
        let plain = try Story.report([story.folder])
        let path = story.folder + "/mail.log"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { $0 + "\n" }
        let part = lines.count / 4
        for (index, name) in ["mail.log.3", "mail.log.2", "mail.log.1", "mail.log"].enumerated() {
            let end = index == 3 ? lines.count : (index + 1) * part
            try lines[(index * part)..<end].joined().write(
                toFile: story.folder + "/" + name, atomically: false, encoding: .utf8)
        }
        let packed = try [
            compress("/usr/bin/xz", path + ".3"), compress("/usr/bin/zstd", path + ".2"),
            compress("/usr/bin/gzip", path + ".1"),
        ]
        guard packed.allSatisfy({ $0 }) else { return }
        let report = try Story.report([story.folder])
        #expect(
            report.files.map { ($0.path as NSString).lastPathComponent } == [
                "mail.log.3.xz", "mail.log.2.zst", "mail.log.1.gz", "mail.log",
            ])
        #expect(report.totals.lines == lines.count && report.errors.isEmpty)
        #expect(report.findings.map(\.summary) == plain.findings.map(\.summary))
        let told = report.findings.flatMap(\.evidence)
        #expect(!told.isEmpty && told.allSatisfy { !$0.text.isEmpty })
    }

    /// Hands out few bytes at a time, as a pipe does.
    private final class Drip: ByteSource {
        private var rest: ArraySlice<UInt8>
        private(set) var position = 0

        init(_ bytes: [UInt8]) { rest = bytes[...] }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let count = min(7, buffer.count, rest.count)
            buffer.copyBytes(from: rest.prefix(count))
            rest = rest.dropFirst(count)
            position += count
            return count
        }
    }

    @Test func whatComesByAPipeReadsLikeAFile() throws {
        let text = (0..<400).map { failed($0) + "\n" }.joined() + failed(400)
        let source = try ByteSources.decoded(Drip(Array(text.utf8)), path: "-")
        let reader = BatchReader(source: source, file: 0, reader: LogReader(latest: Story.now))
        var (lines, events) = (0, 0)
        while let batch = try reader.next() {
            lines += batch.lines
            events += batch.events.count
        }
        #expect(lines == 401 && events == 401)
    }

    @Test func evidenceFarIntoAFileIsItsLine() throws {
        let story = try Story()
        for index in 0..<20_000 {
            story.line(Story.at(2) + Int64(index), "mx postfix/anvil[1]: statistics: max cache size \(index)")
        }
        for index in 0..<30 { story.failure(Story.at(9) + Int64(index), "ann@shop.example", "45.9.8.7") }
        for index in 0..<20_000 {
            story.line(Story.at(10) + Int64(index), "mx postfix/anvil[1]: statistics: max cache size \(index)")
        }
        for index in 0..<30 { story.failure(Story.at(19) + Int64(index), "bob@shop.example", "45.9.9.9") }
        let report = try story.report()
        #expect(report.findings.count >= 2)
        for finding in report.findings {
            #expect(!finding.evidence.isEmpty)
            for evidence in finding.evidence { #expect(evidence.text.contains("auth failed"), "\(evidence)") }
        }
        let places = Set(report.findings.flatMap { $0.evidence.map(\.line) })
        #expect(places.contains { $0 > 40_000 } && places.contains { (20_001...20_030).contains($0) })
    }

    @Test func theJournalsEntriesAreReadInItsOwnForms() throws {
        let story = try Story()
        let micro = Story.at(2) * 1_000_000
        for index in 0..<20 {
            story.raw(
                Int64(index),
                "{\"__REALTIME_TIMESTAMP\":\"\(micro + Int64(index) * 1_000_000)\",\"_HOSTNAME\":\"mx\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"_PID\":\"7\",\"MESSAGE\":\"Failed password for root from 45.9.8.7 port \(index) ssh2\"}",
                file: "a.json")
        }
        // A name that is no UTF-8: journald writes the message as its bytes.
        let bytes = Array("Failed password for invalid user r".utf8) + [0xff] + Array(" from 45.9.8.7 port 9 ssh2".utf8)
        story.raw(
            20,
            "{\"__REALTIME_TIMESTAMP\":\"\(micro)\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"MESSAGE\":[\(bytes.map(String.init).joined(separator: ","))]}",
            file: "a.json")
        story.raw(
            21, "{\"__REALTIME_TIMESTAMP\":\"\(micro)\",\"SYSLOG_IDENTIFIER\":\"x\",\"MESSAGE\":null}", file: "a.json")
        story.raw(
            22, "2026-11-02T01:00:00+0100 mx sshd[7]: Failed password for root from 45.9.8.7 port 1 ssh2", file: "b.log"
        )
        story.raw(
            22, "Mon 2026-11-02 00:00:00 UTC mx sshd[7]: Failed password for root from 45.9.8.7 port 1 ssh2",
            file: "c.log")
        let report = try story.report()
        #expect(report.totals.failedLogins == 23 && report.totals.unparsed == 0)
        let finding = try #require(report.findings.first)
        #expect(Int64(finding.start) == Story.at(2) && Int64(finding.end) == Story.at(2) + 19)
    }

    @Test func whatIsBrokenOffTellsWhatItFound() throws {
        let story = try Story()
        for index in 0..<20_000 { story.raw(Story.at(2) + Int64(index), failed(index), file: "auth.log") }
        try story.write()
        let set = LogSet(
            try LogFile.find([story.folder], now: Story.now), timeZone: TimeZone(identifier: "UTC"), now: Story.now)
        let report = LogAnalyser(set: set, now: Story.now, seed: 1).run(options: AnalysisOptions()) { _ in false }
        #expect(report.interrupted && report.findings.count == 1)
        #expect((1..<20_000).contains(report.totals.failedLogins))
    }

    @Test func linesThatAreNotUnderstoodAreShownMadeHarmless() throws {
        let story = try Story()
        story.raw(0, failed(1), file: "auth.log")
        story.raw(1, "what\u{1b}[2J is <this>\u{7}?", file: "auth.log")
        let report = try story.report()
        #expect(report.totals.unparsed == 1)
        #expect(report.unparsedText.contains("auth.log:2") && !report.unparsedText.contains("\u{1b}"))
    }
}
