import MailTypes
import Testing

@testable import Relay

func domain(_ text: String) throws -> DomainName { try #require(DomainName(text)) }

func mailDestination(_ text: String, pool: EgressPool.Kind = .clean) throws -> DestinationKey {
    DestinationKey(hop: .mail(.name(try domain(text))), pool: pool, tls: .may)
}

extension Timestamp {
    /// A fixed beginning for tests.
    static let start = Timestamp(seconds: 1_800_000_000)
}

/// A scheduler with a clock of its own and a short way to queue messages.
struct Bench {
    var scheduler: DeliveryScheduler
    var now = Timestamp.start
    var nextID: Int64 = 1

    init(_ settings: DeliveryScheduler.Settings = .init()) {
        scheduler = DeliveryScheduler(settings: settings, seed: 7)
    }

    typealias Action = DeliveryScheduler.Action

    mutating func enqueue(
        _ destination: DestinationKey, customer: String = "acme", recipients: Int = 1,
        lifetime: Duration = .seconds(432_000)
    ) -> (SubmissionID, [Action]) {
        let id = SubmissionID(rawValue: nextID)
        nextID += 1
        let message = DeliveryScheduler.QueuedMessage(
            id: id, customer: CustomerID(customer), expires: now + lifetime, noticeAt: now + .seconds(14_400),
            parts: [.init(destination: destination, recipients: RecipientNumbers(Array(0..<recipients)))])
        return (id, scheduler.enqueue(message, now: now))
    }

    /// Brings a destination to life with the first message, answers the open connections' handles after `connected`.
    mutating func resolve(_ actions: [Action]) -> [Action] {
        var result: [Action] = []
        for case .resolve(let destination, _) in actions {
            result += scheduler.resolved(destination, .usable(until: now + .seconds(3600)), now: now)
        }
        return result
    }
}

extension [DeliveryScheduler.Action] {
    var connects: [DeliveryScheduler.ConnectionHandle] {
        compactMap { if case .connect(let connection, _) = $0 { connection } else { nil } }
    }

    var sends:
        [(delivery: DeliveryScheduler.DeliveryHandle, id: SubmissionID, connection: DeliveryScheduler.ConnectionHandle)]
    {
        compactMap {
            if case .send(let delivery, let id, _, let connection) = $0 { (delivery, id, connection) } else { nil }
        }
    }

    var outcomes: [DeliveryScheduler.Outcome] {
        compactMap { if case .outcome(let outcome) = $0 { outcome } else { nil } }
    }

    var closes: [DeliveryScheduler.ConnectionHandle] {
        compactMap { if case .close(let connection) = $0 { connection } else { nil } }
    }

    var wake: Timestamp? {
        compactMap { if case .wakeAt(let time) = $0 { time } else { nil } }.last
    }

    var postponed: Timestamp? {
        compactMap { if case .postponed(_, let until, _) = $0 { until } else { nil } }.last
    }

    var resolves: Int { count { if case .resolve = $0 { true } else { false } } }
}
