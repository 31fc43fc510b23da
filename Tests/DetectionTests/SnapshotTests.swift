import MailTypes
import Testing

@testable import Detection

struct SnapshotTests {
    /// Mixed traffic of many accounts, some of them bad, with outcomes and a clock that leaps.
    private static func events(_ count: Int) throws -> [SubmissionEvent] {
        var traffic = try Traffic()
        var generator = SeededGenerator(state: 7)
        var time = 0.0
        return (0..<count).map { index in
            time += Double.random(in: 0...400, using: &generator)
            if index % 500 == 499 { time += Double.random(in: -90_000...200_000, using: &generator) }
            let account = Int.random(in: 0..<40, using: &generator)
            let isBad = account < 4 && Int.random(in: 0..<3, using: &generator) == 0
            let content = Double.random(in: -7...0, using: &generator)
            return traffic.event(
                account == 39 ? nil : "user\(account)", isBad ? content + 8 : content, at: time,
                recipients: (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                    UInt64.random(in: 0..<500, using: &generator)
                }, campaign: Bool.random(using: &generator) ? UInt64.random(in: 0..<30, using: &generator) : nil,
                earlier: index)
        }
    }

    private static func outcome(_ event: SubmissionEvent) -> OutcomeEvent {
        OutcomeEvent(
            id: event.id, time: event.time + .seconds(3), identity: event.identity,
            campaign: event.campaign?.campaign,
            result: event.id.rawValue % 5 == 0 ? .unknownRecipient : .delivered)
    }

    @Test func aSnapshotInTheMiddleChangesNothing() throws {
        var capacity = Detector.Capacity()
        capacity.accounts = 20
        capacity.campaigns = 10
        var straight = Detector(capacity: capacity)
        var restarted = Detector(capacity: capacity)
        for (index, event) in try Self.events(4000).enumerated() {
            #expect(straight.judge(event) == restarted.judge(event))
            straight.observe(Self.outcome(event))
            restarted.observe(Self.outcome(event))
            if index % 333 == 0 {
                let snapshot = restarted.snapshot()
                restarted = Detector(capacity: capacity)
                try restarted.restore(snapshot)
                #expect(restarted.snapshot() == snapshot)
            }
        }
        #expect(straight.snapshot() == restarted.snapshot())
    }

    @Test func damageIsFoundWhereverItIs() throws {
        var detector = Detector()
        for event in try Self.events(30) { _ = detector.judge(event) }
        let good = detector.snapshot()
        var target = Detector()
        for index in stride(from: 0, to: good.count, by: 37) {
            var bad = good
            bad[index] ^= 0x10
            #expect(throws: SnapshotError.self) { try target.restore(bad) }
            #expect(throws: SnapshotError.self) { try target.restore(Array(good[..<index])) }
        }
        #expect(target.count == 0)
        try target.restore(good)
        #expect(target.count == detector.count)
    }

    /// Bytes that pass the checksum but mean nothing: no trap, whatever they say.
    @Test func nonsenseWithARightChecksumIsRefused() throws {
        var detector = Detector()
        for event in try Self.events(10) { _ = detector.judge(event) }
        let good = detector.snapshot()
        var generator = SeededGenerator(state: 3)
        for _ in 0..<3000 {
            var bytes = Array(good.dropLast(8))
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: 12..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
                bytes.removeLast(Int.random(in: 0..<(bytes.count - 12), using: &generator))
            }
            var writer = ByteWriter(bytes: bytes)
            writer.add(StableHash.checksum(bytes[...]))
            var target = Detector()
            do {
                try target.restore(writer.bytes)
                // What it took is values, and it goes on working with them.
                for event in try Self.events(20) { _ = target.judge(event) }
            } catch let error as SnapshotError {
                #expect(error.code == .damaged)
            }
        }
    }

    @Test func memoryIsBounded() throws {
        let state = MemoryLayout<SourceState>.size + 2 * (RecipientMemory.words * 8 + 32)
        let parts = SuspectParts.capacity * MemoryLayout<SuspectParts.Entry>.stride + 32
        #expect(state + parts <= 2048)
        var capacity = Detector.Capacity()
        (capacity.accounts, capacity.servers, capacity.customers, capacity.campaigns) = (50, 3, 2, 20)
        var detector = Detector(capacity: capacity)
        for customer in 0..<4 {
            var traffic = try Traffic(customer: "c\(customer)", server: "192.0.2.\(customer)")
            for number in 0..<500 {
                _ = detector.judge(
                    traffic.event(
                        "user\(number)", 6, at: Double(number), recipients: [UInt64(number)], campaign: UInt64(number)))
            }
        }
        #expect(detector.count == 75)
        #expect(detector.snapshot().count <= 75 * 2048)
    }

    @Test func aClockThatLeapsNeitherForgetsNorTraps() throws {
        var traffic = try Traffic()
        var detector = Detector()
        for number in 0..<3 { _ = detector.judge(traffic.event("joe", 6, at: Double(number))) }
        let joe = try traffic.source("joe")
        let before = try #require(detector.suspicion(of: joe)).sum
        // Ten years ahead, and back: a week's fading at most.
        _ = detector.judge(traffic.event("joe", -5, at: 3.15e8))
        let verdict = detector.judge(traffic.event("joe", 6, at: 5))
        #expect(try #require(detector.suspicion(of: joe)).sum > before / 8)
        #expect(verdict.action == .hold)
        var event = traffic.event("joe", 6, at: 6)
        for time in [
            Timestamp(microseconds: .min + 1_000_000), .distantFuture, .distantPast, Timestamp(microseconds: -1),
        ] {
            event.time = time
            _ = detector.judge(event)
        }
    }
}
