import Detection
import MailTypes
import Testing

@testable import Replay

/// A story with known numbers: an honest account for weeks, then a thief.
struct ExplanationTests {
    private static let start = Timestamp(seconds: 1_790_000_000)
    private let customer: CustomerID
    private let identity: SubmissionIdentity
    private let events: [DetectionEvent]
    private let account: SourceID
    private let theft: Timestamp

    init() throws {
        customer = try #require(CustomerID("acme"))
        let name = try #require(AccountName("joe"))
        let identity = SubmissionIdentity(
            customer: customer, server: .v4(0xc000_0201), account: name, evidence: .login)
        self.identity = identity
        account = .account(name, customer)
        var events: [DetectionEvent] = []
        var number: Int64 = 0
        func submission(_ seconds: Int64, spam: Bool) -> SubmissionEvent {
            number += 1
            var event = SubmissionEvent(
                id: SubmissionID(rawValue: number), time: Self.start + .seconds(seconds), identity: identity,
                contentLogOdds: spam ? 4 : -4,
                campaign: spam
                    ? CampaignSighting(
                        campaign: CampaignID(rawValue: 9), earlier: 0, firstSeen: Self.start) : nil,
                recipients: [spam ? UInt64(number) &* 0x9e37_79b9_7f4a_7c15 : UInt64(number % 4)], sender: 7,
                senderIsBound: true, helo: 3, size: .kib(4), senderDomain: 11,
                client: ClientTraits(program: spam ? 22 : 21, zone: 60, format: .plain, from: 7, fromName: 31))
            if spam { event.links = [UInt64(number) &* 0x2545_f491_4f6c_dd1d] }
            return event
        }
        for day in 0..<20 {
            for message in 0..<4 {
                events.append(.submission(submission(Int64(day * 86_400 + message * 600), spam: false)))
            }
        }
        let theft = Int64(21 * 86_400)
        self.theft = Self.start + .seconds(theft)
        // Nothing looks strange about the first one but the text: it leaves.
        var first = submission(theft, spam: false)
        first.contentLogOdds = 1
        events.append(.submission(first))
        let big = try #require(DomainName("big.example"))
        events.append(
            .outcome(
                OutcomeEvent(
                    id: first.id, time: first.time + .seconds(1), identity: identity, campaign: nil,
                    result: .policyRefusal, receiver: big)))
        events.append(
            .feedback(
                FeedbackEvent(
                    id: first.id, time: first.time + .seconds(2), identity: identity, campaign: nil, kind: .complaint,
                    reporter: big)))
        events.append(
            .login(
                LoginEvent(
                    time: Self.start + .seconds(theft + 3), customer: customer, account: name,
                    address: .v4(0xc633_4d07), succeeded: true)))
        for message in 0..<10 { events.append(.submission(submission(theft + 10 + Int64(message), spam: true))) }
        self.events = events
    }

    private func explain(_ subject: Explainer.Subject) -> Explanation? {
        var explainer = Explainer(subject, policy: DetectionPolicy())
        for event in events { explainer.take(event) }
        return explainer.result
    }

    @Test func aMessagesEvidenceSumsUp() throws {
        let explanation = try #require(explain(.message(SubmissionID(rawValue: 82))))
        let message = try #require(explanation.message)
        let sum = message.start + message.reasons.filter { $0.kind != "history" }.reduce(0) { $0 + $1.logOdds }
        #expect(abs(sum - message.logOdds) < 0.1)
        #expect(message.action == "hold" && message.sender == "account:acme/joe")
        #expect(explanation.text.contains("in sum"))
        #expect(explain(.message(SubmissionID(rawValue: 4711))) == nil)
    }

    @Test func whatCameLaterIsTold() throws {
        let explanation = try #require(explain(.message(SubmissionID(rawValue: 81))))
        #expect(explanation.later.count == 2)
        #expect(explanation.later.last?.hasSuffix("complaint by big.example") == true)
        let quiet = try #require(explain(.message(SubmissionID(rawValue: 5))))
        #expect(quiet.message?.reasons.count ?? 0 > 1)
    }

    @Test func aSourcesEvidenceIsSummed() throws {
        let explanation = try #require(explain(.sources([account], from: theft, stopped: nil)))
        let source = try #require(explanation.sources.first)
        #expect(source.messages == 91 && source.sum >= source.stopAt && source.suspects >= 3)
        #expect(source.stops.count == 1 && source.feedback["complaint"] == 1 && source.outcomes["policy-refusal"] == 1)
        #expect(source.reasons.first?.logOdds ?? 0 > 1)
        #expect(!explanation.suspects.isEmpty && explanation.suspects.count <= 20)
        #expect(explanation.text.contains("account:acme/joe: cumulative log-odds"))
        let nobody = SourceID.server(.v4(1), customer)
        #expect(explain(.sources([nobody], from: theft, stopped: nil)) == nil)
    }

    @Test func whatLeftBeforeTheStopIsListed() throws {
        let explanation = try #require(explain(.sources([account], from: theft, stopped: nil)))
        let damage = try #require(explanation.damage)
        #expect(damage.messages == 1 && damage.recipients == 1 && damage.suspect == 1)
        #expect(damage.complaints == 1 && damage.refused == 1)
        #expect(damage.receivers.first == .init(domain: "big.example", complaints: 1, refused: 1, unknown: 0))
        #expect(damage.list.first?.id == SubmissionID(rawValue: 81).description)
        #expect(damage.text.contains("big.example: 1 complaints, 1 refusals"))
        // With a stop before all of it, nothing did.
        let none = try #require(
            explain(.sources([account], from: Self.start, stopped: Self.start - .seconds(1)))?.damage)
        #expect(none.messages == 0 && none.text == "nothing left before the stop\n")
    }

    @Test func veryMuchMailIsListedInPart() throws {
        var collector = DamageCollector([account], from: Self.start, until: theft + .seconds(86_400))
        for event in events {
            guard case .submission(var submission) = event else { continue }
            for copy in 0..<700 {
                submission.id = SubmissionID(rawValue: Int64(copy) << 20 | submission.id.rawValue)
                collector.take(.submission(submission), Verdict(.deliver, logOdds: 1))
            }
        }
        let damage = collector.result
        #expect(damage.messages == 91 * 700 && damage.suspect == damage.messages)
        #expect(damage.list.count == DamageReport.listed)
    }
}
