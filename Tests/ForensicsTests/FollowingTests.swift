import Foundation
import LogFormats
import MailTypes
import Testing

@testable import Forensics

/// One thread through the log, and logs that grow while they are read.
struct FollowingTests {
    private func events(_ story: Story, _ seed: ThreadFollower.Seed) throws -> [String] {
        try story.write()
        let set = LogSet(
            try LogFile.find([story.folder], now: Story.now), timeZone: TimeZone(identifier: "UTC"), now: Story.now)
        let analyser = LogAnalyser(set: set, now: Story.now, seed: 1)
        var follower = ThreadFollower(seed)
        if follower.needsLearning {
            _ = analyser.events { timed, _, _ in
                follower.learn(timed.event)
                return true
            }
        }
        var told: [String] = []
        _ = analyser.events { timed, _, _ in
            if follower.includes(timed) { told.append(EventText.describe(timed.event)) }
            return true
        }
        return told
    }

    @Test func aMessageLeadsToItsLoginAndAllElseThatDid() throws {
        let story = try Story()
        story.ordinary("ann@shop.example", "203.0.10.7", days: 1...2, daily: 1)
        story.imap(Story.at(3), "bob@shop.example", "45.9.8.7")
        story.failure(Story.at(3, 1), "carl@shop.example", "45.9.8.7")
        story.message(Story.at(4), "bob@shop.example", "45.9.8.7", [.unknown])
        try story.write()
        let text = try String(contentsOfFile: story.folder + "/mail.log", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.contains("sasl_username=bob") })
        let id = try #require(line.split(separator: " ").first { $0.hasPrefix("4A") }).dropLast()
        let told = try events(story, ThreadFollower.Seed(queueID: String(id)))
        #expect(told.count == 6)
        #expect(told.first == "login of bob@shop.example from 45.9.8.7 by imap")
        #expect(told.contains("failed login of carl@shop.example from 45.9.8.7 by imap"))
        #expect(!told.contains { $0.contains("ann@") })
        #expect(try events(story, ThreadFollower.Seed(account: "ANN@shop.example")).count == 10)
    }

    private final class Sink: EventSink, @unchecked Sendable {
        private let lock = NSLock()
        private var lines: [String] = []
        func take(_ timed: TimedEvent, file: String, line: Int) {
            let text = EventText.json(timed.event, seconds: timed.seconds, file: file, line: line)
            lock.withLock { lines.append(text) }
        }
        var count: Int { lock.withLock { lines.count } }
        var all: [String] { lock.withLock { lines } }
    }

    @Test func growingAndRotatedFilesAreFollowed() throws {
        let story = try Story()
        for index in 0..<10 { story.failure(Story.at(2) + Int64(index), "ann@shop.example", "45.9.8.7") }
        try story.write()
        let path = story.folder + "/mail.log"
        let set = LogSet(
            try LogFile.find([path], now: Story.now), timeZone: TimeZone(identifier: "UTC"), now: Story.now)
        let sink = Sink()
        let follower = try LogFollower(set: set, seed: 1, sink: sink, now: Story.now)
        func add(_ index: Int, to path: String) throws {
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seekToEnd()
            let line =
                "\(Story.stamp(Story.at(3) + Int64(index))) mx sshd[1]: Failed password for root from 45.9.8.7 port \(index) ssh2\n"
            try handle.write(contentsOf: Data(line.utf8))
            try handle.close()
        }
        func wait(_ count: Int) {
            for _ in 0..<2000 where sink.count < count { usleep(5000) }
        }
        // The old lines are taken once the first new one arrives.
        for _ in 0..<2000 where !follower.isCaughtUp { usleep(5000) }
        try add(1, to: path)
        wait(1)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        try add(2, to: path)
        wait(2)
        let report = follower.stop(options: AnalysisOptions(), places: nil)
        #expect(sink.count == 2)
        #expect(sink.all.first?.contains("\"event\":\"login\"") == true)
        #expect(report.totals.failedLogins == 12)
    }

    @Test func eventsOfOneRunAreLinesOfTheNext() throws {
        let story = try Story()
        story.ordinary("ann@shop.example", "203.0.10.7", days: 1...1, daily: 1)
        try story.write()
        let set = LogSet(
            try LogFile.find([story.folder], now: Story.now), timeZone: TimeZone(identifier: "UTC"), now: Story.now)
        var lines: [String] = []
        _ = LogAnalyser(set: set, now: Story.now, seed: 1).events { timed, _, line in
            lines.append(EventText.json(timed.event, seconds: timed.seconds, file: "mail.log", line: line))
            return true
        }
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: story.folder + "/mail.log", atomically: false, encoding: .utf8)
        let report = try Story.report([story.folder])
        #expect(report.totals.logins == 1 && report.totals.messages == 1 && report.totals.delivered == 1)
        #expect(report.totals.unparsed == 0)
    }
}
