import MailTypes
import Testing

@testable import Detection

/// What was counted and sent back to its client counts once when it comes again.
struct ReturnedMailTests {
    private static let now = 21 * Traffic.day

    private func taught() throws -> (Traffic, Detector) {
        var traffic = try Traffic()
        var detector = Detector()
        try traffic.teach(&detector, ["joe"])
        return (traffic, detector)
    }

    @Test func aMessageThatTheSpoolRefusedCountsOnce() throws {
        var (traffic, detector) = try taught()
        let joe = try traffic.source("joe")
        var event = traffic.spam("joe", 5, at: Self.now)
        _ = detector.judge(event)
        let sum = try #require(detector.suspicion(of: joe))
        for attempt in 1...5 {
            detector.observe(returned: ReturnedEvent(event, at: event.time))
            event.id = SubmissionID(rawValue: 5000 + Int64(attempt))
            event.time = event.time + .seconds(60)
            #expect(detector.judge(event).stop == nil)
        }
        let after = try #require(detector.suspicion(of: joe))
        #expect(after.suspects == 1 && after.sum <= sum.sum)
        // It was kept the last time: from here on it is another message.
        event.time = event.time + .seconds(60)
        _ = detector.judge(event)
        #expect(detector.suspicion(of: joe)?.suspects == 2)
    }

    @Test func anotherMessageOfTheSameSenderCounts() throws {
        var (traffic, detector) = try taught()
        let event = traffic.spam("joe", 5, at: Self.now)
        _ = detector.judge(event)
        detector.observe(returned: ReturnedEvent(event, at: event.time))
        for change in 0..<4 {
            var other = event
            switch change {
            case 0: other.recipients.append(77)
            case 1: other.thread.id &+= 1
            case 2: other.sender &+= 1
            default: other.time = other.time + .seconds(2 * 86_400)
            }
            let before = detector.suspicion(of: try traffic.source("joe"))?.suspects ?? 0
            _ = detector.judge(other)
            #expect(detector.suspicion(of: try traffic.source("joe"))?.suspects == before + 1)
        }
    }

    @Test func whatIsPutOffCountsOnceHoweverOftenTheServerTries() throws {
        var policy = DetectionPolicy()
        (policy.throttle, policy.hold) = (2, 50)
        var traffic = try Traffic()
        var detector = Detector(policy: policy)
        try traffic.teach(&detector, ["joe"])
        func relayed(_ event: SubmissionEvent) -> SubmissionEvent {
            var event = event
            event.identity.evidence = .header
            return event
        }
        _ = detector.judge(relayed(traffic.spam("joe", 5, at: Self.now)))
        let joe = try traffic.source("joe")
        var event = relayed(traffic.spam("joe", 5, at: Self.now + 10))
        #expect(detector.judge(event).action == .throttle)
        let first = try #require(detector.suspicion(of: joe))
        for _ in 0..<20 {
            event.time = event.time + .seconds(600)
            #expect(detector.judge(event).action == .throttle)
        }
        let last = try #require(detector.suspicion(of: joe))
        #expect(last.suspects == first.suspects && last.sum <= first.sum)
    }

    @Test func itIsLearntOnceAndWithItsRecipientsInAnyOrder() throws {
        var (traffic, detector) = try taught()
        var event = traffic.event("joe", -5, at: Self.now, recipients: [1, 2, 3])
        _ = detector.judge(event)
        detector.observe(returned: ReturnedEvent(event, at: event.time))
        let snapshot = detector
        event.recipients.reverse()
        event.time = event.time + .seconds(5)
        _ = detector.judge(event)
        let place = try #require(detector.accounts.known(try traffic.source("joe")))
        #expect(detector.accounts[place].habits?.learned == snapshot.accounts[place].habits?.learned)
        #expect(
            detector.accounts[place].messages.inDay(at: event.time.seconds)
                == snapshot.accounts[place].messages.inDay(at: event.time.seconds))
    }
}
