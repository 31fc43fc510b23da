import GRDB

/// Tables of the way back: required checks and what is known about them, probation, notes, reports.
enum CaseSchema {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("cases 1: recovery, notes, reports") { db in
            try db.execute(sql: recovery + work)
        }
        migrator.registerMigration("cases 2: last match, what was sent") { db in
            try db.execute(sql: sent)
        }
        DamageSchema.register(in: &migrator)
    }

    private static let recovery = """
        ALTER TABLE incident ADD COLUMN kinds TEXT NOT NULL DEFAULT '';
        ALTER TABLE incident ADD COLUMN earlier INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE incident ADD COLUMN relapses INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE incident ADD COLUMN acknowledged INTEGER;
        ALTER TABLE incident ADD COLUMN asked INTEGER;
        ALTER TABLE incident ADD COLUMN reinstated INTEGER;
        ALTER TABLE incident ADD COLUMN merged_into INTEGER;
        ALTER TABLE incident ADD COLUMN campaigns TEXT NOT NULL DEFAULT '';
        ALTER TABLE incident ADD COLUMN plan TEXT NOT NULL DEFAULT '';
        ALTER TABLE incident ADD COLUMN probation TEXT;
        CREATE INDEX incident_state ON incident (state, id);
        CREATE INDEX incident_customer ON incident (customer, id);
        CREATE INDEX incident_merged ON incident (merged_into) WHERE merged_into IS NOT NULL;
        CREATE INDEX incident_source_name ON incident_source (source);
        CREATE INDEX audit_subject ON audit (subject, sequence);
        CREATE TABLE incident_check (
            incident INTEGER NOT NULL,
            name TEXT NOT NULL,
            needs TEXT NOT NULL,
            maximum_age INTEGER,
            waived_by TEXT,
            waived_for TEXT,
            waived_at INTEGER,
            PRIMARY KEY (incident, name)
        ) WITHOUT ROWID;
        CREATE TABLE incident_statement (
            incident INTEGER NOT NULL,
            name TEXT NOT NULL,
            assurance TEXT NOT NULL,
            result TEXT NOT NULL,
            at INTEGER NOT NULL,
            author TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY (incident, name, assurance)
        ) WITHOUT ROWID;
        """

    private static let sent = """
        ALTER TABLE incident ADD COLUMN last_match INTEGER;
        CREATE TABLE sent (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            incident INTEGER,
            at INTEGER NOT NULL,
            channel TEXT NOT NULL,
            stage TEXT NOT NULL,
            audience TEXT NOT NULL,
            target TEXT NOT NULL,
            message INTEGER,
            content BLOB NOT NULL,
            due INTEGER,
            attempts INTEGER NOT NULL DEFAULT 0,
            outcome TEXT NOT NULL DEFAULT '',
            ended INTEGER
        );
        CREATE INDEX sent_incident ON sent (incident, id);
        CREATE INDEX sent_waiting ON sent (channel, target, id) WHERE ended IS NULL;
        CREATE TABLE acknowledgement (
            incident INTEGER NOT NULL,
            stage TEXT NOT NULL,
            at INTEGER NOT NULL,
            author TEXT NOT NULL,
            PRIMARY KEY (incident, stage)
        ) WITHOUT ROWID;
        """

    private static let work = """
        CREATE TABLE incident_note (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            incident INTEGER NOT NULL,
            at INTEGER NOT NULL,
            author TEXT NOT NULL,
            text TEXT NOT NULL
        );
        CREATE INDEX incident_note_incident ON incident_note (incident, id);
        CREATE TABLE incident_report (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            incident INTEGER NOT NULL,
            nonce TEXT NOT NULL,
            at INTEGER NOT NULL,
            producer TEXT NOT NULL,
            host TEXT NOT NULL,
            content BLOB NOT NULL,
            UNIQUE (incident, nonce)
        );
        CREATE TABLE probe (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            incident INTEGER NOT NULL,
            due INTEGER NOT NULL,
            asked_by TEXT NOT NULL,
            begun INTEGER,
            ended INTEGER,
            summary TEXT NOT NULL DEFAULT ''
        );
        CREATE INDEX probe_due ON probe (due) WHERE ended IS NULL;
        CREATE INDEX probe_incident ON probe (incident, id);
        """
}
