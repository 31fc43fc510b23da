import Forensics
import MailTypes
import Testing

/// What looks like a theft and is none: nothing of high confidence may come of it.
struct InnocentStoryTests {
    @Test func aTravellerWritesFromHotels() throws {
        let story = try Story()
        story.ordinary("ann@shop.example", "203.0.10.7", days: 1...9)
        for (index, day) in [10, 12, 14].enumerated() {
            story.failure(Story.at(day, 18), "ann@shop.example", "\(80 + index).5.6.7")
            story.ordinary("ann@shop.example", "\(80 + index).5.6.7", days: day...(day + 1), daily: 8)
        }
        #expect(try story.report().stolen == [])
    }

    @Test func aNewsletterGoesOut() throws {
        let story = try Story()
        story.ordinary("news@shop.example", "203.0.10.7")
        for index in 0..<3 {
            story.message(
                Story.at(15, 10, index), "news@shop.example", "203.0.10.7",
                Array(repeating: .sent, count: 150) + [.unknown, .unknown])
        }
        let report = try story.report()
        #expect(report.stolen == [])
        #expect(report.finding("news@shop.example")?.kind == .sendingSpike)
    }

    @Test func anOfficeBehindOneAddressMistypes() throws {
        let story = try Story()
        for index in 0..<30 {
            story.ordinary("user\(index)@shop.example", "203.0.10.7", days: 1...10, daily: 2)
            story.failure(Story.at(1 + index % 10, 9, index), "user\(index)@shop.example", "203.0.10.7")
        }
        let report = try story.report()
        #expect(report.findings.filter { $0.confidence == .high }.map(\.subject) == [])
    }

    @Test func aPhoneKeepsTheOldPassword() throws {
        let story = try Story()
        story.ordinary("ann@shop.example", "203.0.10.7", days: 1...15)
        for index in 0..<200 { story.failure(Story.at(10, 8) + Int64(index) * 300, "ann@shop.example", "203.0.10.7") }
        #expect(try story.report().findings.filter { $0.confidence == .high }.map(\.subject) == [])
    }

    @Test func aMonitorLogsInEveryFiveMinutes() throws {
        let story = try Story()
        for index in 0..<2000 { story.imap(Story.at(1) + Int64(index) * 300, "probe@shop.example", "203.0.10.99") }
        #expect(try story.report().findings.isEmpty)
    }

    @Test func aPhoneWandersThroughItsCarriersRanges() throws {
        let story = try Story()
        story.ordinary("ann@shop.example", "203.0.10.7", days: 1...15)
        for day in 1...15 {
            for hour in 0..<6 {
                story.imap(
                    Story.at(day, 8 + hour, 30), "ann@shop.example",
                    "46.\(120 + (day + hour) % 3).\((day * 31 + hour * 17) % 250).9")
            }
        }
        #expect(try story.report().stolen == [])
    }
}
