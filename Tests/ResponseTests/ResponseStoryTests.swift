import ControlStore
import Detection
import Enforcement
import MailTypes
import MessageFormat
import Spool
import Testing

@testable import Response

/// The whole way of an incident over a real spool and a real control database: held, case, stop, notice, lift.
struct ResponseStoryTests {
    @Test func aStolenAccountIsHeldStoppedToldAndReinstated() async throws {
        let world = try TestWorld()
        defer { world.close() }
        // Ordinary mail leaves no trace.
        world.responder.record(Verdict(.deliver, logOdds: -3), of: try world.submission(logOdds: -3))
        try world.settle()
        #expect(try world.control.incidents(onlyOpen: false, limit: 9).isEmpty)

        // The first held message opens a case; both are told, and new mail is still taken.
        let first = try await world.hold(try world.submission(to: 1, logOdds: 4))
        try world.settle()
        let incident = try #require(try world.control.incidents(onlyOpen: true, limit: 9).first)
        #expect(incident.sources == [world.joe] && incident.state == .open)
        #expect(try world.letters().map(\.to) == ["it@acme.example", "night@relay.example.net"])
        let text = "\(incident.id)"
        #expect(world.responder.covering(try world.identity(), campaign: nil, at: world.now) == nil)

        // The third completes the proof: stopped in doubt, at the account and nowhere else.
        try await world.hold(try world.submission(to: 2, logOdds: 9))
        world.wait(.seconds(1))
        try await world.hold(try world.submission(to: 3, logOdds: 9), stop: world.joe)
        try world.tick()
        let stop = try #require(world.responder.covering(try world.identity(), campaign: nil, at: world.now))
        #expect(stop.source == world.joe && stop.certainty == .doubt && stop.caseID == incident.id)
        #expect(world.stopped == [stop])
        #expect(world.responder.covering(try world.identity("ann"), campaign: nil, at: world.now) == nil)
        let doubt = world.responder.reply(to: stop).description
        #expect(doubt.contains("451") && doubt.contains("4.7.1") && doubt.contains(text), "\(doubt)")
        #expect(doubt.contains("https://sluice.example.net/cases/\(text)"))
        // Every held message knows its case, also the first, which came before there was one.
        #expect(try world.spool.held(.init(caseID: incident.id), after: nil, limit: 9).count == 3)
        #expect(try world.control.incident(incident.id)?.counts.held == 3)

        // What the client tries again counts once each; enough different suspect ones confirm.
        for recipient in [10, 10, 11, 11, 12] as [UInt64] {
            world.responder.recordRefusal(stop, of: try world.submission(to: recipient), isSuspect: true)
        }
        try world.tick()
        let confirmed = try #require(world.responder.covering(try world.identity(), campaign: nil, at: world.now))
        #expect(confirmed.certainty == .confirmed)
        let refusal = world.responder.reply(to: confirmed).description
        #expect(refusal.contains("550") && refusal.contains("5.7.1") && refusal.contains(text), "\(refusal)")
        #expect(try world.control.incident(incident.id)?.counts.refused == 3)
        world.responder.recordRefusal(confirmed, at: world.now)
        #expect(try world.control.incident(incident.id)?.state == .notified)

        // Three stages, two audiences; ours have no identity, so that no stop covers them, and no way back.
        let letters = try world.letters()
        #expect(letters.count == 6)
        #expect(letters.allSatisfy { $0.message.identity == nil && $0.message.envelope.sender == .null })
        #expect(Set(letters.map(\.message.id)) == Set(world.spooled))
        let notice = try #require(letters.last { $0.to == "it@acme.example" })
        let parsed = MessageReader.read(notice.bytes)
        let body = String(decoding: parsed.text, as: UTF8.self)
        #expect(parsed.defects == [])
        for line in [
            "account joe", "Held:        3 messages", "Refused:     3 messages", "38 messages of one campaign",
        ] {
            #expect(body.contains(line), "\(line)\n\(body)")
        }
        #expect(body.contains("hxxp://evil[.]example/now") && !body.contains("http://evil.example"))
        let header = String(decoding: notice.bytes.prefix(2000), as: UTF8.self)
        for field in ["Auto-Submitted: auto-generated\r\n", "Message-ID: <", "Date: ", "MIME-Version: 1.0\r\n"] {
            #expect(header.contains(field), "\(field)")
        }

        // A person lifts it in another process: effective at the next look, told, and what was only doubtful goes out.
        world.wait(.seconds(3600))
        let command = try ControlDatabase(directory: world.path, mayCreate: false)
        _ = try command.lift(world.joe, author: .person("eve"), reason: "password changed", at: world.now)
        try command.close()
        try world.tick()
        #expect(world.responder.covering(try world.identity(), campaign: nil, at: world.now) == nil)
        #expect(world.lifted == [world.joe])
        #expect(try world.spool.pickUpReleased() == [first])
        #expect(try world.spool.fates(first).map(\.author) == ["policy:lifted"])
        #expect(try world.spool.held(after: nil, limit: 9).count == 2)
        #expect(try world.letters().count == 8)
        #expect(try world.control.heldOrders(limit: 9).isEmpty)
        guard case .intact = try world.control.verifyAudit() else {
            Issue.record("the audit log's chain is broken")
            return
        }
        let acts = try world.control.audit(limit: 100).map(\.act)
        for act in ["case.open", "stop.added", "stop.confirmed", "stop.lift", "held.lifted", "notice.stopped"] {
            #expect(acts.contains(act), "\(act) in \(acts)")
        }
        // It may send again.
        try await world.hold(try world.submission(to: 77, logOdds: 4))
        #expect(world.responder.covering(try world.identity(), campaign: nil, at: world.now) == nil)
    }

    @Test func aFalseAlarmReleasesAllButWhatAnotherStopCovers() async throws {
        let world = try TestWorld()
        defer { world.close() }
        for number in 1...3 { try await world.hold(try world.submission(to: UInt64(number), logOdds: 19)) }
        try await world.hold(try world.submission(to: 9, logOdds: 19, campaign: 7), stop: world.joe)
        try world.tick()
        let id = try #require(world.stopped.first?.caseID)
        let other = SourceID.campaign(CampaignID(rawValue: 7), world.acme)
        _ = try world.responder.stop(other, reason: "phishing", until: nil, author: "ann", at: world.now)
        world.wait(.seconds(5))
        let command = try ControlDatabase(directory: world.path, mayCreate: false)
        // The campaign's stop is of the same case, so it goes with it; it is set again before the daemon looks.
        _ = try command.apply([.falseAlarm], to: id, author: "person:eve", at: world.now)
        _ = try command.stop(
            .init(source: other, reason: "phishing", certainty: .confirmed, author: .person("ann")), at: world.now)
        try world.tick()
        try world.tick()
        #expect(world.lifted == [world.joe])
        #expect(try world.spool.pickUpReleased().count == 3)
        #expect(try world.spool.held(after: nil, limit: 9).map(\.campaign?.rawValue) == [7])
    }

    @Test(arguments: [false, true]) func aConfirmedCampaignIsKeptOrDeletedByPolicy(deletes: Bool) async throws {
        let world = try TestWorld { $0.deletesConfirmedCampaigns = deletes }
        defer { world.close() }
        for number in 1...4 { try await world.hold(try world.submission("a\(number)", campaign: 7)) }
        let other = try await world.hold(try world.submission("b", campaign: 8))
        let campaign = SourceID.campaign(CampaignID(rawValue: 7), world.acme)
        _ = try world.responder.stop(campaign, reason: "phishing", until: nil, author: "ann", at: world.now)
        try world.tick()
        let left = try world.spool.held(after: nil, limit: 9).map(\.id)
        #expect(left.count == (deletes ? 1 : 5) && left.contains(other))
        #expect(try world.spool.latestFates(limit: 99).filter { $0.fate == .deleted }.count == (deletes ? 4 : 0))
    }

    @Test func thousandRefusalsMakeOneDigestAnAudience() async throws {
        let world = try TestWorld()
        defer { world.close() }
        let stop = try world.responder.stop(world.joe, reason: "stolen", until: nil, author: "ann", at: world.now)
        try world.tick()
        #expect(try world.letters().count == 2)
        for number in 0..<1000 {
            world.responder.recordRefusal(
                stop, of: try world.submission(to: UInt64(number % 500)), isSuspect: number % 2 == 0)
            if number % 100 == 0 {
                world.wait(.seconds(60))
                try world.tick()
            }
        }
        // A second case of the same customer goes into the same message.
        world.wait(.seconds(8 * 86_400))
        try world.tick()
        try world.tick()
        let letters = try world.letters()
        #expect(
            letters.map(\.to).sorted() == [
                "it@acme.example", "it@acme.example", "night@relay.example.net", "night@relay.example.net",
            ])
        let digest = try #require(letters.last)
        let body = String(decoding: MessageReader.read(digest.bytes).text, as: UTF8.self)
        #expect(body.contains("\(stop.caseID)") && body.contains("refused"), "\(body)")
        for _ in 0..<5 {
            world.wait(.seconds(2 * 86_400))
            try world.tick()
        }
        #expect(try world.letters().count == 4)
    }

    @Test func severalCasesShareADigest() async throws {
        let world = try TestWorld { settings in
            for name in ["b", "c"] {
                guard let id = CustomerID(name) else { continue }
                settings.contacts[id] = .init(
                    name: name, addresses: [EmailAddress("it@\(name).example")].compactMap(\.self))
            }
        }
        defer { world.close() }
        for name in ["b", "c"] {
            let source = SourceID.customer(try #require(CustomerID(name)))
            let stop = try world.responder.stop(source, reason: "spam", until: nil, author: "ann", at: world.now)
            try world.settle()
            world.responder.recordRefusal(stop, of: try world.submission(), isSuspect: nil)
        }
        try world.tick()
        world.wait(.seconds(86_400))
        try world.tick()
        let letters = try world.letters().dropFirst(4)
        #expect(letters.map(\.to).sorted() == ["it@b.example", "it@c.example", "night@relay.example.net"])
        let night = try #require(letters.first { $0.to.hasPrefix("night") })
        let body = String(decoding: MessageReader.read(night.bytes).text, as: UTF8.self)
        #expect(body.contains("case-1") && body.contains("case-2"), "\(body)")
    }
}
