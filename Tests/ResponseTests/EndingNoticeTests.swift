import ControlStore
import Enforcement
import Foundation
import MailTypes
import MessageFormat
import Notices
import Testing

@testable import Response

/// Letters about what people do by command or page, and letters that come again.
struct EndingNoticeTests {
    private func subjects(_ world: TestWorld, to recipient: String) throws -> [String] {
        try world.letters().filter { $0.to == recipient }.map { letter in
            let header = String(decoding: letter.bytes, as: UTF8.self)
            guard let start = header.range(of: "Subject: ") else { return "" }
            return header[start.upperBound...].prefix { $0 != "\r\n" && $0 != "\n" && $0 != "\r" }.description
        }
    }

    private func contains(_ world: TestWorld, _ text: String) throws -> Int {
        try subjects(world, to: "it@acme.example").count { $0.contains(text) }
    }

    private func look(_ world: TestWorld) throws {
        try world.responder.tellEndings(at: world.now)
        try world.settle()
    }

    @Test func aClosingByCommandIsToldOnce() throws {
        let world = try TestWorld()
        defer { world.close() }
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.tick()
        _ = try CaseService(control: world.control).close(stop.caseID, author: "person:ann", at: world.now)
        try look(world)
        try look(world)
        #expect(try contains(world, "is closed") == 1)
        #expect(try subjects(world, to: "night@relay.example.net").count { $0.contains("is closed") } == 1)
    }

    @Test func aFalseAlarmIsToldAsOne() throws {
        let world = try TestWorld()
        defer { world.close() }
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.tick()
        _ = try world.control.apply([.falseAlarm], to: stop.caseID, author: "person:ann", at: world.now)
        try look(world)
        #expect(try contains(world, "It was no spam") == 1)
        #expect(try contains(world, "is closed") == 0)
    }

    /// What ended long ago, and suspicions that came to no stop, are nobody's news.
    @Test func oldEndsAndSuspicionsAreNotTold() async throws {
        let world = try TestWorld()
        defer { world.close() }
        try await world.hold(try world.submission())
        try world.settle()
        let suspicion = try #require(try world.control.incidents(onlyOpen: true, limit: 1).first)
        _ = try world.control.apply([.closed], to: suspicion.id, author: "person:ann", at: world.now)
        #expect(try world.control.untoldEndings(at: world.now).isEmpty)
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.settle()
        _ = try world.control.apply([.closed], to: stop.caseID, author: "person:ann", at: world.now)
        #expect(try world.control.untoldEndings(at: world.now) == [stop.caseID])
        #expect(try world.control.untoldEndings(at: world.now + .seconds(100_000)).isEmpty)
    }

    @Test func aCaseThatIsOpenedAgainIsClosedAgain() throws {
        let world = try TestWorld()
        defer { world.close() }
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.tick()
        for times in 1...2 {
            _ = try world.control.apply([.closed], to: stop.caseID, author: "person:ann", at: world.now)
            try look(world)
            #expect(try contains(world, "is closed") == times)
            _ = try world.control.apply([.reopened(reason: "no")], to: stop.caseID, author: "person:ann", at: world.now)
        }
    }

    /// After a relapse the second reinstatement is told as the first was.
    @Test func whatFollowsARelapseIsToldAgain() throws {
        let world = try TestWorld()
        defer { world.close() }
        world.control.use(CasePolicy())
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.settle()
        for times in 1...2 {
            _ = try world.responder.lift(world.joe, reason: "clean", author: "ann", at: world.now)
            try world.settle()
            #expect(try contains(world, "may send again") == times)
            world.wait(.seconds(60))
            _ = try world.control.stop(
                .init(source: world.joe, reason: "spam", certainty: .confirmed, author: .detector), at: world.now)
            try world.responder.rereadStops(at: world.now)
            try world.responder.tell(.reached(.relapsed), of: stop.caseID, world.joe, at: world.now)
            try world.settle()
            #expect(try contains(world, "is stopped again") == times)
        }
    }

    /// In the reader's language, kept with each case, and followed like other letters.
    @Test func digestsAreKept() throws {
        let world = try TestWorld { settings in
            for id in settings.contacts.keys { settings.contacts[id]?.template = .german }
        }
        defer { world.close() }
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.settle()
        world.wait(.seconds(60))
        try world.control.noteActivity(stop.caseID, at: world.now)
        world.wait(NoticePlan.digestInterval)
        try world.responder.sendDigests(at: world.now)
        try world.settle()
        #expect(try subjects(world, to: "it@acme.example").last?.contains("1 Fall") == true)
        #expect(try subjects(world, to: "night@relay.example.net").last?.contains("1 case") == true)
        let kept = try world.control.sent(of: stop.caseID, limit: 99).filter { $0.stage == "digest" }
        #expect(Set(kept.map(\.audience)) == ["customer", "operator"])
        let letter = try #require(kept.first { $0.audience == "customer" })
        world.responder.recordDelivery(
            NoticeDelivery(
                message: try #require(letter.message), recipient: try #require(EmailAddress("it@acme.example")),
                state: .bounced, reply: "550 5.1.1 no such user", time: world.now))
        try world.tick()
        let told = try world.control.sent(of: stop.caseID, limit: 99).first { $0.id == letter.id }
        #expect(told?.state == .bounced && told?.deliveries.first?.reply == "550 5.1.1 no such user")
    }

    @Test func anOwnListingIsAnAlarm() throws {
        let world = try TestWorld()
        defer { world.close() }
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        let address = try #require(IPAddress("192.0.2.25"))
        let listing = try #require(
            try world.control.listed(
                address, on: "zen.spamhaus.org", said: "spam <b>\u{1b}", removal: "by form", at: world.now))
        #expect(listing.caseID == stop.caseID)
        world.responder.alarm(listing)
        try world.settle()
        let letter = try #require(try world.letters().last)
        #expect(letter.to == "night@relay.example.net")
        let message = MessageReader.read(letter.bytes)
        let (text, html) = (
            String(decoding: message.text, as: UTF8.self), String(decoding: message.html, as: UTF8.self)
        )
        #expect(text.contains("192.0.2.25 is on the list zen.spamhaus.org"))
        #expect(text.contains("sluice case delisting \(stop.caseID)"))
        #expect(!html.contains("<b>") && html.contains("spam &lt;b&gt;") && !text.contains("\u{1b}"))
        #expect(try world.control.sent(of: stop.caseID, limit: 9).contains { $0.stage == "listed" })
    }
}
