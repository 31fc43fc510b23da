import MailTypes
import Testing

@testable import Detection

/// Addresses that only stopped sources of several customers wrote to.
struct LearntTrapTests {
    private static let now = 21 * Traffic.day
    private static let trap: UInt64 = 424_242

    /// A detector in which so many customers' stolen accounts wrote to `trap`, each until it was stopped and beyond.
    private func detector(_ customers: Int, honest: Bool = false) throws -> Detector {
        var detector = Detector()
        for number in 0..<customers {
            var traffic = try Traffic(customer: "c\(number)", server: "192.0.2.\(number)")
            try traffic.teach(&detector, ["joe"])
            detector.observe(try traffic.login("joe", from: UInt32(100 + number), at: Self.now - 60))
            for message in 0..<8 {
                var spam = traffic.spam("joe", 5, at: Self.now + Double(message), campaign: UInt64(number))
                spam.recipients = [Self.trap]
                _ = detector.judge(spam)
            }
        }
        if honest {
            var traffic = try Traffic(customer: "honest", server: "198.51.100.1")
            var event = traffic.event("ann", -5, at: Self.now + 100)
            event.recipients = [Self.trap]
            #expect(detector.judge(event).action == .deliver)
        }
        return detector
    }

    private func weight(_ detector: inout Detector, at seconds: Double = now + 200) throws -> Double {
        var traffic = try Traffic(customer: "other", server: "203.0.113.1")
        var event = traffic.event("eve", 2, at: seconds)
        event.recipients = [Self.trap]
        detector.policy.explainFrom = -100
        let verdict = detector.judge(event)
        return verdict.evidence.first { $0.kind == .traps }?.logOdds ?? 0
    }

    @Test func whatSpamOfThreeCustomersWentToIsATrap() throws {
        var detector = try detector(3)
        #expect(try weight(&detector) > 1)
    }

    @Test func twoCustomersAreNotEnough() throws {
        var detector = try detector(2)
        #expect(try weight(&detector) == 0)
    }

    @Test func whomHonestMailReachesIsNone() throws {
        var detector = try detector(3, honest: true)
        #expect(try weight(&detector) == 0)
    }

    @Test func aTrapIsForgottenAfterAQuarterOfAYear() throws {
        var detector = try detector(3)
        #expect(try weight(&detector, at: Self.now + 100 * Traffic.day) == 0)
    }

    @Test func aTrapAloneHoldsNobodysMail() throws {
        var detector = try detector(3)
        var traffic = try Traffic(customer: "other", server: "203.0.113.1")
        var event = traffic.event("eve", 0, at: Self.now + 200)
        event.recipients = [Self.trap]
        let verdict = detector.judge(event)
        #expect(verdict.action == .deliver && verdict.logOdds < 1)
    }

    @Test func theMemoryIsBoundedAndKeepsWhatManyWroteTo() throws {
        var memory = TrapMemory(capacity: 100)
        for customer in ["a", "b", "c"] {
            memory.note([1, 2, 3], of: try #require(CustomerID(customer)), at: 1_790_000_000)
        }
        let flood = try #require(CustomerID("flood"))
        for number in 0..<5000 { memory.note([UInt64(1000 + number)], of: flood, at: 1_790_000_001) }
        #expect(memory.table.entries.count <= 100)
        #expect(memory.isTrap(2, at: 1_790_000_002) && !memory.isTrap(1001, at: 1_790_000_002))
    }
}
