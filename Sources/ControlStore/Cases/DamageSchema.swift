import GRDB

/// Tables of what an incident did outside, and of what became of our letters.
enum DamageSchema {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("cases 3: damage, own listings, delivery of notices") { db in
            try db.execute(sql: damage + listings + deliveries)
        }
    }

    /// One row a case; the named messages and receivers as JSON, since they are only ever read whole.
    private static let damage = """
        CREATE TABLE incident_damage (
            incident INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            content BLOB NOT NULL
        );
        """

    private static let listings = """
        CREATE TABLE own_listing (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            address TEXT NOT NULL,
            list TEXT NOT NULL,
            since INTEGER NOT NULL,
            until INTEGER,
            incident INTEGER,
            said TEXT NOT NULL,
            removal TEXT NOT NULL
        );
        CREATE UNIQUE INDEX own_listing_open ON own_listing (address, list) WHERE until IS NULL;
        CREATE INDEX own_listing_incident ON own_listing (incident) WHERE incident IS NOT NULL;
        CREATE INDEX incident_ended ON incident (ended) WHERE ended IS NOT NULL;
        CREATE INDEX incident_match ON incident (last_match) WHERE last_match IS NOT NULL;
        """

    private static let deliveries = """
        CREATE TABLE sent_delivery (
            message INTEGER NOT NULL,
            recipient TEXT NOT NULL,
            state TEXT NOT NULL,
            reply TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (message, recipient)
        ) WITHOUT ROWID;
        CREATE INDEX sent_message ON sent (message) WHERE message IS NOT NULL;
        DROP TABLE acknowledgement;
        """
}
