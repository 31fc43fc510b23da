package import Enforcement
import Foundation
import GRDB

/// Lists as the console pages through them.
extension ControlDatabase {
    /// Entries before `sequence`, latest first, at most `pageLimit`.
    package func audit(before sequence: Int64?, limit: Int) throws(ControlError) -> [AuditEntry] {
        guard let sequence else { return try latestAudit(limit: limit) }
        let count = max(0, min(limit, Self.pageLimit))
        let first = max(1, sequence - Int64(count))
        guard first < sequence else { return [] }
        // Numbers have no gaps, so a page is a range.
        return try audit(after: first - 1, limit: Int(sequence - first)).reversed()
    }

    /// The number of the latest entry; 0 when there is none.
    package func auditEnd() throws(ControlError) -> Int64 { try latestAudit(limit: 1).first?.sequence ?? 0 }
}

extension ControlDatabase {
    /// Stops in force, with those whose time is just over.
    package func stopCount() throws(ControlError) -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM stop") ?? 0 }
    }
}
