import ControlStore
import Enforcement
import Foundation
import MailTypes
import MessageFormat
import Notices
import Spool
import Testing

@testable import Response

/// The ways of telling beside the letter.
struct TellingTests {
    @Test func everyWayIsToldAndKept() async throws {
        let world = try TestWorld { settings in
            for id in settings.contacts.keys {
                settings.contacts[id]?.reports = [EmailAddress("abuse@acme.example")].compactMap(\.self)
                settings.contacts[id]?.template = .german
            }
            settings.webhooks = [.init(url: "https://hook.example/a", audiences: [.customer, .operator])]
        }
        defer { world.close() }
        try await world.hold(try world.submission(to: 1))
        try world.settle()
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.tick()
        let letters = try world.letters()
        #expect(letters.filter { $0.to == "abuse@acme.example" }.count == 1)
        let notice = try #require(letters.last { $0.to == "it@acme.example" })
        let text = String(decoding: MessageReader.read(notice.bytes).text, as: UTF8.self)
        #expect(text.contains("Konto joe"))
        // The link in it is the case's, and good.
        let start = try #require(text.range(of: "https://sluice.example.net/cases/\(stop.caseID)/"))
        let token = try #require(CapabilityToken(String(text[start.upperBound...].prefix(43))))
        #expect(try world.control.caseToken(token)?.caseID == stop.caseID)
        let sent = try world.control.sent(of: stop.caseID, limit: 99)
        #expect(sent.filter { $0.channel == .mail }.count == 4)
        #expect(sent.filter { $0.channel == .report }.count == 1)
        #expect(sent.filter { $0.channel == .webhook }.count == 4)
        let last = try #require(sent.first { $0.channel == .mail && $0.audience == "customer" })
        #expect(try world.control.sentContent(last.id, of: stop.caseID) == notice.bytes)
    }

    @Test func hooksAreAskedInOrderAndLaterAgain() throws {
        let world = try TestWorld()
        defer { world.close() }
        let control = world.control
        let id = try control.suspect(world.joe, evidence: [], author: "detector", at: world.now).id
        for (number, hook) in ["a", "a", "b"].enumerated() {
            try control.keepSent(
                [UInt8(number)], channel: .webhook, stage: "held", audience: "operator", target: hook, of: id,
                at: world.now)
        }
        let first = try #require(try control.nextHook("a", at: world.now))
        #expect(first.1 == [0])
        try control.answered(first.0, isDone: false, outcome: "HTTP 500", at: world.now)
        #expect(try control.nextHook("a", at: world.now + .seconds(59)) == nil)
        #expect(try control.nextHook("b", at: world.now)?.1 == [2])
        let again = try #require(try control.nextHook("a", at: world.now + .seconds(60)))
        #expect(again.0.id == first.0.id && again.0.attempts == 1 && again.0.outcome == "HTTP 500")
        // A clock that was put back silences nobody.
        #expect(try control.nextHook("a", at: world.now - .seconds(86_400)) != nil)
        try control.answered(again.0, isDone: true, outcome: "HTTP 200", at: world.now + .seconds(60))
        let second = try #require(try control.nextHook("a", at: world.now + .seconds(60)))
        #expect(second.1 == [1])
        // In the end it is given up, and said so.
        try control.answered(second.0, isDone: false, outcome: "gone", at: world.now + .seconds(4 * 86_400))
        #expect(try control.nextHook("a", at: world.now + .seconds(5 * 86_400)) == nil)
        #expect(try control.audit(limit: 99).map(\.act).contains("notice.lost"))
    }

    @Test func theSecondContactIsToldOnceAStop() throws {
        let world = try TestWorld { settings in
            settings.escalateAfter = .seconds(3600)
            for id in settings.contacts.keys {
                settings.contacts[id]?.second = [EmailAddress("head@acme.example")].compactMap(\.self)
            }
        }
        defer { world.close() }
        world.control.use(CasePolicy(serverOwners: [world.acme]))
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.tick()
        func escalated() throws -> Int { try world.letters().filter { $0.to == "head@acme.example" }.count }
        world.wait(.seconds(3500))
        try world.responder.recover(at: world.now)
        try world.settle()
        #expect(try escalated() == 0)
        world.wait(.seconds(200))
        for _ in 0..<3 { try world.responder.recover(at: world.now) }
        try world.settle()
        #expect(try escalated() == 1)
        _ = try world.control.apply([.acknowledged], to: stop.caseID, author: "x", at: world.now)
        world.wait(.seconds(36_000))
        try world.responder.recover(at: world.now)
        try world.settle()
        #expect(try escalated() == 1)
    }

    /// A relapse that nobody has begun with is told the second contact once, whether or not the first stop was.
    @Test func aRelapseIsEscalatedOnce() throws {
        let world = try TestWorld { settings in
            settings.escalateAfter = .seconds(3600)
            for id in settings.contacts.keys {
                settings.contacts[id]?.second = [EmailAddress("head@acme.example")].compactMap(\.self)
            }
        }
        defer { world.close() }
        world.control.use(CasePolicy(serverOwners: [world.acme]))
        for _ in 0..<2 {
            _ = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
            try world.tick()
            world.wait(.seconds(60))
            _ = try world.responder.lift(world.joe, reason: "x", author: "ann", at: world.now)
            try world.tick()
        }
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.tick()
        world.wait(.seconds(3700))
        for _ in 0..<4 {
            try world.responder.recover(at: world.now)
            world.wait(.seconds(60))
        }
        try world.settle()
        #expect(try world.control.incident(stop.caseID)?.recovery.relapses == 2)
        #expect(try world.letters().filter { $0.to == "head@acme.example" }.count == 1)
    }

    @Test func someStagesCanBeLeftOut() async throws {
        let world = try TestWorld { settings in
            for id in settings.contacts.keys { settings.contacts[id]?.muted = [.held] }
        }
        defer { world.close() }
        try await world.hold(try world.submission(to: 1))
        try world.settle()
        #expect(try world.letters().map(\.to) == ["night@relay.example.net"])
        #expect(try world.control.unsentNotices().isEmpty)
    }
}
