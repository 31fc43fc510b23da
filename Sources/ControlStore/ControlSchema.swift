import GRDB

/// The tables of `control.db`.
///
/// `audit` is append-only: triggers abort each update, each deletion, and each insertion that would not be the next one
/// (`INSERT OR REPLACE` fires no deletion trigger, so the insertion itself is guarded).
enum ControlSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: stops, cases, audit") { db in
            try db.execute(sql: stops + cases + audit)
        }
        migrator.registerMigration("2: orders about held mail, notices on their way") { db in
            try db.execute(sql: orders)
        }
        ConsoleSchema.register(in: &migrator)
        CaseSchema.register(in: &migrator)
        return migrator
    }

    private static let stops = """
        CREATE TABLE stop (
            source TEXT PRIMARY KEY,
            reason TEXT NOT NULL,
            since INTEGER NOT NULL,
            until INTEGER,
            author TEXT NOT NULL,
            case_id INTEGER NOT NULL,
            certainty TEXT NOT NULL
        );
        CREATE INDEX stop_until ON stop (until) WHERE until IS NOT NULL;
        CREATE TABLE value (
            name TEXT PRIMARY KEY,
            data BLOB NOT NULL,
            at INTEGER NOT NULL
        );
        """

    /// Notices from before are taken as sent.
    private static let orders = """
        CREATE TABLE held_order (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            incident INTEGER NOT NULL,
            source TEXT,
            occasion TEXT NOT NULL,
            author TEXT NOT NULL,
            at INTEGER NOT NULL
        );
        ALTER TABLE notice ADD COLUMN source TEXT NOT NULL DEFAULT '';
        ALTER TABLE notice ADD COLUMN message INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE notice ADD COLUMN is_sent INTEGER NOT NULL DEFAULT 1;
        CREATE INDEX notice_unsent ON notice (at) WHERE is_sent = 0;
        """

    private static let cases = """
        CREATE TABLE incident (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            customer TEXT NOT NULL,
            state TEXT NOT NULL,
            is_final INTEGER NOT NULL,
            delivered INTEGER NOT NULL,
            held INTEGER NOT NULL,
            refused INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            ended INTEGER
        );
        CREATE INDEX incident_open ON incident (customer, id) WHERE is_final = 0;
        CREATE TABLE incident_source (
            incident INTEGER NOT NULL,
            position INTEGER NOT NULL,
            source TEXT NOT NULL,
            is_stopped INTEGER NOT NULL,
            PRIMARY KEY (incident, source)
        ) WITHOUT ROWID;
        CREATE TABLE incident_evidence (
            incident INTEGER NOT NULL,
            position INTEGER NOT NULL,
            sentence TEXT NOT NULL,
            PRIMARY KEY (incident, position)
        ) WITHOUT ROWID;
        CREATE TABLE incident_sample (
            incident INTEGER NOT NULL,
            position INTEGER NOT NULL,
            submission INTEGER NOT NULL,
            at INTEGER NOT NULL,
            header BLOB NOT NULL,
            text BLOB NOT NULL,
            PRIMARY KEY (incident, position)
        ) WITHOUT ROWID;
        CREATE TABLE notice (
            incident INTEGER NOT NULL,
            audience TEXT NOT NULL,
            stage TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (incident, audience, stage)
        ) WITHOUT ROWID;
        CREATE TABLE told (
            incident INTEGER NOT NULL,
            audience TEXT NOT NULL,
            last INTEGER,
            has_news INTEGER NOT NULL,
            PRIMARY KEY (incident, audience)
        ) WITHOUT ROWID;
        """

    private static let audit = """
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            author TEXT NOT NULL,
            act TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT NOT NULL,
            previous BLOB NOT NULL,
            hash BLOB NOT NULL
        );
        CREATE TABLE audit_head (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            sequence INTEGER NOT NULL,
            hash BLOB NOT NULL
        );
        CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
            WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM audit)
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """
}
