import MailTypes
import Testing

@testable import Detection

/// The owner beside the thief: from where logins count, and what is left of a stop that has ended.
struct OwnerTests {
    private static let now = 21 * Traffic.day

    private func country(_ code: String) -> UInt16 { code.utf8.reduce(0) { $0 << 8 | UInt16($1) } }

    /// The evidence of logins on a message after one from `place` in `code`, where the customer logs in from DE.
    private func weight(of code: String, colleague: String? = nil) throws -> Double {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        func login(_ account: String, _ place: UInt32, _ system: UInt32, _ code: String, _ seconds: Double) throws {
            var event = try traffic.login(account, from: place, at: seconds)
            (event.autonomousSystem, event.country) = (system, country(code))
            detector.observe(event)
        }
        // The database came later than the networks: what is known of them tells their country.
        for day in 0..<8 {
            for account in ["joe", "zoe"] {
                try login(account, 1, 0, "DE", 20 * Traffic.day + Double(day))
                if let colleague, account == "zoe" {
                    try login(account, 9, 0, colleague, 20 * Traffic.day + Double(day))
                }
            }
        }
        try login("joe", 77, 64_500, code, Self.now - 60)
        let verdict = detector.judge(traffic.spam("joe", 3, at: Self.now))
        return verdict.evidence.first { $0.kind == .login }?.logOdds ?? 0
    }

    @Test func aLoginFromAnotherCountryWeighsMore() throws {
        let (home, abroad) = (try weight(of: "DE"), try weight(of: "VN"))
        #expect(home > 0.3 && abroad > home + 0.7)
    }

    @Test func withoutADatabaseNothingChanges() throws {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: Self.now - 60))
        let verdict = detector.judge(traffic.spam("joe", 3, at: Self.now))
        let login = try #require(verdict.evidence.first { $0.kind == .login })
        #expect(login.logOdds > 1.5 && !login.summary.contains("country"))
    }

    /// The gateway's own logins: who sends from where the account has always logged in is its owner.
    @Test func whatTheOwnerSendsFromHomeIsHardlyDoubtedForLoginsElsewhere() throws {
        var traffic = try Traffic(server: "198.51.1.7")
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: Self.now - 7200))
        detector.observe(try traffic.login("joe", from: 1, at: Self.now - 600))
        func login(_ event: SubmissionEvent) -> Double {
            var copy = detector
            copy.policy.explainFrom = -100
            return copy.judge(event).evidence.first { $0.kind == .login }?.logOdds ?? 0
        }
        let atHome = traffic.event("joe", 0, at: Self.now, recipients: [99])
        var relayed = atHome
        relayed.identity.evidence = .header
        var elsewhere = atHome
        elsewhere.identity.server = .v4(0xc633_4d07)
        #expect(login(atHome) < 1 && login(relayed) > 1.5 && login(elsewhere) > 1.5)
    }

    /// A place that the owner came to some days before the theft is his, not the thief's.
    @Test func aNewPlaceOfTheOwnersIsNotTakenForTheThiefs() throws {
        var traffic = try Traffic(server: "198.51.1.7")
        var detector = Detector()
        detector.policy.explainFrom = -100
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 5, at: 20 * Traffic.day))
        detector.observe(try traffic.login("joe", from: 77, at: 30 * Traffic.day - 60))
        var thief = traffic
        thief.server = .v4(0xc633_4d07)
        for number in 0..<20 { _ = detector.judge(thief.spam("joe", 5, at: 30 * Traffic.day + Double(number))) }
        detector.observe(try traffic.login("joe", from: 5, at: 34 * Traffic.day - 60))
        var event = traffic.event("joe", 0, at: 34 * Traffic.day, recipients: [999])
        event.identity.server = .v4(0xc633_0509)
        let verdict = detector.judge(event)
        #expect(verdict.action == .deliver && verdict.logOdds < 1)
        #expect(!verdict.evidence.contains { $0.summary.contains("stopped account") })
        event.identity.server = .v4(0xc633_4d07)
        #expect(detector.judge(event).evidence.contains { $0.summary.contains("stopped account") })
    }

    /// A stop that ended by itself leaves the owner half the way, and the thief less.
    @Test func whenAStopHasEndedDoubtfulMailIsNotStoppedAtOnce() throws {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: Self.now - 60))
        for number in 0..<50 { _ = detector.judge(traffic.spam("joe", 5, at: Self.now + Double(number))) }
        let later = Self.now + 3.1 * Traffic.day
        var owner = detector
        var doubtful = traffic.event("joe", 2, at: later, recipients: [777])
        doubtful.links = [5]
        #expect(owner.judge(doubtful).stop == nil)
        var stopped = false
        for number in 0..<3 where !stopped {
            stopped = detector.judge(traffic.spam("joe", 5, at: later + Double(number))).stop != nil
        }
        #expect(stopped)
    }
}
