/// The spool's tables, and how they come to be.
enum SpoolSchema {
    /// `PRAGMA user_version`. A file with a higher one is left alone.
    static let version: Int64 = 2
    /// Bytes a page. A 4 KiB message takes a page of its own and a part of its neighbours'; measured with 8 KiB it takes twice
    /// the disk and the log, and 28 instead of 18 µs of processor time to come and go.
    static let pageSize = 4096
    /// How long one writer waits for another process (a command), in milliseconds.
    static let busyTimeout = 5000
    /// The write-ahead log is cut back to this when it was longer.
    static let journalLimit = 67_108_864

    /// Opens the file for writing, makes the tables where there are none, and checks that commits are durable.
    static func open(path: String, mayCreate: Bool) throws(SpoolError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, mayCreate: mayCreate)
        try connection.execute("PRAGMA busy_timeout = \(busyTimeout)")
        if try connection.integer("PRAGMA user_version") == 0, mayCreate {
            // Both only take effect before the first table is made.
            try connection.execute("PRAGMA page_size = \(pageSize); PRAGMA auto_vacuum = INCREMENTAL")
        }
        try connection.execute("PRAGMA journal_mode = WAL")
        // Debian's library is built to overwrite what is deleted with zeros, which writes each message to the disk twice more.
        // As with the deleted files of any mail server, old content stays in free pages until they are used again.
        _ = try connection.integer("PRAGMA secure_delete = FAST")
        try connection.execute(
            """
            PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;
            PRAGMA journal_size_limit = \(journalLimit); PRAGMA cache_size = -16384
            """)
        try migrate(connection, path: path, mayCreate: mayCreate)
        guard try connection.integer("PRAGMA synchronous") == 2 else {
            throw SpoolError(.unusable, "SQLite does not keep synchronous=FULL on \(path)")
        }
        return connection
    }

    /// Takes away what half-received submissions and read hand-overs left. On a disk that is full it is left for the next
    /// start: it hurts nobody.
    static func cleanUp(_ connection: SQLiteConnection) throws(SpoolError) {
        let left = "SELECT EXISTS (SELECT 1 FROM staged) OR EXISTS (SELECT 1 FROM handoff)"
        guard try connection.integer(left) == 1 else { return }
        do {
            try connection.execute(
                """
                BEGIN IMMEDIATE;
                DELETE FROM body WHERE message IN (SELECT message FROM staged);
                DELETE FROM staged; DELETE FROM handoff; COMMIT
                """)
        } catch {
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            guard error.code == .full else { throw error }
        }
    }

    private static func migrate(_ connection: SQLiteConnection, path: String, mayCreate: Bool) throws(SpoolError) {
        let found = try connection.integer("PRAGMA user_version") ?? 0
        guard found <= version else { throw SpoolError(.unusable, "\(path) was written by a newer version") }
        guard found < version else { return }
        guard mayCreate else { throw SpoolError(.unusable, "\(path) is no spool of this version") }
        let steps = [tables, heldIndexes].dropFirst(Int(found)).joined(separator: ";\n")
        do {
            try connection.execute("BEGIN IMMEDIATE; \(steps); PRAGMA user_version = \(version); COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    /// `staged` names submissions that are still arriving: their chunks go at the next start. `handoff` is what other
    /// processes did, for the gateway to see. `fate` outlives the message.
    private static let tables = """
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
        CREATE TABLE body (
            message INTEGER NOT NULL,
            idx INTEGER NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (message, idx)
        ) WITHOUT ROWID;
        CREATE TABLE staged (message INTEGER PRIMARY KEY);
        CREATE TABLE handoff (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            message INTEGER NOT NULL,
            freed INTEGER NOT NULL
        );
        CREATE TABLE fate (
            message INTEGER NOT NULL,
            at INTEGER NOT NULL,
            what TEXT NOT NULL,
            author TEXT NOT NULL
        );
        CREATE INDEX fate_message ON fate (message);
        CREATE INDEX fate_at ON fate (at)
        """

    /// Pages of held mail cost the same among 100,000 messages as among ten. Only held messages are in these, so that the
    /// way of mail that flows pays nothing for them.
    private static let heldIndexes = """
        DROP INDEX IF EXISTS message_held;
        CREATE INDEX held_deadline ON message (held_until, id) WHERE held_until IS NOT NULL;
        CREATE INDEX held_id ON message (id) WHERE held_until IS NOT NULL;
        CREATE INDEX held_customer ON message (customer, id) WHERE held_until IS NOT NULL;
        CREATE INDEX held_account ON message (customer, account, id) WHERE held_until IS NOT NULL;
        CREATE INDEX held_campaign ON message (campaign, id) WHERE held_until IS NOT NULL;
        CREATE INDEX held_case ON message (case_id, id) WHERE held_until IS NOT NULL
        """
}
