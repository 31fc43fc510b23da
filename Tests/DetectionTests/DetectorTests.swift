import Detection
import MailTypes
import Testing

struct DetectorTests {
    @Test func ordinaryMailIsNeverHeldWhateverItsVolume() throws {
        var traffic = try Traffic()
        var detector = Detector()
        var generator = SeededGenerator(state: 1)
        for message in 0..<4000 {
            let content = Double.random(in: -9 ... -1, using: &generator)
            let verdict = detector.judge(
                traffic.event(
                    "list", content, at: Double(message) * 0.05, recipients: (0..<3).map { UInt64(message * 3 + $0) },
                    campaign: UInt64(message / 1000), earlier: message % 1000))
            #expect(verdict.action == .deliver && verdict.stop == nil)
        }
    }

    @Test func noTextAloneStopsARegularSender() throws {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        for number in 0..<200 {
            let verdict = detector.judge(traffic.event("joe", 20, at: 21 * Traffic.day + Double(number) * 900))
            #expect(verdict.stop == nil)
        }
    }

    @Test func fewMessagesStopNobodyWhateverTheyAre() throws {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: 21 * Traffic.day - 60))
        #expect(detector.judge(traffic.spam("joe", 20, at: 21 * Traffic.day)).stop == nil)
        #expect(detector.judge(traffic.spam("joe", 20, at: 21 * Traffic.day + 1)).stop == nil)
    }

    @Test func aServerFullOfStolenAccountsIsStoppedAndOneWithOrdinaryMailIsNot() throws {
        func stops(withOrdinaryMail: Bool) throws -> Set<SourceID> {
            var traffic = try Traffic()
            var detector = Detector()
            let stolen = (0..<6).map { "stolen\($0)" }
            try traffic.teach(&detector, stolen)
            for account in stolen { detector.observe(try traffic.login(account, from: 77, at: 21 * Traffic.day - 60)) }
            var stops: Set<SourceID> = []
            for message in 0..<60 {
                let time = 21 * Traffic.day + Double(message)
                if withOrdinaryMail {
                    for other in 0..<15 { _ = detector.judge(traffic.event("user\(other)", -4, at: time)) }
                }
                if let stop = detector.judge(traffic.spam("stolen\(message / 10)", at: time)).stop {
                    stops.insert(stop)
                }
            }
            return stops
        }
        #expect(try stops(withOrdinaryMail: false).contains { $0.scope >= .server })
        let mixed = try stops(withOrdinaryMail: true)
        #expect(mixed.count { $0.scope == .account } >= 5 && mixed.allSatisfy { $0.scope <= .account })
    }

    @Test func whileStoppedOldHabitsStillPass() throws {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: 21 * Traffic.day - 60))
        var stopped = false
        for number in 0..<10 {
            let verdict = detector.judge(traffic.spam("joe", at: 21 * Traffic.day + Double(number)))
            stopped = stopped || verdict.stop != nil
        }
        #expect(stopped)
        // The owner, to an old contact, in his way; and the thief in his.
        #expect(detector.judge(traffic.event("joe", -4, at: 21 * Traffic.day + 60)).action == .deliver)
        #expect(detector.judge(traffic.spam("joe", -1, at: 21 * Traffic.day + 61)).action == .refuse)
        // What is neither waits for somebody to look at it.
        var odd = traffic.event("joe", 0, at: 21 * Traffic.day + 61.5, recipients: [4711])
        odd.client.program = 99
        #expect(detector.judge(odd).action == .hold)
        // Told once, and over when nothing suspect came for days.
        #expect(detector.judge(traffic.spam("joe", at: 21 * Traffic.day + 62)).stop == nil)
        detector.reinstate(try traffic.source("joe"))
        #expect(detector.judge(traffic.event("joe", -4, at: 21 * Traffic.day + 70)).action == .deliver)
    }

    @Test func heldMailOfWhoTurnsOutCleanGoesOutByItself() throws {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe", "ann"])
        for account in ["joe", "ann"] {
            detector.observe(try traffic.login(account, from: 77, at: 21 * Traffic.day - 60))
        }
        let odd = traffic.spam("joe", 0, at: 21 * Traffic.day)
        #expect(detector.judge(odd).action == .hold)
        for number in 0..<10 { _ = detector.judge(traffic.spam("ann", at: 21 * Traffic.day + Double(number))) }
        let start = Traffic.start + .seconds(Int64(21 * Traffic.day))
        #expect(detector.releases(at: start + .seconds(600)).isEmpty)
        #expect(detector.releases(at: start + .seconds(3600)) == [odd.id])
        #expect(detector.releases(at: start + .seconds(7200)).isEmpty)
    }

    @Test func observingTellsWhatItWouldHaveDone() throws {
        var traffic = try Traffic()
        var policy = DetectionPolicy()
        policy.mode = .observe
        policy.accountLimits.messagesPerHour = 100
        var detector = Detector(policy: policy)
        var observed: [Verdict.Observed] = []
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: 21 * Traffic.day - 60))
        for number in 0..<6 {
            let verdict = detector.judge(traffic.spam("joe", 6, at: 21 * Traffic.day + Double(number)))
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
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: 21 * Traffic.day - 60))
        for number in 0..<5 { _ = detector.judge(traffic.spam("joe", 6, at: 21 * Traffic.day + Double(number))) }
        #expect(try #require(detector.suspicion(of: joe)).sum > 10)
        detector.reinstate(joe)
        #expect(try #require(detector.suspicion(of: joe)).sum == 0)
        #expect(detector.judge(traffic.spam("joe", 6, at: 21 * Traffic.day + 10)).stop == nil)
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
        _ = detector.judge(traffic.event("joe", 6, at: 0))
        answer(.unknownRecipient, 2)
        #expect(!detector.judge(traffic.spam("joe", 6, at: 3)).evidence.contains { $0.kind == .unknownRecipients })
        answer(.unknownRecipient, 8)
        answer(.policyRefusal, 6)
        answer(.delivered, 4)
        let verdict = detector.judge(traffic.spam("joe", 6, at: 4))
        #expect(verdict.evidence.contains { $0.kind == .unknownRecipients && $0.summary.contains("10 of 20") })
        #expect(verdict.evidence.contains { $0.kind == .policyRefusals })
    }

    @Test(arguments: [FeedbackEvent.Kind.complaint, .trap])
    func complaintsAndTrapsCount(kind: FeedbackEvent.Kind) throws {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        let event = traffic.spam("joe", 2, at: 21 * Traffic.day + 2)
        var other = detector
        let before = other.judge(event)
        for number in 0..<2 {
            detector.observe(
                FeedbackEvent(
                    id: SubmissionID(rawValue: Int64(number)),
                    time: Traffic.start + .seconds(Int64(21 * Traffic.day) + 1), identity: traffic.identity("joe"),
                    campaign: nil, kind: kind))
        }
        let after = detector.judge(event)
        #expect(after.logOdds > before.logOdds + 0.5)
    }

    @Test func evidenceSumsUpAndSaysItsNumbers() throws {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: 21 * Traffic.day - 60))
        var verdict = Verdict(.deliver)
        for number in 0..<40 { verdict = detector.judge(traffic.spam("joe", 3, at: 21 * Traffic.day + Double(number))) }
        let kinds = Set(verdict.evidence.map(\.kind))
        #expect(kinds.isSuperset(of: [.content, .rate, .firstTimeRecipients, .campaign, .client, .links, .login]))
        #expect(verdict.evidence.contains { $0.summary.hasPrefix("39 near-copies of this text in a day") })
        #expect(verdict.evidence.allSatisfy { abs($0.logOdds) <= 20 && !$0.summary.isEmpty })
        let sum = verdict.evidence.filter { $0.kind != .history }.reduce(EvidenceWeights.standard.bias) {
            $0 + $1.logOdds
        }
        #expect(abs(sum - verdict.logOdds) < 1)
    }

    @Test func aDeclaredSenderIsBelievedUntilItsDayAndOnlyAsItAlwaysSends() throws {
        func logOdds(_ until: Double, stranger: Bool) throws -> Double {
            var traffic = try Traffic()
            var detector = Detector()
            detector.policy.declared = [
                try traffic.source("news"): Traffic.start + .seconds(Int64(until * Traffic.day))
            ]
            try traffic.teach(&detector, ["news"])
            if stranger { detector.observe(try traffic.login("news", from: 77, at: 21 * Traffic.day - 60)) }
            var event = traffic.event("news", 1, at: 21 * Traffic.day, recipients: [50, 51, 52])
            if stranger { event.client.program = 99 }
            return detector.judge(event).logOdds
        }
        let (declared, expired) = (try logOdds(30, stranger: false), try logOdds(20, stranger: false))
        #expect(declared < expired - 2)
        // Whoever stole the password gains next to nothing by the declaration.
        #expect(abs(try logOdds(30, stranger: true) - logOdds(20, stranger: true)) < 0.3)
    }

    @Test func unusableLogOddsCountAsNone() throws {
        var traffic = try Traffic()
        var detector = Detector()
        for odd in [Double.nan, .infinity, -.infinity] {
            let plain = detector.judge(traffic.event("joe", 0, at: 0)).logOdds
            #expect(abs(detector.judge(traffic.event("joe", odd, at: 0)).logOdds - plain) < 0.5)
        }
    }
}
