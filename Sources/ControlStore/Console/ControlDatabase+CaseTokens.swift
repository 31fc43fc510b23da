import Foundation
import GRDB
package import MailTypes

/// Links of cases: who has one sees that case, and no other, until it expires or is revoked.
extension ControlDatabase {
    /// How long a link may be good at most.
    package static let caseTokenLifetime = Duration.seconds(90 * 86_400)
    /// Links of one case that are good at a time; further ones are refused.
    package static let caseTokenLimit = 50

    /// What is kept of a case's link.
    package struct CaseToken: Hashable, Sendable {
        package var id: Int64
        package var caseID: CaseID
        package var created: Timestamp
        package var expires: Timestamp
        package var revoked: Timestamp?
        package var author: String

        package func isGood(at time: Timestamp) -> Bool { revoked == nil && time < expires }
    }

    /// Makes a link's token for a case; recorded. The token is not kept: whoever asked shows it once.
    ///
    /// - Parameter lifetime: cut to `caseTokenLifetime`.
    package func mintCaseToken(
        _ token: CapabilityToken, for id: CaseID, lifetime: Duration = caseTokenLifetime, author: String,
        at time: Timestamp
    ) throws(ControlError) -> CaseToken {
        try write { db in
            guard try CaseRows.fetch(db, id) != nil else { throw ControlError(.notFound, "there is no \(id)") }
            // Long after their end nobody asks for them any more.
            try db.execute(
                sql: "DELETE FROM case_token WHERE expires < ?",
                arguments: [(time - Self.caseTokenLifetime).microseconds])
            let good = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM case_token WHERE incident = ? AND revoked IS NULL AND expires > ?",
                arguments: [id.rawValue, time.microseconds])
            guard good ?? 0 < Self.caseTokenLimit else {
                throw ControlError(.refused, "\(id) has \(Self.caseTokenLimit) links already: revoke some")
            }
            let expires = time + max(.seconds(60), min(lifetime, Self.caseTokenLifetime))
            try db.execute(
                sql: "INSERT INTO case_token (incident, hash, created, expires, author) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    id.rawValue, Data(token.digest), time.microseconds, expires.microseconds, author,
                ])
            let made = CaseToken(
                id: db.lastInsertedRowID, caseID: id, created: time, expires: expires, revoked: nil, author: author)
            try Self.append(db, author, "case.link", id.description, "link \(made.id), until \(expires.iso8601)", time)
            return made
        }
    }

    /// The link that the token is of, good or not; `nil` if there is none.
    package func caseToken(_ token: CapabilityToken) throws(ControlError) -> CaseToken? {
        try read { db in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT * FROM case_token WHERE hash = ?", arguments: [Data(token.digest)])
            else { return nil }
            let hash: Data = row["hash"]
            return token.matches([UInt8](hash)) ? Self.caseToken(row) : nil
        }
    }

    /// All links of a case, youngest first.
    package func caseTokens(of id: CaseID) throws(ControlError) -> [CaseToken] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM case_token WHERE incident = ? ORDER BY id DESC LIMIT ?",
                arguments: [id.rawValue, Self.pageLimit]
            ).map(Self.caseToken)
        }
    }

    /// Ends links of a case at once; recorded.
    ///
    /// - Parameter number: one of them; `nil`: all.
    /// - Returns: how many were good until now.
    package func revokeCaseTokens(
        of id: CaseID, number: Int64? = nil, author: String, at time: Timestamp
    ) throws(ControlError) -> Int {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE case_token SET revoked = ?
                    WHERE incident = ? AND (id = ? OR ?) AND revoked IS NULL AND expires > ?
                    """,
                arguments: [time.microseconds, id.rawValue, number ?? 0, number == nil, time.microseconds])
            let count = db.changesCount
            if count > 0 {
                let which = number.map { "link \($0)" } ?? "all \(count) links"
                try Self.append(db, author, "case.unlink", id.description, which, time)
            }
            return count
        }
    }

    private static func caseToken(_ row: Row) -> CaseToken {
        let revoked: Int64? = row["revoked"]
        return CaseToken(
            id: row["id"], caseID: CaseID(rawValue: row["incident"]),
            created: Timestamp(microseconds: row["created"]), expires: Timestamp(microseconds: row["expires"]),
            revoked: revoked.map(Timestamp.init(microseconds:)), author: row["author"])
    }
}
