package import Enforcement
import GRDB
package import MailTypes

/// What was told about cases, and what is still to be told. A notice is marked in the same transaction as the plan's
/// decision, with the number that its message will have; when the message is in the spool, it is marked as sent. After a
/// crash between the two, `unsentNotices` names it.
extension ControlDatabase {
    /// A notice that was decided.
    package struct PendingNotice: Hashable, Sendable {
        package var caseID: CaseID
        package var stage: NoticePlan.Stage
        package var audience: NoticePlan.Audience
        /// What the notice is about.
        package var source: SourceID
        /// The number of its message.
        package var message: SubmissionID
    }

    /// What the plan says is to be sent now.
    package struct NoticeDecision: Hashable, Sendable {
        package var notices: [PendingNotice] = []
        /// Whom to send a digest.
        package var digests: [NoticePlan.Audience] = []
    }

    /// Asks the case's notice plan, and keeps what it says.
    ///
    /// - Parameter nextID: numbers for the messages.
    package func notices(
        _ event: NoticePlan.Event, for id: CaseID, about source: SourceID, at time: Timestamp,
        nextID: () -> SubmissionID
    ) throws(ControlError) -> NoticeDecision {
        try write { db in
            let before = try Self.plan(db, id)
            var plan = before
            let actions = plan.event(event, at: time)
            for (audience, told) in plan.told where told != before.told[audience] {
                try db.execute(
                    sql: """
                        INSERT INTO told (incident, audience, last, has_news) VALUES (?, ?, ?, ?)
                        ON CONFLICT (incident, audience)
                        DO UPDATE SET last = excluded.last, has_news = excluded.has_news
                        """, arguments: [id.rawValue, audience.rawValue, told.last?.microseconds, told.hasNews])
                // What is to be told again after a relapse.
                for stage in (before.told[audience]?.stages ?? []).subtracting(told.stages) {
                    try db.execute(
                        sql: "DELETE FROM notice WHERE incident = ? AND audience = ? AND stage = ?",
                        arguments: [id.rawValue, audience.rawValue, stage.rawValue])
                }
            }
            var decision = NoticeDecision()
            for action in actions {
                switch action {
                case .digest(let audience): decision.digests.append(audience)
                case .notice(let stage, let audience):
                    let notice = PendingNotice(
                        caseID: id, stage: stage, audience: audience, source: source, message: nextID())
                    try Self.insert(db, notice, time)
                    decision.notices.append(notice)
                }
            }
            return decision
        }
    }

    /// Something happened in the case that is told later.
    package func noteActivity(_ id: CaseID, at time: Timestamp) throws(ControlError) {
        try write { db in
            try db.execute(
                sql: "UPDATE told SET has_news = 1 WHERE incident = ? AND last IS NOT NULL AND has_news = 0",
                arguments: [id.rawValue])
        }
    }

    /// The notice's message is in the spool, or nobody is there to be told.
    package func markSent(_ notice: PendingNotice) throws(ControlError) {
        try write { db in
            try db.execute(
                sql: "UPDATE notice SET is_sent = 1 WHERE incident = ? AND audience = ? AND stage = ?",
                arguments: [notice.caseID.rawValue, notice.audience.rawValue, notice.stage.rawValue])
        }
    }

    /// Gives the notice another number, since its own is taken.
    package func renumber(_ notice: PendingNotice, _ message: SubmissionID) throws(ControlError) -> PendingNotice {
        try write { db in
            try db.execute(
                sql: "UPDATE notice SET message = ? WHERE incident = ? AND audience = ? AND stage = ?",
                arguments: [
                    message.rawValue, notice.caseID.rawValue, notice.audience.rawValue, notice.stage.rawValue,
                ])
        }
        var renumbered = notice
        renumbered.message = message
        return renumbered
    }

    /// Notices that were decided and are not known to be in the spool, oldest first, at most 100.
    package func unsentNotices() throws(ControlError) -> [PendingNotice] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM notice WHERE is_sent = 0 ORDER BY at, incident, audience LIMIT 100"
            ).compactMap { row in
                let (source, audience, stage): (String, String, String) = (row["source"], row["audience"], row["stage"])
                guard let source = SourceID(source), let audience = NoticePlan.Audience(rawValue: audience),
                    let stage = NoticePlan.Stage(rawValue: stage)
                else { return nil }
                return PendingNotice(
                    caseID: CaseID(rawValue: row["incident"]), stage: stage, audience: audience, source: source,
                    message: SubmissionID(rawValue: row["message"]))
            }
        }
    }

    /// Cases with something to tell whose last notice or digest is at least `NoticePlan.digestInterval` old, at most 100:
    /// give each the event `tick`.
    package func casesWithNews(at time: Timestamp) throws(ControlError) -> [CaseID] {
        try read { db in
            try Int64.fetchAll(
                db,
                sql: "SELECT DISTINCT incident FROM told WHERE has_news AND last <= ? ORDER BY incident LIMIT 100",
                arguments: [(time - NoticePlan.digestInterval).microseconds]
            ).map(CaseID.init(rawValue:))
        }
    }

    /// Cases that ended within the last day, of whose stops somebody was told, and nobody of the end: whoever ended them did so
    /// by command or page. At most 100: give each the event `reached(.closed)`.
    package func untoldEndings(at time: Timestamp) throws(ControlError) -> [CaseID] {
        try read { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM incident INDEXED BY incident_ended WHERE ended > ? AND state IN ('closed', 'false-alarm')
                    AND EXISTS (SELECT 1 FROM notice WHERE incident = id AND stage IN ('doubted', 'stopped', 'relapsed'))
                    AND NOT EXISTS (SELECT 1 FROM notice WHERE incident = id AND stage = 'closed') ORDER BY id LIMIT 100
                    """, arguments: [(time - .seconds(86_400)).microseconds]
            ).map(CaseID.init(rawValue:))
        }
    }

    /// The case was opened again: its next lifting and its next end are told again.
    static func forgetEndings(_ db: Database, _ id: CaseID) throws {
        try db.execute(
            sql: "DELETE FROM notice WHERE incident = ? AND stage IN ('lifted', 'closed')", arguments: [id.rawValue])
    }

    /// What was told about a case so far.
    package func noticePlan(_ id: CaseID) throws(ControlError) -> NoticePlan { try read { try Self.plan($0, id) } }

    private static func insert(_ db: Database, _ notice: PendingNotice, _ time: Timestamp) throws {
        // A stage is told again after a lifting; its row is the latest telling's.
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO notice (incident, audience, stage, at, source, message, is_sent)
                VALUES (?, ?, ?, ?, ?, ?, 0)
                """,
            arguments: [
                notice.caseID.rawValue, notice.audience.rawValue, notice.stage.rawValue, time.microseconds,
                notice.source.description, notice.message.rawValue,
            ])
        try append(
            db, "daemon", "notice.\(notice.stage.rawValue)", notice.caseID.description, notice.audience.rawValue, time)
    }

    private static func plan(_ db: Database, _ id: CaseID) throws -> NoticePlan {
        var told: [NoticePlan.Audience: NoticePlan.Told] = [:]
        let rows = try Row.fetchAll(
            db, sql: "SELECT audience, last, has_news FROM told WHERE incident = ?", arguments: [id.rawValue])
        for row in rows {
            guard let audience = NoticePlan.Audience(rawValue: row["audience"]) else { continue }
            let last: Int64? = row["last"]
            told[audience] = .init(last: last.map(Timestamp.init(microseconds:)), hasNews: row["has_news"])
        }
        for row in try Row.fetchAll(
            db, sql: "SELECT audience, stage FROM notice WHERE incident = ?", arguments: [id.rawValue])
        {
            guard let audience = NoticePlan.Audience(rawValue: row["audience"]),
                let stage = NoticePlan.Stage(rawValue: row["stage"])
            else { continue }
            told[audience, default: .init()].stages.insert(stage)
        }
        return NoticePlan(told: told)
    }
}
