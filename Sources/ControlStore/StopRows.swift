import Enforcement
import GRDB
import MailTypes

/// Between `Stop` and its row.
enum StopRows {
    static func fetch(_ db: Database, _ source: SourceID) throws -> Stop? {
        try fetchAll(db, "WHERE source = ?", [source.description]).first
    }

    static func fetchAll(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> [Stop] {
        try Row.fetchAll(db, sql: "SELECT * FROM stop " + condition, arguments: arguments).map(stop)
    }

    static func save(_ db: Database, _ stop: Stop) throws {
        try db.execute(
            sql: """
                INSERT INTO stop (source, reason, since, until, author, case_id, certainty) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (source) DO UPDATE SET reason = excluded.reason, since = excluded.since,
                until = excluded.until, author = excluded.author, case_id = excluded.case_id,
                certainty = excluded.certainty
                """,
            arguments: [
                stop.source.description, stop.reason, stop.since.microseconds, stop.until?.microseconds,
                stop.author.description, stop.caseID.rawValue, stop.certainty.rawValue,
            ])
    }

    static func delete(_ db: Database, _ source: SourceID) throws {
        try db.execute(sql: "DELETE FROM stop WHERE source = ?", arguments: [source.description])
    }

    private static func stop(_ row: Row) throws -> Stop {
        let (source, author, certainty): (String, String, String) = (row["source"], row["author"], row["certainty"])
        guard let source = SourceID(source), let author = Stop.Author(author),
            let certainty = Stop.Certainty(rawValue: certainty)
        else { throw ControlError(.unusable, "a stop in the control database is damaged") }
        let until: Int64? = row["until"]
        return Stop(
            source: source, reason: row["reason"], since: Timestamp(microseconds: row["since"]),
            until: until.map(Timestamp.init(microseconds:)), author: author,
            caseID: CaseID(rawValue: row["case_id"]), certainty: certainty)
    }
}
