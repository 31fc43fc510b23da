import Forensics
import Foundation
import MailTypes
import Testing

/// Files as they lie about: compressed, rotated, UTF-16, cut, damaged, in several zones.
struct ReadingTests {
    private func line(_ index: Int) -> String {
        "\(Story.stamp(Story.at(2) + Int64(index))) mx sshd[1]: Failed password for root from 45.9.8.7 port \(index) ssh2"
    }

    private func compress(_ program: String, _ arguments: [String], _ path: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments + [path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning { usleep(2000) }
        #expect(process.terminationStatus == 0)
    }

    @Test(arguments: [("/usr/bin/gzip", ".gz"), ("/usr/bin/xz", ".xz"), ("/usr/bin/zstd", ".zst")])
    func compressedFilesReadLikePlainOnes(program: String, ending: String) throws {
        guard FileManager.default.isExecutableFile(atPath: program) else { return }
        let story = try Story()
        for index in 0..<30_000 { story.raw(Story.at(2) + Int64(index), line(index), file: "auth.log") }
        try story.write()
        let plain = try Story.report([story.folder])
        try compress(program, ["-f"] + (ending == ".zst" ? ["--rm", "-q"] : []), story.folder + "/auth.log")
        let packed = try Story.report([story.folder])
        #expect(packed.totals.lines == 30_000 && packed.totals.failedLogins == 30_000)
        #expect(packed.findings.map(\.summary) == plain.findings.map(\.summary))
        #expect(packed.findings.first?.evidence.first?.text == plain.findings.first?.evidence.first?.text)

        let path = story.folder + "/auth.log" + ending
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
        let cut = try Story.report([story.folder])
        #expect(cut.errors.count == 1 && cut.totals.lines > 0)
        var broken = bytes
        for index in stride(from: bytes.count / 3, to: bytes.count / 3 + 60, by: 3) { broken[index] ^= 0x55 }
        try broken.write(to: URL(fileURLWithPath: path))
        #expect(try Story.report([story.folder]).errors.count == 1)
    }

    @Test func utf16WithEitherByteOrderReads() throws {
        for (mark, encoding) in [
            ([UInt8]([0xff, 0xfe]), String.Encoding.utf16LittleEndian), ([0xfe, 0xff], .utf16BigEndian),
        ] {
            let story = try Story()
            let text = (0..<50).map { "\(line($0)) grüße 😀\r\n" }.joined()
            let data = Data(mark) + (text.data(using: encoding) ?? Data())
            try data.write(to: URL(fileURLWithPath: story.folder + "/auth.log"))
            #expect(try Story.report([story.folder]).totals.failedLogins == 50)
        }
    }

    @Test func rotatedFilesGoInTimesOrderWhateverTheirNames() throws {
        let story = try Story()
        story.ordinary("ann@shop.example", "203.0.10.7", days: 1...4)
        try story.write()
        let folder = story.folder
        let lines = try String(contentsOfFile: folder + "/mail.log", encoding: .utf8).split(separator: "\n").map {
            $0 + "\n"
        }
        let third = lines.count / 3
        try lines[..<third].joined().write(toFile: folder + "/mail.log.2", atomically: false, encoding: .utf8)
        try lines[third..<(2 * third)].joined().write(
            toFile: folder + "/mail.log.1", atomically: false, encoding: .utf8)
        try lines[(2 * third)...].joined().write(toFile: folder + "/mail.log", atomically: false, encoding: .utf8)
        let report = try Story.report([folder])
        #expect(
            report.files.map { ($0.path as NSString).lastPathComponent } == ["mail.log.2", "mail.log.1", "mail.log"])
        #expect(report.totals.messages == 16 && report.totals.lines == lines.count)
    }

    @Test func linesWithoutAZoneFollowThoseThatTellIt() throws {
        let story = try Story()
        for index in 0..<20 {
            story.raw(
                0,
                "2026-11-02T09:00:\(10 + index)+02:00 mx sshd[1]: Failed password for root from 45.9.8.7 port 1 ssh2",
                file: "a.log")
            story.raw(
                0, "Nov  2 09:01:\(10 + index) mx sshd[1]: Failed password for root from 45.9.8.7 port 1 ssh2",
                file: "b.log")
        }
        try story.write()
        let set = LogSet(try LogFile.find([story.folder], now: Story.now), timeZone: nil, now: Story.now)
        let report = LogAnalyser(set: set, now: Story.now, seed: 1).run(options: AnalysisOptions())
        let finding = try #require(report.findings.first)
        #expect(Int64(finding.start) == Story.at(2, 7, 0, 10) && Int64(finding.end) == Story.at(2, 7, 1, 29))
    }

    @Test func overlongAndStrangeLinesCostNothing() throws {
        let story = try Story()
        var data = Data(line(1).utf8) + Data([0x0a])
        data += Data(repeating: 0x41, count: 3 << 20) + Data([0x0a])
        data += Data([0, 1, 2, 0xff, 0xfe, 0x0d, 0x0a, 0x0a]) + Data(line(2).utf8)
        try data.write(to: URL(fileURLWithPath: story.folder + "/auth.log"))
        let report = try Story.report([story.folder])
        #expect(report.totals.failedLogins == 2)
        #expect(report.totals.unparsed == 2)
    }

    @Test func anXMLExportOnOneLineIsReadEventByEvent() throws {
        let story = try Story()
        var text = "<?xml version=\"1.0\"?><Events>"
        for index in 0..<6000 {
            text +=
                "<Event xmlns='x'><System><EventID>4625</EventID><TimeCreated SystemTime='2026-11-02T01:\(10 + index / 120 % 50):00Z'/></System>"
            text +=
                "<EventData><Data Name='TargetUserName'>ann</Data><Data Name='LogonType'>3</Data><Data Name='IpAddress'>45.9.8.7</Data></EventData></Event>"
        }
        try (text + "</Events>").write(toFile: story.folder + "/security.xml", atomically: false, encoding: .utf8)
        #expect(text.utf8.count > 1 << 20)
        let report = try Story.report([story.folder])
        #expect(report.totals.failedLogins == 6000 && report.totals.unparsed == 0)
    }

    @Test func oneDamagedFileDoesNotHideTheOthers() throws {
        let story = try Story()
        for index in 0..<20 { story.raw(Story.at(2) + Int64(index), line(index), file: "auth.log") }
        try story.write()
        try Data([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).write(
            to: URL(fileURLWithPath: story.folder + "/old.log.gz"))
        let report = try Story.report([story.folder])
        #expect(report.totals.failedLogins == 20 && report.errors.count == 1 && report.findings.count == 1)
    }

    @Test func missingFilesAreAnError() throws {
        #expect(throws: LogInputError.self) { try LogFile.find(["/nonexistent/mail.log"], now: 0) }
    }
}
