import Enforcement
import MailTypes
import Testing

@testable import ControlStore

/// What got out, own addresses on lists, and what became of letters.
struct DamageTests {
    private let place: Directory
    private let control: ControlDatabase
    private let joe: SourceID
    private let now = Timestamp(seconds: 1_000_000)

    init() throws {
        place = try Directory()
        control = try ControlDatabase(directory: place.path)
        joe = .account(try #require(AccountName("joe")), try #require(CustomerID("acme")))
    }

    private func stop(_ account: String = "joe", at time: Timestamp) throws -> CaseID {
        let source = SourceID.account(try #require(AccountName(account)), try #require(CustomerID(account)))
        return try control.stop(
            .init(source: source, reason: "spam", certainty: .confirmed, author: .detector), at: time
        ).incident.id
    }

    private func damage(at time: Timestamp) throws -> CaseDamage {
        var damage = CaseDamage(counted: time)
        (damage.first, damage.last, damage.messages, damage.suspect) = (now, now + .seconds(5), 3, 2)
        (damage.delivered, damage.refused, damage.unknown, damage.complaints) = (4, 3, 2, 1)
        var message = CaseDamage.Message(id: SubmissionID(rawValue: 77), source: joe, time: now, isSuspect: true)
        (message.delivered, message.refused, message.unknown, message.complaints) = (1, 2, 3, 4)
        damage.list = [message]
        var receiver = CaseDamage.Receiver(try #require(DomainName("big.example")))
        (receiver.delivered, receiver.refused, receiver.unknown, receiver.complaints) = (5, 6, 7, 8)
        damage.receivers = [receiver]
        return damage
    }

    @Test func damageIsKeptWithItsCase() throws {
        let id = try stop(at: now)
        #expect(try control.damage(of: id) == nil)
        var expected = try damage(at: now)
        try control.keepDamage(expected, of: id)
        #expect(try control.damage(of: id) == expected)
        let address = try #require(IPAddress("192.0.2.25"))
        let listing = try #require(
            try control.listed(address, on: "zen", said: "spam\u{1b}[2J", removal: "by itself", at: now + .seconds(60)))
        #expect(listing.caseID == id && !listing.said.contains("\u{1b}"))
        expected.listings = [listing]
        #expect(try control.damage(of: id) == expected)
    }

    @Test func customersSeeWhatThePolicySays() throws {
        let id = try stop(at: now)
        try control.keepDamage(try damage(at: now), of: id)
        #expect(try control.damage(of: id, for: .customer)?.receivers.count == 1)
        control.use(CasePolicy(damageDetail: .counts))
        #expect(try control.damage(of: id, for: .customer)?.receivers.isEmpty == true)
        #expect(try control.damage(of: id, for: .operator)?.receivers.count == 1)
    }

    /// Soon at first, then less and less often, and once more at the end; also when the clock is put back.
    @Test func countingIsDueByTheCasesAge() throws {
        let id = try stop(at: now)
        func isDue(_ time: Timestamp) throws -> Bool {
            try control.casesWithUncountedDamage(at: time, limit: 10).map(\.id) == [id]
        }
        #expect(try isDue(now))
        try control.keepDamage(try damage(at: now), of: id)
        #expect(try !isDue(now + .seconds(59)))
        #expect(try isDue(now + .seconds(60)))
        try control.keepDamage(try damage(at: now + .seconds(80_000)), of: id)
        #expect(try !isDue(now + .seconds(89_000)))
        #expect(try isDue(now + .seconds(92_000)))
        #expect(try isDue(now + .seconds(10)))
        let end = now + .seconds(80_100)
        _ = try control.apply([.falseAlarm], to: id, author: "person:ann", at: end)
        #expect(try isDue(end))
        try control.keepDamage(try damage(at: end + .seconds(1)), of: id)
        #expect(try !isDue(end + .seconds(1_000_000)))
    }

    @Test func suspicionsWithoutAStopAreNotCounted() throws {
        _ = try control.suspect(joe, evidence: [], author: "detector", at: now)
        #expect(try control.casesWithUncountedDamage(at: now, limit: 10).isEmpty)
    }

    @Test func aListingBelongsToTheIncidentWithTheMostMailOut() throws {
        let small = try stop("small", at: now)
        let large = try stop("large", at: now)
        _ = try control.apply([.delivered(1)], to: small, author: "daemon", at: now)
        _ = try control.apply([.delivered(50)], to: large, author: "daemon", at: now)
        let address = try #require(IPAddress("192.0.2.25"))
        let time = now + .seconds(7200)
        #expect(try control.listed(address, on: "zen", said: "", removal: "", at: time)?.caseID == large)
        #expect(try control.listed(address, on: "zen", said: "", removal: "", at: time) == nil)
        #expect(try control.ownListings(of: large).count == 1)
        #expect(try control.ownListings(onlyOpen: true, limit: 10).count == 1)
        let ended = try #require(try control.unlisted(address, on: "zen", at: time + .seconds(60)))
        #expect(ended.until == time + .seconds(60))
        #expect(try control.unlisted(address, on: "zen", at: time) == nil)
        #expect(try control.ownListings(onlyOpen: true, limit: 10).isEmpty)
        #expect(try control.ownListings(limit: 10) == [ended])
        // Listed anew, long after: another listing, without a cause.
        let later = now + .seconds(30 * 86_400)
        let again = try #require(try control.listed(address, on: "zen", said: "", removal: "", at: later))
        #expect(again.caseID == nil && again.id > ended.id)
        #expect(try control.caseTimeline(large, limit: 100).contains { $0.act == "case.listed" })
        guard case .intact = try control.verifyAudit() else {
            Issue.record("the audit log's chain is broken")
            return
        }
    }

    @Test func lettersTellWhatBecameOfThem() throws {
        let id = try stop(at: now)
        let (letter, other) = (SubmissionID(rawValue: 5), SubmissionID(rawValue: 6))
        try control.keepSent(
            Array("x".utf8), channel: .mail, stage: "stopped", audience: "customer", target: "a@x.example b@x.example",
            message: letter, of: id, at: now)
        func state() throws -> NoticeDelivery.State? { try control.sent(of: id, limit: 10).first?.state }
        func note(_ state: NoticeDelivery.State, _ recipient: String, _ message: SubmissionID) throws {
            try control.noteDeliveries([
                NoticeDelivery(
                    message: message, recipient: try #require(EmailAddress(recipient)), state: state,
                    reply: "550 no\u{1b}", time: now)
            ])
        }
        #expect(try state() == .queued)
        try note(.deferred, "a@x.example", letter)
        #expect(try state() == .deferred)
        try note(.delivered, "a@x.example", letter)
        #expect(try state() == .delivered)
        try note(.bounced, "b@x.example", letter)
        #expect(try state() == .bounced)
        #expect(try control.sent(of: id, limit: 10).first?.deliveries.count == 2)
        // What is no notice of a case is passed over.
        try note(.bounced, "b@x.example", other)
        let bounced = try control.caseTimeline(id, limit: 100).filter { $0.act == "notice.bounced" }
        #expect(bounced.count == 1 && bounced.first?.detail.contains("\u{1b}") == false)
    }

    @Test func mergingTakesListingsAlong() throws {
        let first = try stop(at: now)
        let second = try control.suspect(
            .server(try #require(IPAddress("192.0.2.1")), try #require(CustomerID("joe"))), evidence: [],
            author: "detector", at: now + .seconds(8 * 86_400))
        let address = try #require(IPAddress("192.0.2.25"))
        _ = try control.listed(address, on: "zen", said: "", removal: "", at: now + .seconds(60))
        guard second.id != first else { return }
        _ = try control.merge(first, into: second.id, author: "person:ann", at: now + .seconds(9 * 86_400))
        #expect(try control.ownListings(of: second.id).count == 1)
    }
}
