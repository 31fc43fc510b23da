import GRDB

/// Tables of the console: links of cases, and answers that are given again for the same idempotency key.
enum ConsoleSchema {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("console 1: case tokens, answers") { db in
            try db.execute(sql: tables)
        }
        // A page of open cases costs the same however many have ended.
        migrator.registerMigration("console 2: open cases by number") { db in
            try db.execute(sql: "CREATE INDEX incident_open_id ON incident (id) WHERE is_final = 0")
        }
    }

    /// A token's text is never kept: only its SHA-256.
    private static let tables = """
        CREATE TABLE case_token (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            incident INTEGER NOT NULL,
            hash BLOB NOT NULL UNIQUE,
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            revoked INTEGER,
            author TEXT NOT NULL
        );
        CREATE INDEX case_token_incident ON case_token (incident);
        CREATE INDEX case_token_expires ON case_token (expires);
        CREATE TABLE api_answer (
            caller TEXT NOT NULL,
            name TEXT NOT NULL,
            at INTEGER NOT NULL,
            request BLOB NOT NULL,
            status INTEGER,
            body BLOB,
            PRIMARY KEY (caller, name)
        ) WITHOUT ROWID;
        CREATE INDEX api_answer_at ON api_answer (at);
        """
}
