import MailTypes
import Testing

@testable import Detection

struct SnapshotTests {
    /// A small memory of the relay's, so that snapshots are.
    private static let small = {
        var capacity = Detector.Capacity()
        capacity.relayWords = 64
        return capacity
    }()

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
            if isBad { return traffic.spam("user\(account)", content + 8, at: time) }
            return traffic.event(
                account == 39 ? nil : "user\(account)", content, at: time,
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
        var capacity = Self.small
        capacity.accounts = 20
        capacity.campaigns = 10
        var straight = Detector(capacity: capacity)
        var restarted = Detector(capacity: capacity)
        for (index, event) in try Self.events(1500).enumerated() {
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
        var detector = Detector(capacity: Self.small)
        for event in try Self.events(30) { _ = detector.judge(event) }
        let good = detector.snapshot()
        var target = Detector(capacity: Self.small)
        for index in stride(from: 0, to: good.count, by: 397) {
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
        var detector = Detector(capacity: Self.small)
        for event in try Self.events(10) { _ = detector.judge(event) }
        let good = detector.snapshot()
        var generator = SeededGenerator(state: 3)
        for _ in 0..<200 {
            var bytes = Array(good.dropLast(8))
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: 12..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
                bytes.removeLast(Int.random(in: 0..<(bytes.count - 12), using: &generator))
            }
            var writer = ByteWriter()
            writer.bytes = bytes
            writer.add(StableHash.checksum(bytes[...]))
            var target = Detector(capacity: Self.small)
            do {
                try target.restore(writer.bytes)
                // What it took is values, and it goes on working with them.
                for event in try Self.events(20) { _ = target.judge(event) }
            } catch let error as SnapshotError {
                #expect(error.code == .damaged)
            }
        }
    }

    /// What versions before wrote ends earlier: without traps and returned mail, here both empty.
    @Test func theFormatBeforeIsStillRead() throws {
        var traffic = try Traffic()
        var detector = Detector(capacity: Self.small)
        // Nothing is learnt of what is suspect.
        detector.policy.suspect = -100
        for number in 0..<3 { _ = detector.judge(traffic.spam("joe", 2, at: Double(number) * 100)) }
        let now = detector.snapshot()
        let empty = 2 * (MemoryLayout<UInt64>.size + MemoryLayout<UInt32>.size)
        var writer = ByteWriter()
        writer.bytes = Array(now.prefix(8))
        writer.add(UInt32(3))
        writer.bytes += now[12..<(now.count - 8 - empty)]
        writer.add(StableHash.checksum(writer.bytes[...]))
        var restored = Detector(capacity: Self.small)
        try restored.restore(writer.bytes)
        #expect(restored.snapshot() == now)
    }

    @Test func trapsAndReturnedMailAreKept() throws {
        var traffic = try Traffic()
        var detector = Detector(capacity: Self.small)
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: 21 * Traffic.day - 60))
        for number in 0..<9 { _ = detector.judge(traffic.spam("joe", 5, at: 21 * Traffic.day + Double(number))) }
        let event = traffic.event("zoe", -4, at: 21 * Traffic.day + 20)
        _ = detector.judge(event)
        detector.observe(returned: ReturnedEvent(event, at: event.time))
        #expect(!detector.traps.table.isEmpty && !detector.returned.table.isEmpty)
        var restored = Detector(capacity: Self.small)
        try restored.restore(detector.snapshot())
        #expect(restored.traps == detector.traps && restored.returned == detector.returned)
        #expect(restored.snapshot() == detector.snapshot())
    }

    @Test func memoryIsBounded() throws {
        // An account's: state, habits with full traits, a memory that has grown once, parts.
        let traits = MemoryLayout<TraitMemory.Entry>.stride
        let few = 4 * (Habits.Capacity.few * traits + 32) + 3 * (Habits.Capacity.some * traits + 32)
        let networks = Habits.Capacity.networks * traits + Habits.Capacity.some * traits + 64
        let memory = RecipientMemory.words * 8 * RecipientMemory.growth * 2 + 3 * 2 * (8 * 8 + 32)
        let parts = SuspectParts.capacity * MemoryLayout<SuspectParts.Entry>.stride + 32
        let state = MemoryLayout<SourceState>.size + MemoryLayout<Habits>.size + MemoryLayout<LoginRecord>.size
        #expect(state + few + networks + memory + parts <= 6 * 1024)
        var capacity = Self.small
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
        #expect(detector.snapshot().count <= 75 * 6144 + 4096)
    }

    @Test func aClockThatLeapsNeitherForgetsNorTraps() throws {
        var traffic = try Traffic()
        var detector = Detector(capacity: Self.small)
        try traffic.teach(&detector, ["joe"])
        detector.observe(try traffic.login("joe", from: 77, at: 21 * Traffic.day - 60))
        let now = 21 * Traffic.day
        for number in 0..<2 { _ = detector.judge(traffic.spam("joe", 6, at: now + Double(number))) }
        let joe = try traffic.source("joe")
        let before = try #require(detector.suspicion(of: joe)).sum
        // Ten years ahead, and back: a week's fading at most.
        _ = detector.judge(traffic.event("joe", -5, at: now + 3.15e8))
        #expect(try #require(detector.suspicion(of: joe)).sum > before / 8)
        var event = traffic.event("joe", 6, at: now + 6)
        for time in [
            Timestamp(microseconds: .min + 1_000_000), .distantFuture, .distantPast, Timestamp(microseconds: -1),
        ] {
            event.time = time
            _ = detector.judge(event)
            var login = try traffic.login("joe", from: 3, at: 0)
            login.time = time
            detector.observe(login)
            _ = detector.releases(at: time)
        }
    }
}
