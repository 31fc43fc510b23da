import MailTypes
import Testing

@testable import Detection

/// Every plain limit that there is: messages, recipients and first-time recipients, each a minute, an hour and a day, of an
/// account, a server and a customer.
struct LimitTests {
    enum Scope: CaseIterable { case account, server, customer }
    enum Counted: CaseIterable { case messages, recipients, firstTime }
    enum Period: Double, CaseIterable { case minute = 60, hour = 3600, day = 86_400 }

    static let all: [(Scope, Counted, Period)] = Scope.allCases.flatMap { scope in
        Counted.allCases.flatMap { counted in Period.allCases.map { (scope, counted, $0) } }
    }

    private static func policy(_ scope: Scope, _ counted: Counted, _ period: Period) -> DetectionPolicy {
        var limits = DetectionPolicy.Limits()
        switch (counted, period) {
        case (.messages, .minute): limits.messagesPerMinute = 6
        case (.messages, .hour): limits.messagesPerHour = 6
        case (.messages, .day): limits.messagesPerDay = 6
        case (.recipients, .minute): limits.recipientsPerMinute = 12
        case (.recipients, .hour): limits.recipientsPerHour = 12
        case (.recipients, .day): limits.recipientsPerDay = 12
        case (.firstTime, .minute): limits.newRecipientsPerMinute = 12
        case (.firstTime, .hour): limits.newRecipientsPerHour = 12
        case (.firstTime, .day): limits.newRecipientsPerDay = 12
        }
        var policy = DetectionPolicy()
        switch scope {
        case .account: policy.accountLimits = limits
        case .server: policy.serverLimits = limits
        case .customer: policy.customerLimits = limits
        }
        return policy
    }

    /// Two recipients a message, all of them new; begun at the beginning of a day, so that no window is cut.
    @Test(arguments: all)
    func eachLimitTurnsAwayTheSeventhMessage(scope: Scope, counted: Counted, period: Period) throws {
        var traffic = try Traffic()
        var detector = Detector(policy: Self.policy(scope, counted, period))
        let begin = Double(86_400 - Traffic.start.seconds % 86_400)
        var recipient: UInt64 = 100
        var taken = 0
        func judge(_ account: String?, at seconds: Double) -> Verdict {
            recipient += 2
            return detector.judge(
                traffic.event(account, -4, at: begin + seconds, recipients: [recipient, recipient + 1]))
        }
        for number in 0..<9 where judge("joe", at: Double(number)).action == .deliver { taken += 1 }
        #expect(taken == 6)
        let verdict = judge("joe", at: 10)
        #expect(verdict.action == .throttle && verdict.evidence.first?.kind == .limit)
        // Another account has its own limit, and shares those of server and customer.
        #expect((judge("ann", at: 11).action == .deliver) == (scope == .account))
        traffic.server = .v4(0xc000_0202)
        #expect((judge("max", at: 12).action == .deliver) == (scope != .customer))
        traffic.server = .v4(0xc000_0201)
        // Two periods later it may send again.
        #expect(judge("joe", at: 2 * period.rawValue + 1).action == .deliver)
    }

    @Test(arguments: all)
    func observingLimitsNobody(scope: Scope, counted: Counted, period: Period) throws {
        var policy = Self.policy(scope, counted, period)
        policy.mode = .observe
        var traffic = try Traffic()
        var detector = Detector(policy: policy)
        var told = 0
        for number in 0..<20 {
            let first = UInt64(number * 2 + 100)
            let verdict = detector.judge(
                traffic.event("joe", -4, at: Double(number) / 10, recipients: [first, first + 1]))
            #expect(verdict.action == .deliver && verdict.stop == nil)
            if verdict.observed?.action == .throttle { told += 1 }
        }
        #expect(told > 0)
    }

    @Test func knownRecipientsAreNotFirstTimeOnes() throws {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        detector.policy.accountLimits.newRecipientsPerDay = 1
        let begin = 40 * Traffic.day
        for number in 0..<20 {
            #expect(detector.judge(traffic.event("joe", -4, at: begin + Double(number))).action == .deliver)
        }
        #expect(
            detector.judge(traffic.event("joe", -4, at: begin + 30, recipients: [900, 901])).action == .throttle)
    }
}
