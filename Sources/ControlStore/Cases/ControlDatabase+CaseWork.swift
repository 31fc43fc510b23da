package import Enforcement
import Foundation
import GRDB
package import MailTypes
import NIOConcurrencyHelpers

/// What people and reports add to a case.
extension ControlDatabase {
    /// Notes of one case; further ones are refused.
    package static let noteLimit = 1000
    package static let noteLength = ByteCount.kib(4)

    /// What somebody wrote into a case. Text from outside.
    package struct CaseNote: Hashable, Sendable {
        package var id: Int64
        package var caseID: CaseID
        package var time: Timestamp
        package var author: String
        package var text: String
    }

    /// Adds a note; also to a case that has ended.
    package func addNote(_ text: String, to id: CaseID, author: String, at time: Timestamp) throws(ControlError)
        -> CaseNote
    {
        guard !text.isEmpty, text.utf8.count <= Self.noteLength.bytes else {
            throw ControlError(.refused, "a note has 1 to \(Self.noteLength.bytes) bytes")
        }
        return try write { db in
            guard try CaseRows.fetch(db, id) != nil else { throw ControlError(.notFound, "there is no \(id)") }
            let count = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM incident_note WHERE incident = ?", arguments: [id.rawValue])
            guard count ?? 0 < Self.noteLimit else {
                throw ControlError(.refused, "\(id) has \(Self.noteLimit) notes already")
            }
            try db.execute(
                sql: "INSERT INTO incident_note (incident, at, author, text) VALUES (?, ?, ?, ?)",
                arguments: [id.rawValue, time.microseconds, author, text])
            let note = CaseNote(id: db.lastInsertedRowID, caseID: id, time: time, author: author, text: text)
            try Self.append(db, author, "case.note", id.description, text, time)
            return note
        }
    }

    /// Notes of a case after `note`, oldest first.
    package func notes(of id: CaseID, after note: Int64 = 0, limit: Int) throws(ControlError) -> [CaseNote] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM incident_note WHERE incident = ? AND id > ? ORDER BY id LIMIT ?",
                arguments: [id.rawValue, note, max(0, min(limit, Self.pageLimit))]
            ).map { row in
                CaseNote(
                    id: row["id"], caseID: id, time: Timestamp(microseconds: row["at"]), author: row["author"],
                    text: row["text"])
            }
        }
    }

    /// Joins two cases of one customer: `other` becomes `merged`, everything of it goes to `id`. Stops and links go along.
    package func merge(_ other: CaseID, into id: CaseID, author: String, at time: Timestamp) throws(ControlError)
        -> IncidentCase
    {
        try write { db in
            let (before, gone) = (try Self.existing(db, id), try Self.existing(db, other))
            var (incident, merged) = (before, gone)
            guard incident.absorb(&merged, at: time) else {
                throw ControlError(.refused, "\(other) cannot be merged into \(id): ended, or another customer's")
            }
            try CaseRows.save(db, incident, before: before)
            try CaseRows.save(db, merged, before: gone)
            try db.execute(
                sql: "UPDATE stop SET case_id = ? WHERE case_id = ?", arguments: [id.rawValue, other.rawValue])
            try db.execute(
                sql: "UPDATE own_listing SET incident = ? WHERE incident = ?", arguments: [id.rawValue, other.rawValue])
            try Self.append(db, author, "case.merge", id.description, "\(other)", time)
            try Self.append(db, author, "case.merged", other.description, "into \(id)", time)
            return incident
        }
    }

    /// Moves sources of a case into a new one, with their stops.
    package func split(_ sources: [SourceID], from id: CaseID, author: String, at time: Timestamp)
        throws(ControlError) -> IncidentCase
    {
        try write { db in
            let before = try Self.existing(db, id)
            var incident = before
            guard let first = sources.first(where: before.sources.contains) else {
                throw ControlError(.refused, "\(id) has none of these sources")
            }
            let empty = try CaseRows.insert(db, first, [], time)
            guard let new = incident.split(sources, to: empty.id, at: time) else {
                throw ControlError(.refused, "\(id) cannot be split so: it has ended, or nothing would be left in it")
            }
            try CaseRows.save(db, incident, before: before)
            try CaseRows.save(db, new, before: empty)
            for source in new.stopped {
                try db.execute(
                    sql: "UPDATE stop SET case_id = ? WHERE source = ?",
                    arguments: [new.id.rawValue, source.description])
            }
            let names = new.sources.map(\.description).joined(separator: " ")
            try Self.append(db, author, "case.split", id.description, "\(new.id): \(names)", time)
            try Self.append(db, author, "case.open", new.id.description, "split from \(id): \(names)", time)
            return new
        }
    }

    /// Says what kind of incident it is; what that asks is added.
    package func classify(_ id: CaseID, as kinds: Set<IncidentKind>, author: String, at time: Timestamp)
        throws(ControlError) -> IncidentCase
    {
        try write { db in
            let before = try Self.existing(db, id)
            var incident = before
            try require(db, &incident, kinds, author, time)
            try CaseRows.save(db, incident, before: before)
            return incident
        }
    }

    /// Adds what the policy asks for these kinds.
    func require(
        _ db: Database, _ incident: inout IncidentCase, _ kinds: Set<IncidentKind>, _ author: String, _ time: Timestamp
    ) throws {
        guard let policy = policy.withLockedValue({ $0 }) else { return }
        let earlier = try Self.earlier(db, incident, time)
        let asked = Set(incident.recovery.checks.map(\.name))
        let action = incident.event(policy.requirement(kinds, of: incident.customer, earlier: earlier), at: time)
        guard action != .none else { return }
        let names = incident.recovery.checks.map(\.name).filter { !asked.contains($0) }.map(\.rawValue)
        let detail = kinds.sorted().map(\.rawValue).joined(separator: " ") + ", asked: " + names.joined(separator: " ")
        try Self.append(db, author, "case.classified", incident.id.description, detail, time)
        try Self.note(db, [action], incident.id, author, time)
    }

    /// Cases that ended as real incidents and had one of its sources.
    static func earlier(_ db: Database, _ incident: IncidentCase, _ time: Timestamp) throws -> Int {
        var found: Set<Int64> = []
        for source in incident.sources where source.scope != .campaign {
            found.formUnion(
                try Int64.fetchAll(
                    db,
                    sql: """
                        SELECT incident.id FROM incident_source JOIN incident ON incident.id = incident
                        WHERE source = ? AND incident.id <> ? AND state = 'closed' AND reinstated IS NOT NULL AND ended > ?
                        LIMIT 100
                        """,
                    arguments: [source.description, incident.id.rawValue, (time - CasePolicy.memory).microseconds]))
        }
        return found.count
    }

    static func existing(_ db: Database, _ id: CaseID) throws -> IncidentCase {
        guard let incident = try CaseRows.fetch(db, id) else { throw ControlError(.notFound, "there is no \(id)") }
        return incident
    }

    /// Records each change of state.
    static func note(
        _ db: Database, _ actions: [IncidentCase.Action], _ id: CaseID, _ author: String, _ time: Timestamp
    ) throws {
        for action in actions {
            switch action {
            case .none, .recorded, .missing: break
            case .moved(let old, let new), .ended(let old, let new, _):
                try append(db, author, "case.\(new.rawValue)", id.description, "was \(old.rawValue)", time)
            case .reinstated(let old, _):
                try append(db, author, "case.reinstated", id.description, "was \(old.rawValue)", time)
            }
        }
    }
}
