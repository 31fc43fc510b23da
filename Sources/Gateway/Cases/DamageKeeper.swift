import ControlStore
import Enforcement
import Journal
import Logging
import MailTypes
import NIOCore
import Response

/// Counts from the journal what got out in each incident, and keeps it with the case. A segment at a time, so that nothing waits
/// long behind it.
final class DamageKeeper: Sendable {
    static let interval = TimeAmount.seconds(10)
    /// Cases that one reading of the journal serves.
    private static let round = 8

    private let control: ControlDatabase
    private let journal: JournalReader
    private let flush: @Sendable () -> Void
    private let blocking: CaseKeeper.Blocking
    private let logger: Logger

    /// - Parameter flush: writes what the journal has in memory.
    init(
        control: ControlDatabase, journal: JournalReader, logger: Logger, blocking: CaseKeeper.Blocking,
        flush: @escaping @Sendable () -> Void
    ) {
        self.control = control
        self.journal = journal
        self.logger = logger
        self.blocking = blocking
        self.flush = flush
    }

    /// Counts for the cases that are due.
    func look(at time: Timestamp) async {
        do {
            let (control, journal, flush) = (control, journal, flush)
            let cases = try await blocking {
                try control.casesWithUncountedDamage(at: time, limit: Self.round)
            }
            guard let first = cases.map(\.first).min() else { return }
            let segments = try await blocking {
                flush()
                return try journal.segments(since: first - DamageTally.lead)
            }
            var tallies = cases.map { DamageTally($0) }
            for segment in segments {
                let before = tallies
                tallies = try await blocking {
                    var tallies = before
                    journal.read(segment: segment) { event in
                        for index in tallies.indices { tallies[index].take(event) }
                    }
                    return tallies
                }
            }
            let counted = zip(cases, tallies).map { ($0.id, $1.result(at: time)) }
            try await blocking {
                for (id, damage) in counted { try control.keepDamage(damage, of: id) }
            }
        } catch {
            logger.error("damage not counted", metadata: ["error": "\(error)"])
        }
    }
}
