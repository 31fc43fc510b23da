import Enforcement
import Foundation
import MailTypes
import Testing

@testable import ControlStore

/// Cases with required checks over the real database.
struct CaseWorkTests {
    private let place: Directory
    private let control: ControlDatabase
    private let joe: SourceID
    private let ann: SourceID
    private let now = Timestamp(seconds: 1_000_000)

    init() throws {
        place = try Directory()
        control = try ControlDatabase(directory: place.path)
        let acme = try #require(CustomerID("acme"))
        joe = .account(try #require(AccountName("joe")), acme)
        ann = .account(try #require(AccountName("ann")), acme)
        control.use(CasePolicy(serverOwners: [acme], probed: [acme], watchesLists: true))
    }

    private func stop(_ source: SourceID, at time: Timestamp) throws -> IncidentCase {
        try control.stop(
            .init(source: source, reason: "spam", certainty: .confirmed, author: .detector), at: time
        ).incident
    }

    private func statements(_ incident: IncidentCase, at time: Timestamp) -> [IncidentCase.Event] {
        incident.recovery.checks.map { .stated($0.name, $0.needs, .init(.pass, at: time, author: "gateway")) }
    }

    /// The files as a crash would leave them after each act: what a fresh look finds there is what the machine said.
    @Test func aCrashAfterAnyTransitionLosesNothing() throws {
        let id = try stop(joe, at: now).id
        let checks = try #require(try control.incident(id))
        var acts: [[IncidentCase.Event]] = [
            [.noticed], [.campaign(CampaignID(rawValue: 5))], [.acknowledged], [.asked],
            [.stated(.queueClean, .reported, .init(.fail, at: now, author: "report:x", detail: "2 left"))],
            [.waived(.noListing, .init(author: "person:ann", reason: "paper trail", time: now))],
        ]
        acts += [statements(checks, at: now), [.reinstated(isOperator: false)], [.delivered(3)], [.tick]]
        acts += [
            [.stopped(joe, evidence: ["again"])], [.reopened(reason: "x")], [.asked], [.falseAlarm],
            [.reopened(reason: "y")],
        ]
        for (number, events) in acts.enumerated() {
            let (incident, _) = try control.apply(
                events, to: id, author: "person:ann", at: now + .seconds(Int64(number)))
            let copy = place.path + "/crash\(number)"
            try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
            for file in ["control.db", "control.db-wal"] {
                try FileManager.default.copyItem(atPath: place.path + "/" + file, toPath: copy + "/" + file)
            }
            let after = try ControlDatabase(directory: copy)
            #expect(try after.incident(id) == incident, "after \(events)")
            #expect(try after.verifyAudit() == control.verifyAudit())
            try after.close()
        }
        let timeline = try control.caseTimeline(id, limit: 1000).map(\.act)
        for act in [
            "case.open", "case.contained", "case.classified", "case.notified", "case.remediating", "case.verifying",
            "case.check", "case.waive", "case.reinstated", "case.reopened", "case.false-alarm",
        ] {
            #expect(timeline.contains(act), "\(act) in \(timeline)")
        }
        try control.close()
    }

    @Test func reinstatementLiftsTheStopsAndOrdersALookAtHeldMail() throws {
        let incident = try stop(joe, at: now)
        _ = try stop(ann, at: now)
        #expect(incident.recovery.kinds == [.stolenPassword])
        let id = incident.id
        guard
            case .missing = try control.apply([.reinstated(isOperator: false)], to: id, author: "daemon", at: now)
                .actions[0]
        else {
            Issue.record("reinstated without proof")
            return
        }
        _ = try control.apply(statements(incident, at: now), to: id, author: "gateway", at: now)
        _ = try control.apply([.reinstated(isOperator: false)], to: id, author: "daemon", at: now)
        #expect(try control.stops(at: now, limit: 9).isEmpty)
        #expect(try control.heldOrders(limit: 9).map(\.occasion) == [.reinstated, .reinstated])
        let kept = try #require(try control.incident(id))
        #expect(kept.state == .probation && kept.recovery.probation?.began == now && kept.recovery.reinstated == now)
        // It sends spam again at once: the same case, reopened, and everything is asked again.
        let again = try stop(joe, at: now + .seconds(60))
        #expect(
            again.id == id && again.state == .reopened && again.missing(at: now).count == again.recovery.checks.count)
        try control.close()
    }

    @Test func earlierIncidentsAreRemembered() throws {
        let first = try stop(joe, at: now)
        _ = try control.apply(
            statements(first, at: now) + [.reinstated(isOperator: false), .closed], to: first.id, author: "a", at: now)
        #expect(try control.incident(first.id)?.state == .closed)
        let second = try stop(joe, at: now + .seconds(86_400))
        #expect(second.id != first.id && second.recovery.earlier == 1)
        #expect(second.recovery.plan == ProbationPlan().stretched(by: 2))
        #expect(try stop(ann, at: now + .seconds(86_400)).id == second.id)
        try control.close()
    }

    @Test func mergeSplitNotesAndLists() throws {
        let bob = SourceID.account(try #require(AccountName("bob")), joe.customer)
        let first = try stop(joe, at: now)
        _ = try stop(ann, at: now)
        let part = try control.split([ann], from: first.id, author: "person:eve", at: now)
        #expect(part.sources == [ann] && part.stopped == [ann])
        #expect(try control.stop(of: ann, at: now)?.caseID == part.id)
        #expect(throws: ControlError.self) { try control.split([bob], from: first.id, author: "x", at: now) }
        #expect(throws: ControlError.self) { try control.split([joe], from: first.id, author: "x", at: now) }
        #expect(try control.caseTotals() == [.contained: 2])
        let whole = try control.merge(part.id, into: first.id, author: "person:eve", at: now)
        #expect(whole.stopped == [joe, ann])
        #expect(try control.absorbed(by: first.id) == [part.id])
        #expect(try control.stop(of: ann, at: now)?.caseID == first.id)
        #expect(throws: ControlError.self) { try control.merge(part.id, into: first.id, author: "x", at: now) }
        let note = try control.addNote("called them", to: first.id, author: "person:eve", at: now)
        #expect(try control.notes(of: first.id, limit: 9) == [note])
        #expect(throws: ControlError.self) {
            try control.addNote(String(repeating: "x", count: 5000), to: first.id, author: "x", at: now)
        }
        let all = try control.caseSummaries(limit: 9)
        #expect(all.map(\.state) == [.merged, .contained] && all[0].mergedInto == first.id)
        #expect(all[1].stopCount == 2 && all[1].source == joe && all[1].kinds == [.stolenPassword])
        #expect(
            try control.caseSummaries(.init(customer: joe.customer, onlyOpen: true), limit: 9).map(\.id) == [first.id])
        #expect(try control.caseSummaries(.init(state: .merged), limit: 9).map(\.id) == [part.id])
        #expect(try control.caseSummaries(before: part.id, limit: 9).map(\.id) == [first.id])
        // Held mail keeps the number of the case that it came into.
        _ = try control.apply([.falseAlarm], to: first.id, author: "person:eve", at: now)
        #expect(try control.heldOrders(limit: 9).map(\.caseID) == [first.id, part.id])
        try control.close()
    }

    @Test func reportsAreTakenOnceAndProbesAreRare() throws {
        let id = try stop(joe, at: now).id
        func keep(_ nonce: String) throws -> ControlDatabase.CaseReport? {
            try control.keepReport(
                [1, 2], nonce: nonce, producer: "sluice 1", host: "mail", of: id, author: "report:mail", at: now)
        }
        let report = try #require(try keep("a"))
        #expect(try keep("a") == nil)
        #expect(try keep("b") != nil)
        #expect(try control.reportContent(report.id, of: id) == [1, 2])
        #expect(try control.reportContent(report.id, of: CaseID(rawValue: 99)) == nil)
        func order(_ due: Timestamp) throws -> Bool {
            try control.orderProbe(of: id, due: due, interval: .seconds(600), author: "person:joe", at: now)
        }
        #expect(try order(now + .seconds(500)))
        #expect(try order(now))
        #expect(try !order(now))
        let probe = try #require(try control.takeProbes(at: now, limit: 9).first)
        #expect(try control.takeProbes(at: now, limit: 9).isEmpty)
        #expect(try !order(now))
        try control.finishProbe(probe, summary: "relay closed", at: now)
        #expect(try !order(now + .seconds(599)))
        #expect(try order(now + .seconds(600)))
        // A crash in the middle: taken again after an hour.
        _ = try control.takeProbes(at: now + .seconds(600), limit: 9)
        #expect(try control.takeProbes(at: now + .seconds(4300), limit: 9).count == 1)
        try control.close()
    }

    /// Whoever uploads every hour for months fills no disk, and nothing that was taken once is taken again.
    @Test func ofManyReportsTheLatestAreWhole() throws {
        let id = try stop(joe, at: now).id
        var reports: [ControlDatabase.CaseReport] = []
        for number in 0..<(ControlDatabase.reportsWhole + 5) {
            reports.append(
                try #require(
                    try control.keepReport(
                        [1, 2], nonce: "n\(number)", producer: "check", host: "mail", of: id, author: "report:mail",
                        at: now)))
        }
        let whole = try reports.filter { try control.reportContent($0.id, of: id) == [1, 2] }
        #expect(whole == Array(reports.suffix(ControlDatabase.reportsWhole)))
        #expect(
            try control.keepReport(
                [1, 2], nonce: "n0", producer: "check", host: "mail", of: id, author: "report:mail", at: now) == nil)
        #expect(try control.reports(of: id, limit: 100).count == reports.count)
    }
}
