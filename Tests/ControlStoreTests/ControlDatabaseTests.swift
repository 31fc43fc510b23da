import Enforcement
import GRDB
import MailTypes
import Testing

@testable import ControlStore

struct ControlDatabaseTests {
    private let directory: Directory
    private let control: ControlDatabase
    private let acme: CustomerID
    private let joe: SourceID
    private let ann: SourceID
    private let now = Timestamp(seconds: 1_000_000)

    init() throws {
        directory = try Directory()
        control = try ControlDatabase(directory: directory.path)
        acme = try #require(CustomerID("acme"))
        joe = .account(try #require(AccountName("joe")), acme)
        ann = .account(try #require(AccountName("ann")), acme)
    }

    private func request(
        _ source: SourceID, _ certainty: Stop.Certainty = .confirmed, until: Timestamp? = nil,
        author: Stop.Author = .detector
    ) -> ControlDatabase.StopRequest {
        .init(
            source: source, reason: "The account sends spam.", certainty: certainty, until: until, author: author,
            evidence: ["38 of 40 messages are one campaign"])
    }

    @Test func theWriterIsDurable() throws {
        #expect(try control.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        #expect(try control.integrityProblems().isEmpty)
    }

    @Test func aCommandMakesNoDatabase() throws {
        let empty = try Directory()
        let error = #expect(throws: ControlError.self) {
            try ControlDatabase(directory: empty.path, mayCreate: false)
        }
        #expect(error?.code == .unusable)
        _ = try ControlDatabase(directory: directory.path, mayCreate: false)
    }

    @Test func oneIncidentIsOneCaseAndSurvivesReopening() throws {
        let first = try control.suspect(joe, evidence: ["odd"], author: "detector", at: now)
        let stopped = try control.stop(request(joe, .doubt), at: now + .seconds(1))
        let widened = try control.stop(request(.customer(acme)), at: now + .seconds(2))
        #expect(stopped.addition == .added)
        #expect(stopped.incident.id == first.id)
        #expect(widened.incident.id == first.id)
        #expect(widened.incident.sources == [joe, .customer(acme)])
        let confirmed = try control.stop(request(joe, .confirmed), at: now + .seconds(3))
        #expect(confirmed.addition == .confirmed)
        #expect(confirmed.stop.since == now + .seconds(1))
        #expect(try control.stop(request(joe, .doubt), at: now + .seconds(4)).addition == .unchanged)
        let other = try #require(CustomerID("other"))
        #expect(try control.stop(request(.customer(other)), at: now).incident.id != first.id)
        try control.close()

        let again = try ControlDatabase(directory: directory.path)
        let incident = try #require(try again.incident(first.id))
        #expect(incident == confirmed.incident)
        #expect(incident.state == .contained)
        #expect(incident.evidence == ["38 of 40 messages are one campaign", "odd"])
        let register = try again.register(at: now + .seconds(5))
        #expect(register.count == 3)
        #expect(register[joe] == confirmed.stop)
        #expect(try again.incidents(onlyOpen: true, limit: 10).count == 2)
        #expect(try again.verifyAudit() == .intact(8))
    }

    @Test func stopsEndByTimeOrPersonAndTheirCaseKnows() throws {
        let outcome = try control.stop(request(joe, until: now + .seconds(10)), at: now)
        _ = try control.stop(request(ann), at: now)
        #expect(try control.expireStops(at: now + .seconds(9)).isEmpty)
        #expect(try control.expireStops(at: now + .seconds(10)).map(\.source) == [joe])
        #expect(try control.incident(outcome.incident.id)?.stopped == [ann])
        #expect(try control.lift(ann, author: .person("eve"), reason: "cleaned", at: now + .seconds(11)) != nil)
        #expect(try control.lift(ann, author: .person("eve"), reason: "cleaned", at: now + .seconds(12)) == nil)
        #expect(try control.incident(outcome.incident.id)?.state == .open)
        #expect(try control.stops(at: now + .seconds(12), limit: 10).isEmpty)
        let acts = try control.audit(limit: 100).map(\.act)
        #expect(
            acts == [
                "case.open", "case.contained", "stop.added", "stop.added", "stop.expire", "case.open", "stop.lift",
            ])
        #expect(try control.closeQuietCases(at: now + .seconds(30 * 86_400)) == [outcome.incident.id])
    }

    @Test func aClosedCaseTakesItsStopsAlong() throws {
        let outcome = try control.stop(request(joe), at: now)
        let sample = CaseSample(
            id: SubmissionID(rawValue: 5), time: now, header: [UInt8](repeating: 0xff, count: 5000), text: [0, 13, 10])
        let (counted, _) = try control.apply(
            [.delivered(3), .held(2), .refused(1), .sampled(sample), .sampled(sample)], to: outcome.incident.id,
            author: "daemon", at: now + .seconds(1))
        #expect(counted.counts == .init(delivered: 3, held: 2, refused: 1))
        #expect(try control.incident(counted.id) == counted)
        #expect(counted.samples.first?.header.count == 2048)
        let (closed, actions) = try control.apply(
            [.falseAlarm, .held(1)], to: counted.id, author: "person:eve", at: now + .seconds(2))
        #expect(closed.state == .falseAlarm)
        #expect(actions == [.ended(from: .contained, to: .falseAlarm, lift: [joe]), .none])
        #expect(try control.register(at: now).count == 0)
        #expect(try control.stop(request(joe), at: now + .seconds(3)).incident.id != counted.id)
        #expect(throws: ControlError.self) {
            try control.apply([.tick], to: CaseID(rawValue: 99), author: "daemon", at: now)
        }
    }

    @Test func aNoticeIsHandedOutOnceAlsoAcrossRestarts() throws {
        let id = try control.stop(request(joe), at: now).incident.id
        var number: Int64 = 0
        func next() -> SubmissionID {
            number += 1
            return SubmissionID(rawValue: number)
        }
        let decided = try control.notices(.reached(.stopped), for: id, about: joe, at: now, nextID: next).notices
        #expect(decided.map(\.audience) == [.customer, .operator])
        #expect(decided.map(\.message.rawValue) == [1, 2])
        try control.markSent(try #require(decided.first))
        let again = try ControlDatabase(directory: directory.path)
        #expect(try again.unsentNotices() == Array(decided.dropFirst()))
        let renumbered = try again.renumber(decided[1], SubmissionID(rawValue: 9))
        #expect(try again.unsentNotices() == [renumbered])
        try again.markSent(renumbered)
        #expect(try again.unsentNotices().isEmpty)
        let later = now + NoticePlan.digestInterval
        func decide(_ event: NoticePlan.Event, _ time: Timestamp) throws -> ControlDatabase.NoticeDecision {
            try again.notices(event, for: id, about: joe, at: time, nextID: next)
        }
        #expect(try decide(.reached(.stopped), now + .seconds(60)) == .init())
        #expect(try again.casesWithNews(at: now + .seconds(60)).isEmpty)
        #expect(try again.casesWithNews(at: later) == [id])
        #expect(try decide(.tick, later) == .init(digests: [.customer, .operator]))
        #expect(try decide(.tick, later + NoticePlan.digestInterval) == .init())
        try again.noteActivity(id, at: later)
        #expect(try again.casesWithNews(at: later + NoticePlan.digestInterval) == [id])
    }

    @Test func actsOnStopsAndCasesLeaveOrdersForHeldMail() throws {
        let id = try control.stop(request(joe, .doubt, until: now + .seconds(9)), at: now).incident.id
        _ = try control.stop(request(ann), at: now)
        let campaign = SourceID.campaign(CampaignID(rawValue: 7), acme)
        _ = try control.stop(request(campaign, .doubt), at: now)
        #expect(try control.heldOrders(limit: 9).isEmpty)
        _ = try control.stop(request(campaign, .confirmed), at: now)
        _ = try control.lift(ann, author: .person("eve"), reason: "cleaned", at: now)
        _ = try control.expireStops(at: now + .seconds(9))
        _ = try control.apply([.falseAlarm], to: id, author: "person:eve", at: now + .seconds(10))
        let orders = try control.heldOrders(limit: 9)
        #expect(orders.map(\.occasion) == [.confirmed, .lifted, .lifted, .falseAlarm])
        #expect(orders.map(\.source) == [campaign, ann, joe, nil])
        #expect(orders.map(\.author) == ["detector", "person:eve", "daemon", "person:eve"])
        #expect(orders.allSatisfy { $0.caseID == id })
        for order in orders { try control.finish(order, released: order.source == nil ? 3 : 0, deleted: 0, at: now) }
        try control.finish(orders[3], released: 3, deleted: 0, at: now)
        #expect(try control.heldOrders(limit: 9).isEmpty)
        #expect(try control.latestAudit(limit: 1).first?.act == "held.false-alarm")
        #expect(try control.latestAudit(limit: 99).filter { $0.act.hasPrefix("held.") }.count == 1)
        // A case that was cleaned up leaves its held mail alone: it was spam.
        let other = try control.stop(request(joe), at: now + .seconds(20)).incident.id
        _ = try control.apply([.closed], to: other, author: "person:eve", at: now + .seconds(21))
        #expect(try control.heldOrders(limit: 9).isEmpty)
        #expect(try control.stop(of: joe, at: now + .seconds(22)) == nil)
    }

    @Test func whatAnotherProcessDidIsSeenAndOnesOwnActsAreNot() throws {
        let other = try ControlDatabase(directory: directory.path, mayCreate: false)
        _ = try control.changedSinceLastLook()
        _ = try control.stop(request(joe), at: now)
        #expect(try !control.changedSinceLastLook())
        #expect(try other.changedSinceLastLook())
        _ = try other.lift(joe, author: .person("ann"), reason: "cleaned", at: now)
        #expect(try control.changedSinceLastLook())
        #expect(try !control.changedSinceLastLook())
        #expect(try control.register(at: now).count == 0)
    }

    @Test func valuesAreKeptAndBounded() throws {
        #expect(try control.value("detector") == nil)
        try control.setValue("detector", [1, 2, 3], at: now)
        try control.setValue("detector", [0, 255], at: now + .seconds(1))
        let kept = try #require(try control.value("detector"))
        #expect(kept.bytes == [0, 255])
        #expect(kept.at == now + .seconds(1))
        #expect(throws: ControlError.self) {
            try control.setValue(String(repeating: "x", count: 101), [], at: now)
        }
    }

    @Test func aNewerDatabaseIsRefused() throws {
        try control.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2: from the future')") }
        let error = #expect(throws: ControlError.self) { try ControlDatabase(directory: directory.path) }
        #expect(error?.code == .unusable)
    }
}
