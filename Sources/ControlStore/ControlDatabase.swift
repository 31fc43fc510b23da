import Enforcement
import Foundation
import GRDB
package import MailTypes
import NIOConcurrencyHelpers

/// `control.db`: stops, cases, notices, the audit log, and what the detector remembers.
///
/// Every function blocks and is for other threads than event loops; each is one transaction, durable when it returns
/// (`synchronous=FULL`). Daemon and command line work on it side by side: WAL, a busy timeout, and
/// `changedSinceLastLook` by which the daemon learns what the others did.
package final class ControlDatabase: Sendable {
    /// How long a writer waits for another process, before the act fails.
    static let busyTimeout = 5.0
    /// The most rows that one reading call gives.
    package static let pageLimit = 1000
    /// The most bytes of a stored value: the detector's state for 100,000 accounts fits many times.
    package static let valueLimit = ByteCount.mib(256)

    let pool: DatabasePool
    let policy = NIOLockedValueBox<CasePolicy?>(nil)
    private let seenVersion = NIOLockedValueBox<Int64?>(nil)

    /// Opens the database in `directory`.
    ///
    /// - Parameter mayCreate: false for commands, which have nothing to say where no gateway ever ran.
    package init(directory: String, mayCreate: Bool = true) throws(ControlError) {
        let path = directory + "/control.db"
        do {
            if mayCreate {
                try FileManager.default.createDirectory(
                    atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } else if access(path, F_OK) != 0 {
                throw ControlError(.unusable, "there is no control database at \(path)")
            }
            var configuration = Configuration()
            configuration.busyMode = .timeout(Self.busyTimeout)
            configuration.maximumReaderCount = 2
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.read { db in
                guard try !ControlSchema.migrator.hasBeenSuperseded(db) else {
                    throw ControlError(.unusable, "\(path) was written by a newer version")
                }
            }
            try ControlSchema.migrator.migrate(pool)
            // GRDB sets NORMAL on the writer when it opens; only FULL makes each commit durable in WAL mode.
            let synchronous = try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216")
                return try Int.fetchOne(db, sql: "PRAGMA synchronous")
            }
            guard synchronous == 2 else {
                throw ControlError(.unusable, "SQLite does not keep synchronous=FULL on \(path)")
            }
        } catch {
            throw ControlError(error)
        }
        _ = try changedSinceLastLook()
    }

    /// What confirmed stops ask from now on.
    package func use(_ policy: CasePolicy) { self.policy.withLockedValue { $0 = policy } }

    /// The shortest time between two outside looks at one case that people ask for.
    package var lookInterval: Duration { (policy.withLockedValue { $0 }?.checks ?? CheckPolicy()).lookInterval }

    package func close() throws(ControlError) {
        do { try pool.close() } catch { throw ControlError(error) }
    }

    /// Whether another connection (another process, that is) committed anything since the last call; costs microseconds,
    /// and this object's own acts do not count.
    package func changedSinceLastLook() throws(ControlError) -> Bool {
        let version: Int64
        do {
            version = try pool.writeWithoutTransaction { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
        } catch {
            throw ControlError(error)
        }
        return seenVersion.withLockedValue { seen in
            defer { seen = version }
            return seen != version
        }
    }

    /// SQLite's own check of the whole file; empty when it is sound. Reads all of it.
    package func integrityProblems() throws(ControlError) -> [String] {
        try read { db in try String.fetchAll(db, sql: "PRAGMA quick_check(20)").filter { $0 != "ok" } }
    }

    // MARK: - Values

    /// Keeps bytes under a name, such as the detector's state.
    package func setValue(_ name: String, _ bytes: [UInt8], at time: Timestamp) throws(ControlError) {
        guard bytes.count <= Self.valueLimit.bytes, name.utf8.count <= 100 else {
            throw ControlError(.refused, "a value of \(ByteCount(bytes.count)) is too large to keep")
        }
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO value (name, data, at) VALUES (?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET data = excluded.data, at = excluded.at
                    """, arguments: [name, Data(bytes), time.microseconds])
        }
    }

    /// What `setValue` kept, with its time.
    package func value(_ name: String) throws(ControlError) -> (bytes: [UInt8], at: Timestamp)? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT data, at FROM value WHERE name = ?", arguments: [name]).map { row in
                let data: Data = row["data"]
                return ([UInt8](data), Timestamp(microseconds: row["at"]))
            }
        }
    }

    // MARK: - Access

    func read<T>(_ work: (Database) throws -> T) throws(ControlError) -> T {
        do { return try pool.read(work) } catch { throw ControlError(error) }
    }

    /// One transaction that takes the write lock at once: what it reads is what it changes, also against other processes.
    func write<T>(_ work: (Database) throws -> T) throws(ControlError) -> T {
        do {
            return try pool.writeWithoutTransaction { db in
                var result: T?
                try db.inTransaction(.immediate) {
                    result = try work(db)
                    return .commit
                }
                guard let result else { throw ControlError(.inputOutput, "the transaction did not run") }
                return result
            }
        } catch {
            throw ControlError(error)
        }
    }
}
