import GRDB

/// The spool's tables. `body` holds content in chunks of at most 64 KiB; a chunk whose message has no row belongs to a
/// submission that never ended, and goes at the next start.
enum SpoolSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: messages and bodies") { db in
            try db.execute(
                sql: """
                    CREATE TABLE message (
                        id INTEGER PRIMARY KEY,
                        kind TEXT NOT NULL,
                        customer TEXT, server TEXT, account TEXT, basis TEXT,
                        envelope BLOB NOT NULL,
                        size INTEGER NOT NULL,
                        chunks INTEGER NOT NULL,
                        received INTEGER NOT NULL,
                        held_until INTEGER,
                        pool TEXT NOT NULL,
                        action TEXT NOT NULL,
                        log_odds REAL NOT NULL,
                        campaign INTEGER,
                        reasons TEXT NOT NULL,
                        case_id INTEGER,
                        expires INTEGER NOT NULL
                    );
                    CREATE INDEX message_held ON message (held_until) WHERE held_until IS NOT NULL;
                    CREATE TABLE body (
                        message INTEGER NOT NULL,
                        idx INTEGER NOT NULL,
                        data BLOB NOT NULL,
                        PRIMARY KEY (message, idx)
                    ) WITHOUT ROWID;
                    CREATE TABLE fate (
                        message INTEGER NOT NULL,
                        at INTEGER NOT NULL,
                        what TEXT NOT NULL,
                        author TEXT NOT NULL
                    );
                    CREATE INDEX fate_message ON fate (message);
                    """)
        }
        return migrator
    }
}
