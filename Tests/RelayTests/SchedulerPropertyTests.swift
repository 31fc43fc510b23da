import MailTypes
import Testing

@testable import Relay

/// A world that answers at random, with a seed: whatever happens, no recipient may be lost or sent twice.
@Suite struct SchedulerPropertyTests {
    @Test(arguments: UInt64(0)..<60)
    func everyRecipientIsAccountedFor(seed: UInt64) throws {
        var world = try World(seed: seed)
        for _ in 0..<1500 {
            try world.step()
            if world.trouble != nil { break }
        }
        #expect(world.trouble == nil)
        world.isKind = true
        for _ in 0..<20_000 where world.pendingCount > 0 { try world.step() }
        #expect(world.pendingCount == 0)
        #expect(world.trouble == nil)
        #expect(world.bench.scheduler.deliveries.count == 0)
        #expect(world.bench.scheduler.inFlight == 0)
        #expect(world.bench.scheduler.waiting == 0)
    }
}

struct World {
    var bench: Bench
    var random: SplitMix64
    var isKind = false
    var pending: [SubmissionID: Set<Int>] = [:]
    /// What is under way at the shell, in any order.
    var resolving: [DeliveryScheduler.DestinationHandle] = []
    var connecting: [DeliveryScheduler.ConnectionHandle] = []
    var open: [DeliveryScheduler.ConnectionHandle] = []
    var sending:
        [(DeliveryScheduler.DeliveryHandle, SubmissionID, RecipientNumbers, DeliveryScheduler.ConnectionHandle)] =
            []
    var wake: Timestamp?
    var trouble: String?
    let keys: [DestinationKey]

    var pendingCount: Int { pending.count }

    init(seed: UInt64) throws {
        var settings = DeliveryScheduler.Settings()
        settings.maximumConnections = 6
        settings.recipientsPerTransaction = 3
        settings.messagesPerConnection = 4
        settings.workPerEvent = 5
        bench = Bench(settings)
        random = SplitMix64(seed: seed)
        keys = try (0..<5).map { try mailDestination("d\($0).example") }
    }

    mutating func dice(_ sides: UInt64) -> Int { Int(random.next() % sides) }

    mutating func pick<T>(_ list: WritableKeyPath<World, [T]>) -> T? {
        let count = self[keyPath: list].count
        return count == 0 ? nil : self[keyPath: list].remove(at: dice(UInt64(count)))
    }

    mutating func step() throws {
        bench.now = bench.now + .milliseconds(Int64(dice(3000)))
        switch isKind ? 3 + dice(5) : dice(8) {
        case 0, 1, 2: enqueue()
        case 3:
            if let destination = pick(\.resolving) {
                let answer = isKind ? 0 : dice(6)
                let resolution: DeliveryScheduler.Resolution =
                    answer == 5
                    ? .permanent(until: bench.now + .seconds(30))
                    : answer == 4 ? .temporary : .usable(until: bench.now + .seconds(60))
                apply(bench.scheduler.resolved(destination, resolution, now: bench.now))
            }
        case 4:
            if let connection = pick(\.connecting) {
                if isKind || dice(3) > 0 {
                    open.append(connection)
                    apply(bench.scheduler.connected(connection, now: bench.now))
                } else {
                    apply(bench.scheduler.connectFailed(connection, now: bench.now))
                }
            }
        case 5: finishOne()
        case 6:
            if !isKind, dice(4) == 0, let connection = pick(\.open) {
                apply(bench.scheduler.closed(connection, now: bench.now))
            }
        default:
            if let wake, wake > bench.now, isKind || dice(3) == 0 { bench.now = wake }
            if let wake, wake <= bench.now {
                self.wake = nil
                apply(bench.scheduler.tick(now: bench.now))
            }
        }
    }

    mutating func enqueue() {
        let id = SubmissionID(rawValue: bench.nextID)
        bench.nextID += 1
        let first = dice(4)
        let second = dice(3)
        var parts = [
            DeliveryScheduler.QueuedMessage.Part(
                destination: keys[dice(5)], recipients: RecipientNumbers(Array(0...first)))
        ]
        if second > 0 {
            parts.append(
                .init(
                    destination: keys[dice(5)], recipients: RecipientNumbers(Array((first + 1)...(first + second))))
            )
        }
        pending[id] = Set(0...(first + second))
        let message = DeliveryScheduler.QueuedMessage(
            id: id, customer: CustomerID("c\(dice(3))"), expires: bench.now + .seconds(3600),
            noticeAt: dice(2) == 0 ? bench.now + .seconds(600) : nil, parts: parts)
        apply(bench.scheduler.enqueue(message, now: bench.now))
    }

    mutating func finishOne() {
        guard let (delivery, _, recipients, connection) = pick(\.sending) else { return }
        let state: DeliveryScheduler.ConnectionState =
            isKind ? .usable : [.usable, .usable, .ended, .troubled, .neverStarted][dice(5)]
        let dispositions: [DeliveryScheduler.Disposition] =
            state == .neverStarted
            ? []
            : recipients.numbers.map { _ in isKind ? .delivered : [.delivered, .failed, .deferred, .again][dice(4)]
            }
        apply(bench.scheduler.finished(delivery, on: connection, dispositions, connection: state, now: bench.now))
    }

    mutating func apply(_ actions: [DeliveryScheduler.Action]) {
        for action in actions {
            switch action {
            case .resolve(let destination, _): resolving.append(destination)
            case .connect(let connection, _): connecting.append(connection)
            case .send(let delivery, let id, let recipients, let connection):
                for number in recipients.numbers where pending[id]?.contains(number) != true {
                    trouble = "sent again: \(id) \(number)"
                }
                if sending.contains(where: { $0.3 == connection }) { trouble = "two on one connection" }
                sending.append((delivery, id, recipients, connection))
            case .close(let connection): open.removeAll { $0 == connection }
            case .outcome(let outcome): settle(outcome)
            case .wakeAt(let time): wake = time
            case .delayed, .postponed: break
            }
        }
        if bench.scheduler.connections.count > 6 { trouble = "too many connections" }
    }

    mutating func settle(_ outcome: DeliveryScheduler.Outcome) {
        for number in outcome.delivered.numbers + outcome.failed.numbers {
            if pending[outcome.message]?.remove(number) == nil { trouble = "settled twice: \(outcome)" }
        }
        for number in outcome.deferred.numbers where pending[outcome.message]?.contains(number) != true {
            trouble = "deferred after its end: \(outcome)"
        }
        if outcome.isLast {
            if pending[outcome.message]?.isEmpty != true { trouble = "lost: \(outcome)" }
            pending[outcome.message] = nil
        }
    }
}
