import Foundation
import MailTypes
import Testing

@testable import Forensics

/// Tables that fill up: what is the same again makes room, and a thief is still told.
struct CrowdedTableTests {
    private func report(_ story: Story, pairs: Int) throws -> LogReport {
        try story.write()
        let set = LogSet(
            try LogFile.find([story.folder], now: Story.now), timeZone: TimeZone(identifier: "UTC"), now: Story.now)
        var limits = AnalysisLimits()
        limits.pairs = pairs
        return LogAnalyser(set: set, now: Story.now, seed: 42, limits: limits).run(options: AnalysisOptions())
    }

    /// A telephone with a new address each day for four weeks, and a thief on the last.
    private func telephone() throws -> Story {
        let story = try Story()
        for day in 1...28 {
            let address = "46.7.\(day).\(day * 7 % 250)"
            story.imap(Story.at(day, 8), "ann@shop.example", address)
            story.message(Story.at(day, 8, 10), "ann@shop.example", address)
        }
        story.spam(Story.at(28, 20), "ann@shop.example", "45.9.8.7", count: 200)
        story.message(Story.at(28, 21), "ann@shop.example", "45.9.8.99")
        return story
    }

    @Test func addressesOfAKnownNetworkMakeRoomForThoseOfStrangers() throws {
        let story = try telephone()
        let roomy = try report(story, pairs: 1000)
        let narrow = try report(story, pairs: 20)
        #expect(roomy.stolen == ["ann@shop.example"] && narrow.stolen == ["ann@shop.example"])
        #expect(!narrow.findings.contains { $0.kind == .forgotten })
        for report in [roomy, narrow] {
            let finding = try #require(report.finding("ann@shop.example"))
            #expect(Int64(finding.start) == Story.at(28, 20))
            #expect(finding.addresses.map { "\($0.address)" }.contains("45.9.8.7"))
        }
    }

    @Test func whatNoLongerFitsIsSaid() throws {
        let story = try Story()
        for index in 0..<60 { story.imap(Story.at(2) + Int64(index), "ann\(index)@shop.example", "46.7.1.\(index)") }
        let report = try report(story, pairs: 20)
        #expect(report.findings.contains { $0.kind == .forgotten })
    }
}
