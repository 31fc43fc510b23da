import Foundation
import GRDB
package import MailTypes

/// Reading: blocks, sees what was committed, waits for no writer.
extension Spool {
    package func message(_ id: SubmissionID) throws(SpoolError) -> SpooledMessage? {
        try read { try MessageRow.fetch($0, id) }
    }

    /// The chunk of that index, `nil` behind the last.
    package func chunk(_ id: SubmissionID, index: Int) throws(SpoolError) -> [UInt8]? {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT data FROM body WHERE message = ? AND idx = ?")
            return try Data.fetchOne(statement, arguments: [id.rawValue, index]).map { [UInt8]($0) }
        }
    }

    /// Queued messages in the order of their arrival, a page at a time; an empty page is the end.
    package func queued(after id: SubmissionID?, limit: Int) throws(SpoolError) -> [SpooledMessage] {
        try read {
            try MessageRow.fetch(
                $0, "WHERE held_until IS NULL AND id > ? ORDER BY id", [id?.rawValue ?? -1], limit: limit)
        }
    }

    /// Held messages whose time is over, the longest overdue first.
    package func heldPastDeadline(_ now: Timestamp, limit: Int) throws(SpoolError) -> [SpooledMessage] {
        try read {
            try MessageRow.fetch(
                $0, "INDEXED BY held_deadline WHERE held_until <= ? ORDER BY held_until, id", [now.microseconds],
                limit: limit)
        }
    }

    /// What was done with a message that was held, oldest first; at most 100. Also when the message is gone.
    package func fates(_ id: SubmissionID) throws(SpoolError) -> [FateRecord] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM fate WHERE message = ? ORDER BY at LIMIT 100", arguments: [id.rawValue]
            ).compactMap(Self.fate)
        }
    }

    /// The latest acts, latest first.
    package func latestFates(limit: Int) throws(SpoolError) -> [FateRecord] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM fate ORDER BY at DESC LIMIT ?", arguments: [max(0, limit)])
                .compactMap(Self.fate)
        }
    }

    /// SQLite's own check of the whole file, messages whose rows cannot be read, and messages without all of their chunks;
    /// at most 20 of each, empty when it is sound. Reads everything: for `spool check`.
    package func integrityProblems() throws(SpoolError) -> [String] {
        try read { db in
            var problems = try String.fetchAll(db, sql: "PRAGMA quick_check(20)").filter { $0 != "ok" }
            problems += try MessageRow.damaged(db, limit: 20).map { "message \($0) cannot be read" }
            problems += try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM message
                    WHERE chunks <> (SELECT count(*) FROM body WHERE body.message = message.id) LIMIT 20
                    """
            ).map { "message \(SubmissionID(rawValue: $0)) has not all of its content" }
            return problems
        }
    }

    func read<T>(_ work: (Database) throws -> T) throws(SpoolError) -> T {
        do { return try pool.read(work) } catch { throw SpoolError(error) }
    }

    private static func fate(_ row: Row) -> FateRecord? {
        guard let fate = FateRecord.Fate(rawValue: row["what"]) else { return nil }
        return FateRecord(
            message: SubmissionID(rawValue: row["message"]), fate: fate, author: row["author"],
            at: Timestamp(microseconds: row["at"]))
    }
}
