import Foundation
import GRDB
package import MailTypes
import NIOConcurrencyHelpers

/// Accepted mail on the disk: SQLite in WAL mode with `synchronous=FULL` and group commit.
///
/// What `commit` has answered is there after a crash. Writing functions are asynchronous and answer on the writer's thread;
/// reading ones block and are for other threads than event loops.
package final class Spool: Sendable {
    package struct Settings: Sendable {
        /// Content that may lie in the spool; beyond it new mail is answered with 452.
        package var maximumSize: ByteCount

        package init(maximumSize: ByteCount = .mib(20_480)) { self.maximumSize = maximumSize }
    }

    /// The most bytes in one chunk.
    package static let chunkLimit = 65_536

    private let pool: DatabasePool
    private let writer: SpoolWriter
    private let lock: FileLock
    private let settings: Settings
    private let bytes: NIOLockedValueBox<Int>

    /// Opens, or makes, the spool in `directory`; takes its lock, migrates, checks that the writer is durable, and drops what
    /// half-received submissions left.
    package init(directory: String, settings: Settings = Settings()) throws(SpoolError) {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            lock = try FileLock(path: directory + "/spool.lock")
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.maximumReaderCount = 4
            pool = try DatabasePool(path: directory + "/spool.db", configuration: configuration)
            try SpoolSchema.migrator.migrate(pool)
            // GRDB sets NORMAL on the writer when it opens; only FULL makes each commit durable in WAL mode.
            let (synchronous, size) = try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864")
                try db.execute(sql: "DELETE FROM body WHERE message NOT IN (SELECT id FROM message)")
                return (
                    try Int.fetchOne(db, sql: "PRAGMA synchronous"),
                    try Int.fetchOne(db, sql: "SELECT coalesce(sum(size), 0) FROM message") ?? 0
                )
            }
            guard synchronous == 2 else { throw SpoolError(.unusable, "SQLite does not keep synchronous=FULL here") }
            bytes = NIOLockedValueBox(size)
        } catch {
            throw SpoolError(error)
        }
        self.settings = settings
        writer = SpoolWriter(pool: pool)
    }

    /// Writes what waits, and closes.
    package func close() { writer.stop() }

    // MARK: - Writing

    package typealias Done = @Sendable (Result<Void, SpoolError>) -> Void

    /// Stores a chunk of a message that is still arriving.
    package func stage(_ id: SubmissionID, index: Int, _ chunk: [UInt8], _ done: @escaping Done) {
        write(done) { try Self.insert($0, id, index, chunk) }
    }

    /// Forgets the chunks of a submission that was broken off.
    package func discard(_ id: SubmissionID) {
        write({ _ in }) { db in
            try db.cachedStatement(sql: "DELETE FROM body WHERE message = ?").execute(arguments: [id.rawValue])
        }
    }

    /// Stores the message, with the chunks that were not staged. On success it survives whatever happens.
    package func commit(_ message: SpooledMessage, chunks: [[UInt8]], firstIndex: Int = 0, _ done: @escaping Done) {
        guard bytes.withLockedValue({ $0 + message.size.bytes <= settings.maximumSize.bytes }) else {
            done(.failure(SpoolError(.full, "the spool holds its configured maximum of \(settings.maximumSize)")))
            return
        }
        let counted = bytes
        write({ result in
            if case .success = result { counted.withLockedValue { $0 += message.size.bytes } }
            done(result)
        }) { db in
            for (offset, chunk) in chunks.enumerated() { try Self.insert(db, message.id, firstIndex + offset, chunk) }
            try MessageRow.insert(db, message)
        }
    }

    /// Stores how far the recipients are.
    package func update(_ message: SpooledMessage, _ done: @escaping Done) {
        write(done) { try MessageRow.update($0, message) }
    }

    /// Removes a message that is done, with its content.
    package func remove(_ id: SubmissionID, size: ByteCount, _ done: @escaping Done) {
        let counted = bytes
        write({ result in
            if case .success = result { counted.withLockedValue { $0 = max(0, $0 - size.bytes) } }
            done(result)
        }) { try MessageRow.delete($0, id) }
    }

    /// Releases a held message into the queue, or holds a queued one; recorded with its author.
    package func move(
        _ id: SubmissionID, to state: SpooledMessage.State, author: String, at time: Timestamp, _ done: @escaping Done
    ) {
        write(done) { try MessageRow.move($0, id, state, author, time) }
    }

    private func write(_ done: @escaping Done, _ work: @escaping @Sendable (Database) throws -> Void) {
        writer.submit(.init(work: work, done: done))
    }

    private static func insert(_ db: Database, _ id: SubmissionID, _ index: Int, _ chunk: [UInt8]) throws {
        guard chunk.count <= chunkLimit else { throw SpoolError(.unusable, "a chunk of \(chunk.count) bytes") }
        try db.cachedStatement(sql: "INSERT INTO body (message, idx, data) VALUES (?, ?, ?)")
            .execute(arguments: [id.rawValue, index, Data(chunk)])
    }

    // MARK: - Reading

    package func message(_ id: SubmissionID) throws(SpoolError) -> SpooledMessage? {
        try read { try MessageRow.fetch($0, "WHERE id = ?", [id.rawValue]).first }
    }

    /// The chunk of that index, `nil` behind the last.
    package func chunk(_ id: SubmissionID, index: Int) throws(SpoolError) -> [UInt8]? {
        try read { db in
            try Data.fetchOne(
                db, sql: "SELECT data FROM body WHERE message = ? AND idx = ?", arguments: [id.rawValue, index]
            )
            .map { [UInt8]($0) }
        }
    }

    /// Queued messages in the order of their arrival, a page at a time.
    package func queued(after id: SubmissionID?, limit: Int) throws(SpoolError) -> [SpooledMessage] {
        try read {
            try MessageRow.fetch(
                $0, "WHERE held_until IS NULL AND id > ? ORDER BY id LIMIT ?", [id?.rawValue ?? -1, limit])
        }
    }

    /// Held messages in the order of their arrival, a page at a time.
    package func held(after id: SubmissionID?, limit: Int) throws(SpoolError) -> [SpooledMessage] {
        try read {
            try MessageRow.fetch(
                $0, "WHERE held_until IS NOT NULL AND id > ? ORDER BY id LIMIT ?", [id?.rawValue ?? -1, limit])
        }
    }

    /// What happened to a message that was held: `released`, `held`, with author and time.
    package func fates(_ id: SubmissionID) throws(SpoolError) -> [(what: String, author: String, at: Timestamp)] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT what, author, at FROM fate WHERE message = ? ORDER BY at", arguments: [id.rawValue]
            )
            .map { ($0["what"], $0["author"], Timestamp(microseconds: $0["at"])) }
        }
    }

    /// SQLite's own check of the whole file; empty when it is sound.
    package func integrityProblems() throws(SpoolError) -> [String] {
        try read { db in try String.fetchAll(db, sql: "PRAGMA quick_check(20)").filter { $0 != "ok" } }
    }

    private func read<T>(_ work: (Database) throws -> T) throws(SpoolError) -> T {
        do { return try pool.read(work) } catch { throw SpoolError(error) }
    }
}
