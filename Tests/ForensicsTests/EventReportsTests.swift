import Foundation
import LogFormats
import MailTypes
import Testing

@testable import Forensics

/// What a gateway is told of a log.
struct EventReportsTests {
    private func reports(_ story: Story) throws -> [EventReports.Report] {
        try story.write()
        let set = LogSet(
            try LogFile.find([story.folder], now: Story.now), timeZone: TimeZone(identifier: "UTC"), now: Story.now)
        var reports = EventReports()
        var told: [EventReports.Report] = []
        _ = LogAnalyser(set: set, now: Story.now, seed: 1).events { timed, _, _ in
            told += reports.take(timed)
            return true
        }
        return told
    }

    @Test func outcomesAreTheAccountsWhoseMessageItWas() throws {
        let story = try Story()
        story.imap(Story.at(2), "ann@shop.example", "45.9.8.7")
        story.failure(Story.at(2, 1), "ann@shop.example", "45.9.8.9")
        story.message(Story.at(2, 2), "ann@shop.example", "45.9.8.7", [.sent, .unknown, .spam, .deferred])
        // From a script: nobody's login, and not told.
        story.message(Story.at(2, 3), "x", "", [.unknown], script: "33:mail.php")
        let told = try reports(story)
        #expect(told.map(\.event) == ["login", "login", "login", "outcome", "outcome", "outcome", "outcome"])
        #expect(told.allSatisfy { $0.account == "ann@shop.example" })
        #expect(told.compactMap(\.success) == [true, false, true])
        #expect(told.compactMap(\.address) == ["45.9.8.7", "45.9.8.9", "45.9.8.7"])
        #expect(
            told.compactMap(\.outcome) == ["delivered", "unknown-recipient", "policy-refusal", "policy-refusal"])
        #expect(Set(told.compactMap(\.receiver)) == ["far.example"])
        #expect(told.first?.time == "2026-11-02T00:00:00Z")
    }

    @Test func backendsAndOtherServicesAreNotToldTwice() throws {
        let story = try Story()
        story.line(Story.at(2), "mx dovecot: auth: sql(ann@shop.example,45.9.8.7,<x>): Password mismatch")
        story.line(Story.at(2, 1), "mx sshd[1]: Failed password for ann from 45.9.8.7 port 1 ssh2")
        story.line(
            Story.at(2, 2),
            "mx dovecot: imap-login: Disconnected (auth failed, 3 attempts in 9 secs): user=<ann>, method=PLAIN, rip=45.9.8.7, lip=192.0.2.1"
        )
        let told = try reports(story)
        #expect(told.count == 3 && told.allSatisfy { $0.success == false && $0.account == "ann" })
    }

    @Test func whatIsInFlightIsBounded() throws {
        let story = try Story()
        for index in 0..<50_010 {
            let id = "4A\(String(index + 1_000_000, radix: 36).uppercased())X"
            story.line(
                Story.at(2),
                "mx postfix/smtpd[1]: \(id): client=unknown[45.9.8.7], sasl_method=PLAIN, sasl_username=ann")
        }
        let first = "4A\(String(1_000_000, radix: 36).uppercased())X"
        let last = "4A\(String(1_050_009, radix: 36).uppercased())X"
        for id in [first, last] {
            story.line(
                Story.at(2, 1),
                "mx postfix/smtp[1]: \(id): to=<a@far.example>, relay=mx.far.example[198.51.100.9]:25, delay=1, dsn=2.0.0, status=sent (250 Ok)"
            )
        }
        #expect(try reports(story).filter { $0.event == "outcome" }.count == 1)
    }
}
