import Forensics
import MailTypes
import Testing

/// Stolen accounts of every kind: found, with the minute it began and every address.
struct CompromiseStoryTests {
    private func expect(
        _ report: LogReport, _ account: String, start: Int64, addresses: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let finding = try #require(report.finding(account), sourceLocation: sourceLocation)
        #expect(finding.confidence == .high, "\(finding.score) \(finding.signals)", sourceLocation: sourceLocation)
        #expect(
            abs(Int64(finding.start) - start) <= 60, "\(finding.start) not \(start)", sourceLocation: sourceLocation)
        #expect(Set(finding.addresses.map(\.address.description)) == Set(addresses), sourceLocation: sourceLocation)
        #expect(report.stolen == [account], sourceLocation: sourceLocation)
        #expect(
            !finding.evidence.isEmpty && finding.evidence.allSatisfy { $0.line > 0 && !$0.text.isEmpty },
            sourceLocation: sourceLocation)
    }

    private func town() throws -> Story {
        let story = try Story()
        for index in 0..<12 { story.ordinary("user\(index)@shop.example", "203.0.\(10 + index).7") }
        return story
    }

    @Test func aGuessedPassword() throws {
        let story = try town()
        let at = Story.at(12, 3)
        for index in 0..<60 { story.failure(at - 600 + Int64(index) * 9, "user3@shop.example", "45.9.8.7") }
        story.imap(at, "user3@shop.example", "45.9.8.7")
        story.spam(at + 300, "user3@shop.example", "45.9.8.7", count: 200)
        let report = try story.report()
        try expect(report, "user3@shop.example", start: at, addresses: ["45.9.8.7"])
        #expect(report.finding("user3@shop.example")?.number("failures-before") == 60)
        #expect(report.finding("45.9.8.7") != nil)
    }

    @Test func aSprayedPasswordUsedFromElsewhere() throws {
        let story = try town()
        let at = Story.at(12, 3)
        for index in 0..<80 { story.failure(at - 900 + Int64(index) * 11, "name\(index)@shop.example", "45.9.8.7") }
        story.imap(at, "user5@shop.example", "45.9.8.7")
        story.spam(at + 7200, "user5@shop.example", "91.1.2.3", count: 200)
        let report = try story.report()
        try expect(report, "user5@shop.example", start: at, addresses: ["45.9.8.7", "91.1.2.3"])
        #expect(report.finding("45.9.8.7")?.kind == .spraying)
    }

    @Test func aStolenPasswordTestedDaysBefore() throws {
        let story = try town()
        let at = Story.at(10, 3)
        story.imap(at, "user2@shop.example", "45.9.8.7")
        story.spam(Story.at(12, 2), "user2@shop.example", "91.1.2.3", count: 150)
        try expect(try story.report(), "user2@shop.example", start: at, addresses: ["45.9.8.7", "91.1.2.3"])
    }

    @Test func aBotnetWithAFewMessagesEach() throws {
        let story = try town()
        let at = Story.at(13, 1)
        var addresses: [String] = []
        for index in 0..<40 {
            let address = "\(60 + index).\(20 + index).3.4"
            addresses.append(address)
            for message in 0..<3 {
                story.message(
                    at + Int64(index) * 300 + Int64(message) * 60, "user4@shop.example", address,
                    [.sent, message == 0 && index % 3 == 0 ? .unknown : .sent])
            }
        }
        try expect(try story.report(), "user4@shop.example", start: at, addresses: addresses)
    }

    @Test func spamByWebmailIsTracedToTheStrangersLogin() throws {
        let story = try town()
        for index in 0..<12 {
            for day in 1...15 {
                story.line(
                    Story.at(day, 15),
                    "mx roundcube: <s> Successful login for user\(index)@shop.example (ID: 1) from 203.0.\(10 + index).7 in session s"
                )
                story.message(Story.at(day, 15, 5), "user\(index)@shop.example", "192.0.2.30")
            }
        }
        let at = Story.at(14, 2)
        story.line(at, "mx roundcube: <s> Successful login for user6@shop.example (ID: 1) from 45.9.8.7 in session s")
        story.spam(at + 120, "user6@shop.example", "192.0.2.30", count: 150)
        try expect(try story.report(), "user6@shop.example", start: at, addresses: ["45.9.8.7"])
    }

    @Test func anInfectedComputerSendsFromHome() throws {
        let story = try town()
        let at = Story.at(14, 2)
        story.spam(at, "user7@shop.example", "203.0.17.7", count: 200)
        try expect(try story.report(), "user7@shop.example", start: at, addresses: ["203.0.17.7"])
    }

    @Test func aScriptOnTheServerItself() throws {
        let story = try town()
        for day in 1...12 { story.message(Story.at(day, 12), "www-data@mx", "", script: "33:order.php") }
        let at = Story.at(14, 2)
        story.spam(at, "www-data@mx", "", count: 200, every: 8, script: "33:cache.php")
        let report = try story.report()
        let finding = try #require(report.finding("33:cache.php"))
        #expect(finding.kind == .spammingScript && finding.confidence == .high)
        #expect(abs(Int64(finding.start) - at) <= 60)
        #expect(report.stolen == ["33:cache.php"])
    }

    @Test func anAccountEnteredAfterGuessingIsToldBeforeItSends() throws {
        let story = try town()
        let at = Story.at(12, 3)
        for index in 0..<300 { story.failure(at - 3000 + Int64(index) * 9, "user3@shop.example", "45.9.8.7") }
        story.imap(at, "user3@shop.example", "45.9.8.7")
        let finding = try #require(try story.report().finding("user3@shop.example"))
        #expect(finding.kind == .successAfterFailures && finding.confidence == .high)
        #expect(Int64(finding.start) == at)
    }
}
