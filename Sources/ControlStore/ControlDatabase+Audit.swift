import Crypto
package import Enforcement
import Foundation
import GRDB
package import MailTypes

/// The audit log: append-only, hash-chained.
extension ControlDatabase {
    /// What `verifyAudit` found.
    package enum AuditFinding: Hashable, Sendable {
        /// So many entries, all as they were written.
        case intact(Int64)
        /// The first entry that is missing, changed, or does not follow the one before it.
        case broken(Int64)
    }

    /// Appends an entry for an act that has no function of its own here.
    package func record(
        author: String, act: String, subject: String, detail: String = "", at time: Timestamp
    ) throws(ControlError) {
        try write { try Self.append($0, author, act, subject, detail, time) }
    }

    /// An entry to be written.
    package struct AuditDraft: Hashable, Sendable {
        package var act: String
        package var subject: String
        package var detail: String

        package init(act: String, subject: String, detail: String = "") {
            self.act = act
            self.subject = subject
            self.detail = detail
        }
    }

    /// Appends several entries in one transaction.
    package func record(_ drafts: [AuditDraft], author: String, at time: Timestamp) throws(ControlError) {
        guard !drafts.isEmpty else { return }
        try write { db in
            for draft in drafts { try Self.append(db, author, draft.act, draft.subject, draft.detail, time) }
        }
    }

    /// Entries after `sequence`, oldest first, at most `pageLimit`.
    package func audit(after sequence: Int64 = 0, limit: Int) throws(ControlError) -> [AuditEntry] {
        try read { try Self.entries($0, after: sequence, limit: min(limit, Self.pageLimit)) }
    }

    /// The latest entries, latest first, at most `pageLimit`.
    package func latestAudit(limit: Int) throws(ControlError) -> [AuditEntry] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM audit ORDER BY sequence DESC LIMIT ?",
                arguments: [max(0, min(limit, Self.pageLimit))]
            ).map(Self.entry)
        }
    }

    /// Follows the whole chain, a page at a time; also that its end is the one that was last written.
    package func verifyAudit() throws(ControlError) -> AuditFinding {
        try read { db in
            var last: AuditEntry?
            while true {
                let page = try Self.entries(db, after: last?.sequence ?? 0, limit: Self.pageLimit)
                for entry in page {
                    guard entry.follows(last, digest: Self.digest) else { return .broken((last?.sequence ?? 0) + 1) }
                    last = entry
                }
                if page.isEmpty { break }
            }
            let head = try Row.fetchOne(db, sql: "SELECT sequence, hash FROM audit_head")
            let hash: Data? = head?["hash"]
            guard head?["sequence"] == last?.sequence, hash.map([UInt8].init) == last?.hash else {
                return .broken((last?.sequence ?? 0) + 1)
            }
            return .intact(last?.sequence ?? 0)
        }
    }

    static func digest(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    /// Appends within a transaction.
    static func append(
        _ db: Database, _ author: String, _ act: String, _ subject: String, _ detail: String, _ time: Timestamp
    ) throws {
        let last = try Row.fetchOne(db, sql: "SELECT * FROM audit ORDER BY sequence DESC LIMIT 1").map(entry)
        let new = AuditEntry(
            after: last, time: time, author: author, act: act, subject: subject, detail: detail, digest: digest)
        try db.execute(
            sql:
                "INSERT INTO audit (sequence, at, author, act, subject, detail, previous, hash) VALUES (?,?,?,?,?,?,?,?)",
            arguments: [
                new.sequence, new.time.microseconds, new.author, new.act, new.subject, new.detail, Data(new.previous),
                Data(new.hash),
            ])
        try db.execute(
            sql: """
                INSERT INTO audit_head (only, sequence, hash) VALUES (1, ?, ?)
                ON CONFLICT (only) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
                """, arguments: [new.sequence, Data(new.hash)])
    }

    private static func entries(_ db: Database, after sequence: Int64, limit: Int) throws -> [AuditEntry] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?",
            arguments: [sequence, max(0, limit)]
        ).map(entry)
    }

    static func auditEntries(_ db: Database, subject: String, after sequence: Int64, limit: Int) throws -> [AuditEntry]
    {
        try Row.fetchAll(
            db, sql: "SELECT * FROM audit WHERE subject = ? AND sequence > ? ORDER BY sequence LIMIT ?",
            arguments: [subject, sequence, max(0, limit)]
        ).map(entry)
    }

    private static func entry(_ row: Row) -> AuditEntry {
        let (previous, hash): (Data, Data) = (row["previous"], row["hash"])
        return AuditEntry(
            sequence: row["sequence"], time: Timestamp(microseconds: row["at"]), author: row["author"],
            act: row["act"], subject: row["subject"], detail: row["detail"], previous: [UInt8](previous),
            hash: [UInt8](hash))
    }
}
