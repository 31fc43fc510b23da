import Enforcement
import GRDB
import MailTypes
import Testing

@testable import ControlStore

struct AuditTests {
    @Test func aChangedRemovedOrInsertedEntryIsNamed() throws {
        let directory = try Directory()
        let control = try ControlDatabase(directory: directory.path)
        for number in 1...5 {
            try control.record(
                author: "person:ann", act: "held.release", subject: "m\(number)", at: Timestamp(seconds: Int64(number)))
        }
        #expect(try control.verifyAudit() == .intact(5))
        for sql in [
            "UPDATE audit SET author = 'x' WHERE sequence = 3", "DELETE FROM audit WHERE sequence = 3",
            """
            INSERT OR REPLACE INTO audit
            SELECT sequence, at, 'x', act, subject, detail, previous, hash FROM audit WHERE sequence = 3
            """,
            "INSERT INTO audit SELECT 9, at, author, act, subject, detail, previous, hash FROM audit WHERE sequence = 3",
        ] {
            #expect(throws: DatabaseError.self) { try control.pool.write { try $0.execute(sql: sql) } }
        }
        #expect(try control.verifyAudit() == .intact(5))
        // Somebody with the file and a shell can drop the triggers, and is found out.
        try control.pool.write { db in
            try db.execute(sql: "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete")
        }
        try control.pool.write { try $0.execute(sql: "DELETE FROM audit WHERE sequence = 5") }
        #expect(try control.verifyAudit() == .broken(5))
        try control.pool.write { try $0.execute(sql: "UPDATE audit SET detail = 'other' WHERE sequence = 2") }
        #expect(try control.verifyAudit() == .broken(2))
        try control.pool.write { try $0.execute(sql: "DELETE FROM audit WHERE sequence = 1") }
        #expect(try control.verifyAudit() == .broken(1))
    }

    @Test func readingIsBounded() throws {
        let directory = try Directory()
        let control = try ControlDatabase(directory: directory.path)
        for number in 1...30 {
            try control.record(author: "daemon", act: "a", subject: "\(number)", at: Timestamp(seconds: 1))
        }
        #expect(try control.audit(limit: 10).map(\.sequence) == Array(1...10))
        #expect(try control.audit(after: 25, limit: 10).map(\.sequence) == Array(26...30))
        #expect(try control.latestAudit(limit: 2).map(\.sequence) == [30, 29])
        #expect(try control.audit(limit: -1).isEmpty)
    }
}
