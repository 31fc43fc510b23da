import Enforcement
import Foundation
import GRDB
import MailTypes

/// Between `IncidentCase` and its rows.
enum CaseRows {
    static func fetch(_ db: Database, _ id: CaseID) throws -> IncidentCase? {
        try Row.fetchOne(db, sql: "SELECT * FROM incident WHERE id = ?", arguments: [id.rawValue])
            .map { try incident(db, $0) }
    }

    static func fetchAll(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> [IncidentCase]
    {
        try Row.fetchAll(db, sql: "SELECT * FROM incident " + condition, arguments: arguments)
            .map { try incident(db, $0) }
    }

    /// The customer's cases that have not ended, youngest first. More than fifty at once are one incident too many to tell
    /// apart, so the look for a home goes no further.
    static func open(_ db: Database, _ customer: CustomerID) throws -> [IncidentCase] {
        try fetchAll(
            db, "WHERE customer = ? AND is_final = 0 ORDER BY id DESC LIMIT 50", [customer.description])
    }

    /// The number of the next case; numbers are never used again.
    static func insert(_ db: Database, _ source: SourceID, _ evidence: [String], _ time: Timestamp) throws
        -> IncidentCase
    {
        try db.execute(
            sql: """
                INSERT INTO incident (customer, state, is_final, delivered, held, refused, first, last)
                VALUES (?, 'open', 0, 0, 0, 0, ?, ?)
                """, arguments: [source.customer.description, time.microseconds, time.microseconds])
        let new = IncidentCase(
            id: CaseID(rawValue: db.lastInsertedRowID), source: source, at: time, evidence: evidence)
        try save(db, new, before: nil)
        return new
    }

    /// Writes what differs from `before`: counting costs one row.
    static func save(_ db: Database, _ incident: IncidentCase, before: IncidentCase?) throws {
        let id = incident.id.rawValue
        try db.execute(
            sql: """
                UPDATE incident SET state = ?, is_final = ?, delivered = ?, held = ?, refused = ?, first = ?, last = ?,
                ended = ? WHERE id = ?
                """,
            arguments: [
                incident.state.rawValue, incident.state.isFinal, incident.counts.delivered, incident.counts.held,
                incident.counts.refused, incident.first.microseconds, incident.last.microseconds,
                incident.ended?.microseconds, id,
            ])
        if before?.sources != incident.sources || before?.stopped != incident.stopped {
            try db.execute(sql: "DELETE FROM incident_source WHERE incident = ?", arguments: [id])
            // A full case can have a stop on a source that has no place in its list.
            let unnamed = incident.stopped.subtracting(incident.sources).sorted { $0.description < $1.description }
            for (position, source) in (incident.sources + unnamed).enumerated() {
                try db.execute(
                    sql: "INSERT INTO incident_source VALUES (?, ?, ?, ?)",
                    arguments: [id, position, source.description, incident.stopped.contains(source)])
            }
        }
        if before?.evidence != incident.evidence {
            try db.execute(sql: "DELETE FROM incident_evidence WHERE incident = ?", arguments: [id])
            for (position, sentence) in incident.evidence.enumerated() {
                try db.execute(
                    sql: "INSERT INTO incident_evidence VALUES (?, ?, ?)", arguments: [id, position, sentence])
            }
        }
        try RecoveryRows.save(db, id, incident.recovery, before: before?.recovery ?? IncidentCase.Recovery())
        for (position, sample) in incident.samples.enumerated().dropFirst(before?.samples.count ?? 0) {
            try db.execute(
                sql: "INSERT INTO incident_sample VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    id, position, sample.id.rawValue, sample.time.microseconds, Data(sample.header), Data(sample.text),
                ])
        }
    }

    private static func incident(_ db: Database, _ row: Row) throws -> IncidentCase {
        let id: Int64 = row["id"]
        guard let customer = CustomerID(row["customer"]), let state = IncidentCase.State(rawValue: row["state"]) else {
            throw ControlError(.unusable, "case-\(id) in the control database is damaged")
        }
        let sources = try Row.fetchAll(
            db, sql: "SELECT source, is_stopped FROM incident_source WHERE incident = ? ORDER BY position",
            arguments: [id])
        var named: [SourceID] = []
        var stopped: Set<SourceID> = []
        for row in sources {
            let text: String = row["source"]
            guard let source = SourceID(text) else {
                throw ControlError(.unusable, "case-\(id) in the control database is damaged")
            }
            named.append(source)
            if row["is_stopped"] { stopped.insert(source) }
        }
        let samples = try Row.fetchAll(
            db, sql: "SELECT * FROM incident_sample WHERE incident = ? ORDER BY position", arguments: [id])
        let (ended, counts): (Int64?, IncidentCase.Counts) = (
            row["ended"], .init(delivered: row["delivered"], held: row["held"], refused: row["refused"])
        )
        return IncidentCase(
            id: CaseID(rawValue: id), customer: customer, state: state, sources: named, stopped: stopped,
            counts: counts, first: Timestamp(microseconds: row["first"]), last: Timestamp(microseconds: row["last"]),
            ended: ended.map(Timestamp.init(microseconds:)),
            evidence: try String.fetchAll(
                db, sql: "SELECT sentence FROM incident_evidence WHERE incident = ? ORDER BY position", arguments: [id]),
            samples: samples.map { row in
                let (header, text): (Data, Data) = (row["header"], row["text"])
                return CaseSample(
                    id: SubmissionID(rawValue: row["submission"]), time: Timestamp(microseconds: row["at"]),
                    header: [UInt8](header), text: [UInt8](text))
            }, recovery: try RecoveryRows.fetch(db, id, row))
    }
}
