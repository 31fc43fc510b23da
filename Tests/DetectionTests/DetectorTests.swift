import Detection
import MailTypes
import Testing

struct DetectorTests {
    @Test(arguments: [4.0, 5.0, 8.0, 12.0])
    func spamFromOneAccountIsHeldAtOnceAndStoppedWithinSix(content: Double) throws {
        var traffic = try Traffic()
        var detector = Detector()
        let thief = try traffic.source("joe")
        for day in 0..<20 {
            for message in 0..<10 {
                let verdict = detector.judge(
                    traffic.event("joe", -4, at: Double(day * 86_400 + message * 600), recipients: [UInt64(message)]))
                #expect(verdict.action == .deliver)
            }
        }
        var actions: [Verdict.Action] = []
        var stoppedAt: Int?
        for number in 0..<6 where stoppedAt == nil {
            let verdict = detector.judge(
                traffic.event(
                    "joe", content, at: Double(20 * 86_400 + number * 5), recipients: [UInt64(5000 + number)],
                    campaign: 9, earlier: number))
            actions.append(verdict.action)
            if let stop = verdict.stop {
                stoppedAt = number + 1
                #expect(stop == thief)
            }
            let neighbour = detector.judge(traffic.event("ann", -3, at: Double(20 * 86_400 + number * 5)))
            #expect(neighbour.action == .deliver && neighbour.stop == nil)
        }
        #expect(actions.allSatisfy { $0 == .hold })
        let count = try #require(stoppedAt)
        #expect((3...6).contains(count))
    }

    @Test func ordinaryMailIsNeverHeldWhateverItsVolume() throws {
        var traffic = try Traffic()
        var detector = Detector()
        var generator = SeededGenerator(state: 1)
        for message in 0..<20_000 {
            let content = Double.random(in: -9 ... -1, using: &generator)
            let verdict = detector.judge(
                traffic.event(
                    "list", content, at: Double(message) * 0.05, recipients: (0..<3).map { UInt64(message * 3 + $0) },
                    campaign: UInt64(message / 5000), earlier: message % 5000))
            #expect(verdict.action == .deliver && verdict.stop == nil)
        }
    }

    @Test func aBadMessageAmongNineGoodOnesIsFoundAndOneInThirteenIsNot() throws {
        func firstStop(every period: Int) throws -> Int? {
            var traffic = try Traffic()
            var detector = Detector()
            for message in 0..<2000 {
                let isBad = message % period == 0
                let verdict = detector.judge(traffic.event("joe", isBad ? 4.5 : -5, at: Double(message * 60)))
                #expect(verdict.action == (isBad ? .hold : .deliver))
                if verdict.stop != nil { return message }
            }
            return nil
        }
        #expect(try #require(try firstStop(every: 10)) < 200)
        #expect(try firstStop(every: 14) == nil)
    }

    @Test func oneBadMessageStopsNobody() throws {
        var traffic = try Traffic()
        var detector = Detector()
        #expect(detector.judge(traffic.event("joe", 20, at: 0)).stop == nil)
        #expect(detector.judge(traffic.event("joe", 20, at: 1)).stop == nil)
    }

    @Test func twoAccountsTakingTurnsAreBothStoppedAndTheirServerIsNot() throws {
        var traffic = try Traffic()
        var detector = Detector()
        var stops: Set<SourceID> = []
        for message in 0..<60 {
            for account in ["ann", "bob", "eve"] { _ = detector.judge(traffic.event(account, -4, at: Double(message))) }
            let account = message % 2 == 0 ? "joe" : "jim"
            guard !stops.contains(try traffic.source(account)) else { continue }
            if let stop = detector.judge(traffic.event(account, 5, at: Double(message))).stop { stops.insert(stop) }
        }
        #expect(stops == [try traffic.source("joe"), try traffic.source("jim")])
    }

    @Test func aServerFullOfStolenAccountsIsStoppedAndOneWithOrdinaryMailIsNot() throws {
        func stops(withOrdinaryMail: Bool) throws -> Set<SourceID> {
            var traffic = try Traffic()
            var detector = Detector()
            var stops: Set<SourceID> = []
            for message in 0..<40 {
                if withOrdinaryMail {
                    for other in 0..<15 { _ = detector.judge(traffic.event("user\(other)", -4, at: Double(message))) }
                }
                let account = "stolen\(message / 8)"
                guard !stops.contains(try traffic.source(account)) else { continue }
                if let stop = detector.judge(traffic.event(account, 6, at: Double(message))).stop { stops.insert(stop) }
            }
            return stops
        }
        let server = SourceID.server(try Traffic().server, try Traffic().customer)
        #expect(try stops(withOrdinaryMail: false).contains(server))
        let mixed = try stops(withOrdinaryMail: true)
        #expect(mixed.count == 5 && mixed.allSatisfy { $0.scope == .account })
    }

    @Test func accountsThatAppearOnceEachLeadToTheServer() throws {
        var traffic = try Traffic()
        var detector = Detector()
        let stop = (0..<30).lazy.compactMap { number in
            detector.judge(traffic.event("made-up\(number)", 6, at: Double(number))).stop
        }.first
        #expect(stop?.scope == .server)
    }

    @Test func oneTextThroughManyAccountsStopsTheCampaign() throws {
        var traffic = try Traffic()
        var detector = Detector()
        let stop = (0..<6).lazy.compactMap { number in
            detector.judge(traffic.event("user\(number)", 4.5, at: Double(number), campaign: 5, earlier: number)).stop
        }.first
        #expect(stop == .campaign(CampaignID(rawValue: 5), traffic.customer))
    }

    @Test func withoutAccountsTheServerIsStoppedOrTheCampaignWhereOrdinaryMailIsMixedIn() throws {
        var traffic = try Traffic()
        var alone = Detector()
        let server = (0..<6).lazy.compactMap { alone.judge(traffic.event(nil, 5, at: Double($0))).stop }.first
        #expect(server?.scope == .server)

        var mixed = Detector()
        for number in 0..<40 { _ = mixed.judge(traffic.event(nil, -4, at: Double(number))) }
        let campaign = (0..<6).lazy.compactMap {
            mixed.judge(traffic.event(nil, 5, at: Double(40 + $0), campaign: 3, earlier: $0)).stop
        }.first
        #expect(campaign?.scope == .campaign)
    }

    @Test func observingTellsWhatItWouldHaveDone() throws {
        var traffic = try Traffic()
        var policy = DetectionPolicy()
        policy.mode = .observe
        policy.accountLimits.messagesPerHour = 100
        var detector = Detector(policy: policy)
        var observed: [Verdict.Observed] = []
        for number in 0..<6 {
            let verdict = detector.judge(traffic.event("joe", 6, at: Double(number)))
            #expect(verdict.action == .deliver && verdict.stop == nil)
            if let would = verdict.observed { observed.append(would) }
        }
        #expect(observed.count == 6)
        #expect(observed.contains { $0.stop == (try? traffic.source("joe")) })
    }

    @Test func limitsThrottleWithoutCountingWhatTheyTurnAway() throws {
        var traffic = try Traffic()
        var policy = DetectionPolicy()
        policy.accountLimits = .init(messagesPerHour: 10, recipientsPerHour: 15)
        var detector = Detector(policy: policy)
        let half = Double(Int(3600 - Traffic.start.seconds % 3600))
        var delivered = 0
        for number in 0..<50
        where detector.judge(traffic.event("joe", -4, at: half + Double(number))).action == .deliver {
            delivered += 1
        }
        #expect(delivered == 10)
        #expect(detector.judge(traffic.event("ann", -4, at: half + 60)).action == .deliver)
        let verdict = detector.judge(traffic.event("ann", -4, at: half + 61, recipients: Array(0..<15)))
        #expect(verdict.action == .throttle && verdict.evidence.first?.kind == .limit)
        #expect(detector.judge(traffic.event("joe", -4, at: half + 7300)).action == .deliver)
    }

    @Test func aLiftedStopForgetsTheSuspicion() throws {
        var traffic = try Traffic()
        var detector = Detector()
        let joe = try traffic.source("joe")
        for number in 0..<5 { _ = detector.judge(traffic.event("joe", 6, at: Double(number))) }
        #expect(try #require(detector.suspicion(of: joe)).sum > 12)
        detector.reinstate(joe)
        #expect(try #require(detector.suspicion(of: joe)).sum == 0)
        #expect(detector.judge(traffic.event("joe", 6, at: 10)).stop == nil)
    }

    @Test func receiversAnswersCountFromAFloorOn() throws {
        var traffic = try Traffic()
        var detector = Detector()
        func answer(_ result: OutcomeEvent.Result, _ count: Int) {
            for number in 0..<count {
                detector.observe(
                    OutcomeEvent(
                        id: SubmissionID(rawValue: Int64(number)), time: Traffic.start + .seconds(2),
                        identity: traffic.identity("joe"), campaign: nil, result: result))
            }
        }
        _ = detector.judge(traffic.event("joe", 1, at: 0))
        answer(.unknownRecipient, 4)
        #expect(!detector.judge(traffic.event("joe", 1, at: 3)).evidence.contains { $0.kind == .unknownRecipients })
        answer(.unknownRecipient, 6)
        answer(.policyRefusal, 6)
        answer(.delivered, 4)
        let verdict = detector.judge(traffic.event("joe", 1, at: 4))
        #expect(verdict.evidence.contains { $0.kind == .unknownRecipients && $0.summary.contains("10 of 20") })
        #expect(verdict.evidence.contains { $0.kind == .policyRefusals })
        #expect(verdict.action == .hold)
    }

    @Test func evidenceSaysItsNumbers() throws {
        var traffic = try Traffic()
        var detector = Detector()
        var verdict = Verdict(.deliver)
        for number in 0..<40 {
            verdict = detector.judge(
                traffic.event(
                    "joe", 0.5, at: Double(number), recipients: [UInt64(100 + number)], campaign: 4, earlier: number,
                    sender: UInt64(number), bound: false))
        }
        let kinds = Set(verdict.evidence.map(\.kind))
        #expect(kinds.isSuperset(of: [.content, .rate, .firstTimeRecipients, .campaign, .identity, .senderBinding]))
        #expect(verdict.evidence.contains { $0.summary.hasPrefix("40 near-copies of one text to 40 recipients") })
        #expect(verdict.evidence.allSatisfy { abs($0.logOdds) <= 20 })
    }

    @Test func unusableLogOddsCountAsNone() throws {
        var traffic = try Traffic()
        var detector = Detector()
        for odd in [Double.nan, .infinity, -.infinity] {
            #expect(detector.judge(traffic.event("joe", odd, at: 0)).logOdds == 0)
        }
    }
}
