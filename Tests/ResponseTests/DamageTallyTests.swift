import Detection
import Enforcement
import MailTypes
import Testing

@testable import Response

struct DamageTallyTests {
    private static let time = Timestamp(seconds: 1_795_000_000)
    private let acme: CustomerID
    private let campaign = CampaignID(rawValue: 7)
    private let incident: IncidentCase

    init() throws {
        acme = try #require(CustomerID("acme"))
        var incident = IncidentCase(
            id: CaseID(rawValue: 1), source: .account(try #require(AccountName("joe")), acme), at: Self.time)
        _ = incident.event(.campaign(campaign), at: Self.time)
        self.incident = incident
    }

    private func identity(_ account: String) throws -> SubmissionIdentity {
        SubmissionIdentity(
            customer: acme, server: try #require(IPAddress("192.0.2.1")), account: AccountName(account),
            evidence: .login)
    }

    private func sent(
        _ number: Int64, _ account: String = "joe", logOdds: Double = -5, campaign: CampaignID? = nil,
        after: Duration = .zero
    ) throws -> DetectionEvent {
        .submission(
            SubmissionEvent(
                id: SubmissionID(rawValue: number), time: Self.time + after, identity: try identity(account),
                contentLogOdds: logOdds,
                campaign: campaign.map { CampaignSighting(campaign: $0, earlier: 1, firstSeen: Self.time) },
                recipients: [1], sender: 1, senderIsBound: true, helo: 1, size: ByteCount(100)))
    }

    private func outcome(_ number: Int64, _ result: OutcomeEvent.Result, _ domain: String = "big.example") throws
        -> DetectionEvent
    {
        .outcome(
            OutcomeEvent(
                id: SubmissionID(rawValue: number), time: Self.time, identity: try identity("joe"), campaign: nil,
                result: result, receiver: DomainName(domain)))
    }

    private func complaint(_ number: Int64, _ kind: FeedbackEvent.Kind = .complaint) throws -> DetectionEvent {
        .feedback(
            FeedbackEvent(
                id: SubmissionID(rawValue: number), time: Self.time, identity: try identity("joe"), campaign: nil,
                kind: kind, reporter: DomainName("loop.example")))
    }

    private func damage(_ events: [DetectionEvent]) -> CaseDamage {
        var tally = DamageTally(incident)
        for event in events { tally.take(event) }
        return tally.result(at: Self.time)
    }

    @Test func onlyWhatReceiversTookGotOut() throws {
        let damage = damage([
            try sent(1), try sent(2), try sent(3, logOdds: 4), try outcome(1, .delivered), try outcome(1, .delivered),
            try outcome(2, .deferred), try outcome(3, .delivered), try outcome(9, .delivered),
        ])
        #expect(damage.messages == 2 && damage.delivered == 3 && damage.suspect == 1)
        #expect(damage.list.map(\.id.rawValue) == [3, 1])
        #expect(damage.receivers.map(\.delivered) == [3])
        #expect(damage.first == Self.time)
    }

    @Test func refusalsAndComplaintsMakeAMessageSuspect() throws {
        let damage = damage([
            try sent(1), try sent(2), try sent(3), try sent(4), try outcome(1, .policyRefusal),
            try outcome(2, .delivered), try complaint(2), try outcome(3, .delivered), try outcome(3, .unknownRecipient),
            try outcome(4, .unknownRecipient),
        ])
        #expect(damage.messages == 2 && damage.suspect == 1 && damage.refused == 1 && damage.complaints == 1)
        #expect(damage.unknown == 1, "a message that reached nobody did no damage")
        #expect(damage.receivers.map(\.domain.description) == ["loop.example", "big.example"])
        #expect(damage.list.map(\.isSuspect) == [true, true, false])
    }

    @Test func whatAPersonFoundGoodIsNotSuspect() throws {
        let damage = damage([try sent(1, logOdds: 9), try outcome(1, .delivered), try complaint(1, .foundGood)])
        #expect(damage.messages == 1 && damage.suspect == 0 && damage.complaints == 0)
    }

    @Test func othersMailAndOlderMailDoNotCount() throws {
        let damage = damage([
            try sent(1, "ann"), try sent(2, after: .seconds(-90_000)), try sent(3, after: .seconds(-80_000)),
            try sent(4, campaign: campaign), try outcome(1, .delivered), try outcome(2, .delivered),
            try outcome(3, .delivered), try outcome(4, .delivered),
        ])
        #expect(damage.messages == 2 && damage.suspect == 1)
    }

    @Test func veryMuchMailIsCutAndSaidSo() throws {
        var tally = DamageTally(incident)
        for number in 0..<Int64(DamageTally.limit + 5) {
            tally.take(try sent(number + 1))
            tally.take(try outcome(number + 1, .delivered, "d\(number).example"))
        }
        let damage = tally.result(at: Self.time)
        #expect(damage.isCut && damage.messages == DamageTally.limit)
        #expect(damage.list.count == CaseDamage.listed && damage.receivers.count == CaseDamage.named)
    }
}
