import Enforcement
import Foundation
import GRDB
package import MailTypes

/// Signed reports that were taken, and outside probes that are to be made.
extension ControlDatabase {
    /// Reports of one case; further ones are refused. Of each at least its nonce is kept, so that none is taken twice.
    package static let reportLimit = 5000
    /// Of so many of them, the latest, the bytes are kept.
    package static let reportsWhole = 20
    package static let reportSize = ByteCount.mib(8)

    /// A report that was taken.
    package struct CaseReport: Hashable, Sendable {
        package var id: Int64
        package var caseID: CaseID
        package var time: Timestamp
        package var producer: String
        package var host: String
    }

    /// Keeps a report whose signature was checked; `nil` if its nonce was seen in this case before.
    package func keepReport(
        _ content: [UInt8], nonce: String, producer: String, host: String, of id: CaseID, author: String,
        at time: Timestamp
    ) throws(ControlError) -> CaseReport? {
        guard content.count <= Self.reportSize.bytes, (1...128).contains(nonce.utf8.count) else {
            throw ControlError(.refused, "the report is too large, or without a nonce")
        }
        return try write { db in
            let incident = try Self.existing(db, id)
            guard !incident.state.isFinal else { throw ControlError(.refused, "\(id) has ended") }
            let known = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM incident_report WHERE incident = ?", arguments: [id.rawValue])
            guard known ?? 0 < Self.reportLimit else {
                throw ControlError(.refused, "\(id) has \(Self.reportLimit) reports already")
            }
            try db.execute(
                sql: """
                    INSERT INTO incident_report (incident, nonce, at, producer, host, content) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [id.rawValue, nonce, time.microseconds, producer, host, Data(content)])
            guard db.changesCount == 1 else { return nil }
            let row = db.lastInsertedRowID
            try db.execute(
                sql: """
                    UPDATE incident_report SET content = x'' WHERE incident = ? AND length(content) > 0 AND id NOT IN
                    (SELECT id FROM incident_report WHERE incident = ? ORDER BY id DESC LIMIT ?)
                    """, arguments: [id.rawValue, id.rawValue, Self.reportsWhole])
            let report = CaseReport(id: row, caseID: id, time: time, producer: producer, host: host)
            try Self.append(db, author, "case.report", id.description, "\(producer) on \(host)", time)
            return report
        }
    }

    /// Reports of a case, youngest first.
    package func reports(of id: CaseID, limit: Int) throws(ControlError) -> [CaseReport] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, at, producer, host FROM incident_report WHERE incident = ? ORDER BY id DESC LIMIT ?
                    """, arguments: [id.rawValue, max(0, min(limit, Self.pageLimit))]
            ).map { row in
                CaseReport(
                    id: row["id"], caseID: id, time: Timestamp(microseconds: row["at"]), producer: row["producer"],
                    host: row["host"])
            }
        }
    }

    /// The bytes of a report, as they came; `nil` when there is none, or when they are not kept any more.
    package func reportContent(_ report: Int64, of id: CaseID) throws(ControlError) -> [UInt8]? {
        try read { db in
            try Data.fetchOne(
                db,
                sql: "SELECT content FROM incident_report WHERE id = ? AND incident = ? AND length(content) > 0",
                arguments: [report, id.rawValue]
            ).map([UInt8].init)
        }
    }

    /// An outside look at the customer's servers.
    package struct ProbeOrder: Hashable, Sendable {
        package var id: Int64
        package var caseID: CaseID
        package var due: Timestamp
        package var author: String
    }

    /// Asks for a look; false if one waits already, or if one began less than `interval` ago: nobody makes us a load.
    package func orderProbe(
        of id: CaseID, due: Timestamp, interval: Duration, author: String, at time: Timestamp
    ) throws(ControlError) -> Bool {
        try write { db in
            let latest = try Row.fetchOne(
                db, sql: "SELECT due, begun, ended FROM probe WHERE incident = ? ORDER BY id DESC LIMIT 1",
                arguments: [id.rawValue])
            if let latest {
                let (waits, begun, ended): (Int64, Int64?, Int64?) = (latest["due"], latest["begun"], latest["ended"])
                if ended == nil {
                    // One that waits for later is taken forward.
                    guard begun == nil, waits > due.microseconds else { return false }
                    try db.execute(
                        sql: "DELETE FROM probe WHERE incident = ? AND ended IS NULL", arguments: [id.rawValue])
                } else if let begun, begun <= time.microseconds,
                    due - Timestamp(microseconds: begun) < interval
                {
                    return false
                }
            }
            try db.execute(
                sql: "INSERT INTO probe (incident, due, asked_by) VALUES (?, ?, ?)",
                arguments: [id.rawValue, due.microseconds, author])
            try Self.append(db, author, "case.probe.ask", id.description, "", time)
            return true
        }
    }

    /// Takes the looks that are due, marked as begun. One that a crash interrupted is taken again after an hour.
    package func takeProbes(at time: Timestamp, limit: Int) throws(ControlError) -> [ProbeOrder] {
        try write { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM probe WHERE ended IS NULL AND due <= ? AND (begun IS NULL OR begun < ? OR begun > ?)
                    ORDER BY due LIMIT ?
                    """,
                arguments: [
                    time.microseconds, (time - .seconds(3600)).microseconds, (time + .seconds(3600)).microseconds,
                    max(0, min(limit, Self.pageLimit)),
                ])
            return try rows.map { row in
                let id: Int64 = row["id"]
                try db.execute(sql: "UPDATE probe SET begun = ? WHERE id = ?", arguments: [time.microseconds, id])
                return ProbeOrder(
                    id: id, caseID: CaseID(rawValue: row["incident"]), due: Timestamp(microseconds: row["due"]),
                    author: row["asked_by"])
            }
        }
    }

    /// The look is over.
    package func finishProbe(_ probe: ProbeOrder, summary: String, at time: Timestamp) throws(ControlError) {
        try write { db in
            try db.execute(
                sql: "UPDATE probe SET ended = ?, summary = ? WHERE id = ?",
                arguments: [time.microseconds, summary, probe.id])
            try Self.append(db, "gateway", "case.probe", probe.caseID.description, summary, time)
        }
    }
}
