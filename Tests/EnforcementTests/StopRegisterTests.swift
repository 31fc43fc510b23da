import Enforcement
import MailTypes
import Testing

struct StopRegisterTests {
    private let acme: CustomerID
    private let joe: SubmissionIdentity
    private let ann: SubmissionIdentity
    private let now = Timestamp(seconds: 1000)

    init() throws {
        acme = try #require(CustomerID("acme"))
        let server = try #require(IPAddress("192.0.2.1"))
        joe = SubmissionIdentity(customer: acme, server: server, account: AccountName("joe"), evidence: .header)
        ann = SubmissionIdentity(customer: acme, server: server, account: AccountName("ann"), evidence: .header)
    }

    private func stop(
        _ source: SourceID, _ certainty: Stop.Certainty = .doubt, until: Timestamp? = nil, number: Int64 = 1
    ) -> Stop {
        Stop(
            source: source, reason: "The account sends spam.", since: now, until: until, author: .detector,
            caseID: CaseID(rawValue: number), certainty: certainty)
    }

    private func account(_ identity: SubmissionIdentity) throws -> SourceID {
        .account(try #require(identity.account), acme)
    }

    @Test func aStopCoversItsSourceOnly() throws {
        var register = StopRegister()
        #expect(register.add(stop(try account(joe)), at: now) == .added)
        #expect(register.covering(joe, campaign: nil, at: now)?.source == (try account(joe)))
        #expect(register.covering(ann, campaign: nil, at: now) == nil)
        #expect(register.covering(joe, campaign: nil, at: now - .seconds(1)) == nil)
    }

    @Test func theSmallestStopAnswers() throws {
        var register = StopRegister()
        _ = register.add(stop(.customer(acme), number: 1), at: now)
        _ = register.add(stop(try account(joe), number: 2), at: now)
        #expect(register.covering(joe, campaign: nil, at: now)?.caseID.rawValue == 2)
        #expect(register.covering(ann, campaign: nil, at: now)?.caseID.rawValue == 1)
        let campaign = CampaignID(rawValue: 5)
        _ = register.add(stop(.campaign(campaign, acme), number: 3), at: now)
        #expect(register.covering(ann, campaign: campaign, at: now)?.caseID.rawValue == 3)
    }

    @Test func doubtBecomesCertaintyAndNeverTheOtherWay() throws {
        var register = StopRegister()
        let source = try account(joe)
        _ = register.add(stop(source, .doubt, number: 1), at: now)
        #expect(register.add(stop(source, .doubt, number: 2), at: now) == .unchanged)
        #expect(register.add(stop(source, .confirmed, number: 2), at: now + .seconds(5)) == .confirmed)
        #expect(register[source]?.caseID.rawValue == 1)
        #expect(register[source]?.since == now)
        #expect(register.add(stop(source, .doubt, number: 3), at: now + .seconds(6)) == .unchanged)
        #expect(register[source]?.certainty == .confirmed)
    }

    @Test func stopsEndAndAreLifted() throws {
        var register = StopRegister()
        _ = register.add(stop(try account(joe), until: now + .seconds(10)), at: now)
        _ = register.add(stop(try account(ann)), at: now)
        #expect(register.covering(joe, campaign: nil, at: now + .seconds(10)) == nil)
        #expect(register.expire(at: now + .seconds(10)).map(\.source) == [try account(joe)])
        #expect(register.lift(try account(ann)) != nil)
        #expect(register.lift(try account(ann)) == nil)
        #expect(register.count == 0)
    }

    @Test func repliesSayWhyAndWhereAndCannotBeInjected() throws {
        var hostile = stop(try account(joe), .confirmed, number: 7)
        hostile.reason = "Spam.\r\n250 ok"
        let reply = hostile.reply(baseURL: "https://sluice.example/")
        #expect(reply.code == .mailboxUnavailable)
        #expect(reply.enhanced == EnhancedStatusCode(5, 7, 1))
        #expect(reply.lines == ["Spam.??250 ok", "case-7, see https://sluice.example/cases/case-7"])
        #expect(
            stop(try account(joe), .doubt).reply(baseURL: nil).description == "451 4.7.1 The account sends spam. case-1"
        )
    }

    /// The register against a plain list, over seeded random acts.
    @Test func agreesWithAList() throws {
        var generator = Steps(state: 5)
        var register = StopRegister()
        var list: [Stop] = []
        let sources: [SourceID] = [
            .customer(acme), .server(joe.server, acme), try account(joe), try account(ann),
            .campaign(CampaignID(rawValue: 1), acme),
        ]
        var time = now
        for step in 0..<3000 {
            time = time + .seconds(Int64.random(in: 0...3, using: &generator))
            let source = sources[Int.random(in: 0..<sources.count, using: &generator)]
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                var new = stop(source, Bool.random(using: &generator) ? .doubt : .confirmed, number: Int64(step + 1))
                new.since = time
                new.until = Bool.random(using: &generator) ? time + .seconds(5) : nil
                if let index = list.firstIndex(where: { $0.source == source && $0.isActive(at: time) }) {
                    if list[index].certainty == .doubt, new.certainty == .confirmed {
                        new.since = list[index].since
                        new.caseID = list[index].caseID
                        list[index] = new
                    }
                } else {
                    list.removeAll { $0.source == source }
                    list.append(new)
                }
                var sent = new
                sent.since = time
                sent.caseID = CaseID(rawValue: Int64(step + 1))
                _ = register.add(sent, at: time)
            case 1:
                list.removeAll { $0.source == source }
                _ = register.lift(source)
            case 2:
                list.removeAll { stop in stop.until.map { $0 <= time } ?? false }
                _ = register.expire(at: time)
            default: break
            }
            for identity in [joe, ann] {
                let campaign = Bool.random(using: &generator) ? CampaignID(rawValue: 1) : nil
                let expected = identity.sources(campaign: campaign)
                    .compactMap { source in list.first { $0.source == source && $0.isActive(at: time) } }.first
                #expect(register.covering(identity, campaign: campaign, at: time) == expected)
            }
        }
    }
}

private struct Steps: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
