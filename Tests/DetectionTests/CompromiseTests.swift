import MailTypes
import Testing

@testable import Detection

/// The stories that detection exists for, each told by an adversary who knows one piece of evidence and avoids it.
struct CompromiseTests {
    private static let now = 21 * Traffic.day

    /// What came of it: messages that got out, and the first stop.
    private struct Result {
        var delivered = 0
        var stop: SourceID?
        var messages = 0
    }

    /// - Parameter next: the adversary's message of that number.
    private func attack(
        _ accounts: [String?] = ["joe"], from place: UInt32? = 77, messages: Int = 100,
        _ next: (inout Traffic, Int) -> SubmissionEvent
    ) throws -> Result {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, accounts)
        for account in accounts {
            if let account, let place {
                detector.observe(try traffic.login(account, from: place, at: Self.now - 3600))
            }
        }
        var result = Result()
        for number in 0..<messages {
            let verdict = detector.judge(next(&traffic, number))
            result.messages += 1
            if verdict.action == .deliver || verdict.action == .throttle { result.delivered += 1 }
            if let stop = verdict.stop, result.stop == nil { result.stop = stop }
        }
        return result
    }

    @Test(arguments: [0.0, 2.0, 4.0, 8.0])
    func aStolenAccountIsStoppedWithinThreeWhateverTheTextSays(content: Double) throws {
        let result = try attack { $0.spam("joe", content, at: Self.now + Double($1)) }
        #expect(try result.stop == Traffic().source("joe"))
        #expect(result.delivered <= 3)
    }

    @Test func hashBustingHelpsNobody() throws {
        // Each text another campaign, each link another domain.
        let result = try attack { $0.spam("joe", 2, at: Self.now + Double($1), campaign: UInt64($1) + 100) }
        #expect(result.stop?.scope == .account && result.delivered <= 3)
    }

    @Test func aSlowRampIsSeenAsSoonAsAFastOne() throws {
        // One a day, then two, then four: never above what the owner sends.
        let result = try attack(messages: 30) { traffic, number in
            traffic.spam("joe", 2, at: Self.now + Double(number) * 20_000 / Double(1 + number / 5))
        }
        #expect(result.stop?.scope == .account && result.delivered <= 3)
    }

    @Test func nineGoodOnesDoNotPayForOneBad() throws {
        let result = try attack(messages: 200) { traffic, number in
            number % 10 == 0
                ? traffic.spam("joe", 3, at: Self.now + Double(number) * 60)
                : traffic.event("joe", -4, at: Self.now + Double(number) * 60)
        }
        #expect(result.stop?.scope == .account)
    }

    @Test func twoAccountsTakingTurnsAreBothStopped() throws {
        var stops: Set<SourceID> = []
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe", "jim", "ann"])
        for account in ["joe", "jim"] { detector.observe(try traffic.login(account, from: 77, at: Self.now - 60)) }
        for number in 0..<60 {
            let account = number % 2 == 0 ? "joe" : "jim"
            if let stop = detector.judge(traffic.spam(account, at: Self.now + Double(number))).stop {
                stops.insert(stop)
            }
            let neighbour = detector.judge(traffic.event("ann", -4, at: Self.now + Double(number)))
            #expect(neighbour.action == .deliver && neighbour.stop == nil)
        }
        #expect(stops.isSuperset(of: [try traffic.source("joe"), try traffic.source("jim")]))
    }

    @Test func whoHasTheMailboxAnswersItsThreadsAndIsStoppedAllTheSame() throws {
        // To old contacts, as answers to the owner's own mail, from his program; only the link and the login are new.
        let result = try attack(messages: 60) { traffic, number in
            var event = traffic.event(
                "joe", 2, at: Self.now + Double(number) * 900, recipients: [UInt64(number % 8)], campaign: 9)
            event.thread.repliesTo = [UInt64(1 + number % 20) &* 0x2545_f491_4f6c_dd1d]
            event.links = [UInt64(number) &* 0x9e37_79b9_7f4a_7c15]
            return event
        }
        #expect(result.stop?.scope == .account)
        #expect(result.delivered <= 12)
    }

    @Test func replayedOldHamToStrangersIsNoAlibi() throws {
        // Clean texts of the owner's, sent between the spam to bring the sum down: to strangers, so they do not.
        let result = try attack(messages: 100) { traffic, number in
            var event = traffic.spam("joe", number % 2 == 0 ? 3 : -4, at: Self.now + Double(number) * 5)
            if number % 2 == 1 { event.links = [] }
            return event
        }
        #expect(result.stop?.scope == .account)
    }

    @Test(arguments: [-34_560_000.0, -3600.0, 0.0, 3600.0, 34_560_000.0])
    func aClockThatJumpsHidesNobody(jump: Double) throws {
        let result = try attack(messages: 40) { traffic, number in
            traffic.spam("joe", at: Self.now + Double(number) + (number >= 2 ? jump : 0))
        }
        #expect(result.stop != nil)
    }

    @Test func whatComesWithoutAnAccountFromAServerThatNamesThemIsStopped() throws {
        let result = try attack([]) { traffic, number in
            var event = traffic.spam(nil, 2, at: Self.now + Double(number) * 10, campaign: UInt64(number % 40))
            event.senderDomain = UInt64(number) + 500
            event.client.from = UInt64(number) + 9000
            return event
        }
        #expect(result.stop != nil)
        #expect(result.delivered <= 8)
    }

    @Test func aGuessedPasswordWeighsMoreThanAMoveOfOffice() throws {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe", "jim"])
        detector.observe(try traffic.login("joe", from: 9, at: Self.now))
        for number in 0..<20 {
            detector.observe(try traffic.login("jim", from: 9, at: Self.now + Double(number), succeeded: false))
        }
        detector.observe(try traffic.login("jim", from: 9, at: Self.now + 30))
        let moved = detector.judge(traffic.event("joe", -4, at: Self.now + 60))
        let guessed = detector.judge(traffic.event("jim", -4, at: Self.now + 60))
        #expect(moved.action == .deliver && guessed.action == .deliver)
        #expect(guessed.logOdds > moved.logOdds + 1)
    }

    @Test func whoWasSeenAtOneStolenAccountIsKnownAtTheNext() throws {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: Self.now))
        for number in 0..<10 { _ = detector.judge(traffic.spam("joe", at: Self.now + Double(number))) }
        var other = try Traffic(customer: "other", server: "192.0.2.99")
        try other.teach(&detector, ["eve"])
        detector.observe(try other.login("eve", from: 77, at: Self.now + 60))
        let verdict = detector.judge(other.spam("eve", 0, at: Self.now + 90))
        #expect(verdict.evidence.contains { $0.kind == .login && $0.summary.contains("network") })
        #expect(verdict.action == .hold)
    }

    @Test func aNewsletterIsNeverStoppedNorHeldNotEvenItsFirstIssue() throws {
        var traffic = try Traffic()
        var detector = Detector()
        for week in 0..<4 {
            detector.observe(try traffic.login("news", from: 1, at: Double(week) * 7 * Traffic.day))
            for number in 0..<600 {
                var event = traffic.event(
                    "news", 4, at: Double(week) * 7 * Traffic.day + Double(number) * 0.2,
                    recipients: [UInt64(number)], campaign: UInt64(week), earlier: number)
                event.links = [UInt64(week) + 100, 5]
                event.client.format = .alternative
                event.bulk = .oneClick
                let verdict = detector.judge(event)
                #expect(verdict.action == .deliver && verdict.stop == nil)
            }
        }
    }

    @Test func ordinaryMailIsNeverStopped() throws {
        var traffic = try Traffic()
        var detector = Detector()
        for number in 0..<3000 {
            let verdict = detector.judge(
                traffic.event("office", -1.5, at: Double(number) * 7, recipients: [UInt64(number)]))
            #expect(verdict.stop == nil)
            #expect(verdict.action == .deliver)
        }
    }

    @Test func aRestartInTheMiddleChangesNothing() throws {
        var traffic = try Traffic()
        var capacity = Detector.Capacity()
        capacity.relayWords = 64
        var detector = Detector(capacity: capacity)
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: Self.now - 60))
        var events: [SubmissionEvent] = []
        for number in 0..<30 { events.append(traffic.spam("joe", 1, at: Self.now + Double(number) * 30)) }
        for cut in 0..<8 {
            var straight = detector
            var restarted = detector
            for (index, event) in events.enumerated() {
                if index == cut {
                    let snapshot = restarted.snapshot()
                    restarted = Detector(capacity: capacity)
                    try restarted.restore(snapshot)
                }
                #expect(straight.judge(event) == restarted.judge(event))
            }
            #expect(straight.releases(at: .distantFuture) == restarted.releases(at: .distantFuture))
        }
    }
}
