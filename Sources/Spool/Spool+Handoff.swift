package import MailTypes
import NIOConcurrencyHelpers

/// Where the gateway is in what other processes did.
struct HandoffMark: Sendable {
    var dataVersion: Int64?
    /// There was more than one page of it.
    var hasMore = false
}

/// What commands did beside the running gateway.
extension Spool {
    /// Messages that one call hands over at most.
    package static let handoffPage = 1000

    /// Messages that other processes released, held or deleted since the last call, each once, in the order of the acts.
    /// Costs microseconds when nobody else wrote: ask every second. Blocks for the transaction under way.
    package func pickUpReleased() throws(SpoolError) -> [SubmissionID] {
        let mark = handoff.withLockedValue { $0 }
        let (found, version) = try writer.perform { tables throws(SpoolError) -> ([(Int64, Int64, Int64)], Int64) in
            // On the writing connection, so that the gateway's own commits do not count.
            let version = try tables.connection.integer("PRAGMA data_version") ?? 0
            guard version != mark.dataVersion || mark.hasMore else { return ([], version) }
            var rows: [(Int64, Int64, Int64)] = []
            let statement = try tables.connection.prepare(
                "SELECT sequence, message, freed FROM handoff ORDER BY sequence LIMIT \(Self.handoffPage)")
            while try statement.step() {
                rows.append((statement.integer(0), statement.integer(1), statement.integer(2)))
            }
            // Finished before the deletion, and should the gateway die now, its next start reads all of the queue.
            statement.reset()
            if let last = rows.last?.0 {
                try tables.connection.execute("DELETE FROM handoff WHERE sequence <= \(last)")
            }
            return (rows, version)
        }
        handoff.withLockedValue { $0 = HandoffMark(dataVersion: version, hasMore: found.count == Self.handoffPage) }
        account.withLockedValue { account in
            for (_, _, freed) in found { account.free(Int(freed)) }
        }
        var seen: Set<Int64> = []
        return found.filter { seen.insert($0.1).inserted }.map { SubmissionID(rawValue: $0.1) }
    }
}
