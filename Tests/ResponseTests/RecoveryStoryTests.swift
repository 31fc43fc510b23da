import ControlStore
import Detection
import Enforcement
import MailTypes
import ReportSigning
import Spool
import Testing

@testable import Response

/// From a confirmed stop back to sending: reports, words, looks, reinstatement, probation, relapse.
struct RecoveryStoryTests {
    private let token = Array("0123456789abcdef0123456789abcdef".utf8)
    private let campaign: UInt64 = 7

    private func world(_ policy: CheckPolicy = CheckPolicy()) throws -> TestWorld {
        let world = try TestWorld { $0.checks = policy }
        world.control.use(CasePolicy(checks: policy, serverOwners: [world.acme]))
        return world
    }

    private func report(
        _ world: TestWorld, _ findings: [(String, String)], nonce: String = "n1", caseID: String? = nil,
        age: Duration = .zero
    ) -> [UInt8] {
        let time = world.now - age
        let report = SignedReport(
            producer: "sluice 1", host: "mail.acme.example", time: time.iso8601, nonce: nonce,
            caseID: caseID ?? "case-1", origin: "host",
            items: findings.map { .init(check: $0.0, target: "mail", result: $0.1, evidence: ["seen"]) })
        return Array(report.signed(token: token).utf8)
    }

    private var proof: [(String, String)] { [("LOG-01", "pass"), ("LOG-02", "pass"), ("QUEUE-01", "pass")] }

    /// A stopped account with held mail: harmless, of the campaign, and in between.
    private func stopped(_ world: TestWorld) async throws -> (id: CaseID, held: [SubmissionID]) {
        var held: [SubmissionID] = []
        held.append(try await world.hold(try world.submission(to: 1, logOdds: 2)))
        held.append(try await world.hold(try world.submission(to: 2, logOdds: 8, campaign: campaign)))
        held.append(try await world.hold(try world.submission(to: 3, logOdds: 8)))
        try world.settle()
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.tick()
        return (stop.caseID, held)
    }

    private func recover(_ world: TestWorld) throws {
        try world.responder.recover(at: world.now)
        try world.tick()
    }

    @Test func theWayBackAndTheRelapse() async throws {
        let world = try world()
        defer { world.close() }
        let service = CaseService(control: world.control)
        let (id, held) = try await stopped(world)
        let asked = try #require(try world.control.incident(id)).recovery.checks.map(\.name)
        #expect(asked == [.campaignQuiet, .noAlienLogin, .noForwarding, .passwordChanged, .queueClean])
        // Half done is not done, and what is missing is said exactly.
        try service.attest(.passwordChanged, true, "changed at noon", of: id, author: "person:it", at: world.now)
        _ = try service.take(report: report(world, proof), token: token, of: id, at: world.now)
        try service.ask(id, author: "person:it", at: world.now)
        try recover(world)
        let half = try #require(try world.control.incident(id))
        #expect(half.state == .verifying && half.missing(at: world.now).map(\.name) == [.campaignQuiet, .noForwarding])
        #expect(world.responder.covering(try world.identity(), campaign: nil, at: world.now) != nil)
        let refusal = #expect(throws: CaseService.Refusal.self) {
            try service.reinstate(id, reason: "", force: false, author: "person:ann", at: world.now)
        }
        #expect(refusal?.description == "case-1 still misses: campaign-quiet, no-forwarding-rule")
        // An hour later, with the last word said, the gateway does it by itself.
        try service.attest(.noForwarding, true, "none", of: id, author: "person:it", at: world.now)
        world.wait(.seconds(3700))
        try recover(world)
        try world.tick()
        #expect(try world.control.incident(id)?.state == .probation)
        #expect(world.responder.covering(try world.identity(), campaign: nil, at: world.now) == nil)
        #expect(world.lifted == [world.joe])
        #expect(try world.spool.fates(held[0]).map(\.author) == ["policy:reinstated"])
        #expect(try world.spool.pickUpReleased().contains(held[0]))
        #expect(try world.spool.fates(held[1]).map(\.fate) == [.deleted])
        #expect(try world.spool.held(after: nil, limit: 9).map(\.id) == [held[2]])

        // Twenty an hour, then later; the next hour again.
        let clean = Verdict(.deliver, logOdds: -3)
        for number in 0..<20 {
            let submission = try world.submission(to: UInt64(100 + number), logOdds: -3)
            #expect(world.responder.answerOnProbation(clean, of: submission) == .go)
        }
        guard
            case .refuse(let later) = world.responder.answerOnProbation(
                clean, of: try world.submission(to: 500, logOdds: -3))
        else {
            Issue.record("over the limit and taken")
            return
        }
        #expect(later.description.contains("451") && later.description.contains("20 messages an hour"))
        world.wait(.seconds(3600))
        #expect(world.responder.answerOnProbation(clean, of: try world.submission(to: 501, logOdds: -3)) == .go)
        // An old queue empties itself: refused, and nothing else happens.
        let old = try world.submission(to: 9, logOdds: 8, campaign: campaign, date: TestWorld.start - .seconds(60))
        guard case .refuse(let left) = world.responder.answerOnProbation(Verdict(.hold, logOdds: 8), of: old) else {
            Issue.record("left over and taken")
            return
        }
        #expect(left.description.contains("550") && left.description.contains("left over"))
        #expect(try world.control.incident(id)?.state == .probation)
        // The same text written today is a fresh compromise: stopped at once, and everything is asked again.
        let fresh = try world.submission(to: 10, logOdds: 3, campaign: campaign, date: world.now)
        guard case .relapse(let verdict) = world.responder.answerOnProbation(Verdict(.deliver, logOdds: 0), of: fresh)
        else {
            Issue.record("a relapse was let pass")
            return
        }
        world.responder.record(verdict, of: fresh)
        try world.tick()
        let stop = try #require(world.responder.covering(try world.identity(), campaign: nil, at: world.now))
        #expect(stop.certainty == .confirmed && stop.caseID == id)
        let again = try #require(try world.control.incident(id))
        #expect(again.recovery.relapses == 1 && again.state == .notified)
        #expect(again.missing(at: world.now).count == again.recovery.checks.count)
        #expect(world.responder.answerOnProbation(clean, of: try world.submission(to: 502)) == .go)
        // What was proven before proves nothing now.
        let stale = #expect(throws: CaseService.Refusal.self) {
            try service.take(
                report: report(world, proof, nonce: "n2", age: .seconds(3600)), token: token, of: id, at: world.now)
        }
        #expect(stale?.code == .time)
        guard case .intact = try world.control.verifyAudit() else {
            Issue.record("the audit log's chain is broken")
            return
        }
    }

    @Test func probationEndsByItself() async throws {
        let world = try world()
        defer { world.close() }
        let (id, _) = try await stopped(world)
        let incident = try #require(try world.control.incident(id))
        let events = incident.recovery.checks.map {
            IncidentCase.Event.stated($0.name, .verified, .init(.pass, at: world.now, author: "gateway"))
        }
        _ = try world.control.apply(events, to: id, author: "gateway", at: world.now)
        try CaseService(control: world.control).reinstate(
            id, reason: "", force: false, author: "person:ann", at: world.now)
        try recover(world)
        var looks = 0
        while try world.control.incident(id)?.state == .probation, looks < 2000 {
            world.wait(.seconds(900))
            let outcome = OutcomeEvent(
                id: SubmissionID(rawValue: Int64(1_000_000 + looks)), time: world.now, identity: try world.identity(),
                campaign: nil, result: .delivered)
            world.responder.recordOutcome(outcome)
            world.responder.flush()
            try world.responder.recover(at: world.now)
            looks += 1
        }
        #expect(try world.control.incident(id)?.state == .closed)
        #expect((200..<1100).contains(looks))
    }

    @Test func forgedForeignOldAndRepeatedReportsAreRefused() async throws {
        let world = try world()
        defer { world.close() }
        let service = CaseService(control: world.control)
        let (id, _) = try await stopped(world)
        func refusal(_ bytes: [UInt8], _ key: [UInt8]? = nil, of other: CaseID? = nil) -> CaseService.Refusal.Code? {
            do {
                _ = try service.take(report: bytes, token: key ?? token, of: other ?? id, at: world.now)
                return nil
            } catch { return (error as? CaseService.Refusal)?.code }
        }
        let good = report(world, proof)
        #expect(refusal(good, Array("another-token-of-sufficient-size".utf8)) == .signature)
        #expect(refusal(good, of: CaseID(rawValue: 99)) == .notFound)
        #expect(refusal(report(world, proof, caseID: "case-11")) == .otherCase)
        #expect(refusal(report(world, proof, age: .seconds(90_000))) == .time)
        #expect(refusal(report(world, proof, age: .seconds(-3600))) == .time)
        #expect(refusal(report(world, proof, age: .seconds(3600))) == .time)
        #expect(refusal([UInt8](repeating: 0x20, count: 9 << 20)) == .size)
        var changed = good
        if let place = changed.lastIndex(of: UInt8(ascii: "1")) { changed[place] = UInt8(ascii: "2") }
        #expect(refusal(changed) == .signature)
        #expect(refusal(good) == nil)
        #expect(refusal(good) == .replayed)
        // Waived by the server's own people, or not seen: no pass. A failure tells of another hole.
        let more = report(
            world, [("LOG-01", "waived"), ("QUEUE-01", "unknown"), ("RELAY-01", "fail")], nonce: "n3")
        let outcome = try service.take(report: more, token: token, of: id, at: world.now)
        #expect(outcome.answered == [.noAlienLogin: .unknown, .queueClean: .unknown, .relayClosed: .fail])
        #expect(outcome.incident.recovery.kinds == [.stolenPassword, .openRelay])
        #expect(outcome.incident.recovery[.relayClosed]?.result(at: world.now) == .fail)
    }

    @Test(arguments: [
        ("Mon, 23 Nov 2026 12:10:11 +0100", Int64(1_795_432_211)), ("23 Nov 2026 11:10 GMT", 1_795_432_200),
        ("Mon, 23 Nov 26 06:10:11 EST", 1_795_432_211), ("Thu, 01 Jan 1970 00:00:00 +0000", 0), ("yesterday", -1),
        ("Mon, 32 Nov 2026 12:10:11 +0100", -1), ("Mon, 23 Nov 2026 12:10:11 +01", -1), ("", -1),
        ("Mon, 23 Nov 99999999999999999999 12:10:11 +0100", -1),
    ]) func datesAreRead(text: String, seconds: Int64) {
        #expect(MailDate.read(header: Array("Date: \(text)\n".utf8))?.seconds ?? -1 == seconds)
    }
}
