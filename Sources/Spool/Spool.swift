import Foundation
import GRDB
package import MailTypes
import NIOConcurrencyHelpers

/// Accepted mail on the disk: SQLite in WAL mode with `synchronous=FULL` and group commit.
///
/// What `commit` has answered is there after a crash. Writing functions are asynchronous and answer on the writer's thread,
/// which an answer must not block; reading ones block and are for other threads than event loops.
///
/// ```
/// let spool = try Spool(directory: state)                    // the gateway; a command says role: .command
/// spool.stage(id, index: 0, chunk) { … }                     // large messages, a chunk at a time; `discard` if broken off
/// spool.commit(message, chunks: rest, firstIndex: 1) { … }   // answered when it is on the disk: now say 250
/// spool.remove(id) { … }                                     // delivered
/// try spool.act(.release, onHeld: ids, author: "person:ann", at: now)
/// for id in try spool.pickUpReleased() { … }                 // every second: what other processes and policies did
/// ```
/// Files: `+Reading`, `+Held` (filters and acts), `+Handoff`, `+Status`; `SpoolWriter` (group commit), `SpoolTables` (the
/// statements), `SpoolSchema`, `SpoolMaintenance` (log and free pages, on its own thread).
package final class Spool: Sendable {
    package struct Settings: Sendable {
        /// Content that may lie in the spool; beyond it new mail is answered with 452.
        package var maximumSize: ByteCount
        /// What stays free on the disk; with less, new mail is answered with 452, and what makes room goes on. Twice the
        /// write-ahead log's limit.
        package var minimumFree: ByteCount
        /// Tells what is free; for tests.
        var freeSpace: @Sendable (String) -> Int? = SpoolSpace.free

        package init(maximumSize: ByteCount = .mib(20_480), minimumFree: ByteCount = .mib(128)) {
            self.maximumSize = maximumSize
            self.minimumFree = minimumFree
        }
    }

    /// Who opens it.
    package enum Role: Sendable {
        /// One at a time: takes the lock, makes the file, cleans up, maintains.
        case gateway
        /// Any number, beside the gateway or without it. What it does with held mail is handed to the gateway.
        case command
    }

    /// The most bytes in one chunk.
    package static let chunkLimit = 65_536

    let pool: DatabasePool
    let writer: SpoolWriter
    let path: String
    let account: NIOLockedValueBox<SpoolAccount>
    let handoff = NIOLockedValueBox(HandoffMark())
    private let space: SpoolSpace
    private let role: Role
    private let lock: FileLock?
    private let settings: Settings
    private let maintenance: SpoolMaintenance?

    /// Opens, or makes, the spool in `directory`. The gateway takes its lock, checks that the writer is durable, and drops
    /// what half-received submissions left; a command needs a spool that is there.
    package init(directory: String, settings: Settings = Settings(), role: Role = .gateway) throws(SpoolError) {
        path = directory + "/spool.db"
        do {
            if role == .gateway {
                try FileManager.default.createDirectory(
                    atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                lock = try FileLock(path: directory + "/spool.lock")
            } else {
                guard access(path, F_OK) == 0 else { throw SpoolError(.unusable, "there is no spool at \(path)") }
                lock = nil
            }
            let connection = try SpoolSchema.open(path: path, mayCreate: role == .gateway)
            if role == .gateway { try SpoolSchema.cleanUp(connection) }
            let size = try connection.integer("SELECT coalesce(sum(size), 0) FROM message") ?? 0
            account = NIOLockedValueBox(SpoolAccount(bytes: Int(size)))
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(Double(SpoolSchema.busyTimeout) / 1000)
            configuration.maximumReaderCount = 4
            pool = try DatabasePool(path: path, configuration: configuration)
            let space = SpoolSpace(path: directory, minimum: settings.minimumFree, probe: settings.freeSpace)
            self.space = space
            writer = SpoolWriter(try SpoolTables(connection, isCommand: role == .command)) { space.look() }
            maintenance = role == .gateway ? try SpoolMaintenance(path: path, writer: writer, space: space) : nil
        } catch {
            throw SpoolError(error)
        }
        self.settings = settings
        self.role = role
    }

    /// Writes what waits, and gives the spool up to another gateway. Idempotent; blocks.
    package func close() {
        maintenance?.stop()
        writer.stop()
        lock?.release()
    }

    // MARK: - Writing

    package typealias Done = @Sendable (Result<Void, SpoolError>) -> Void

    /// Stores a chunk of a message that is still arriving. `full` when there is no room.
    package func stage(_ id: SubmissionID, index: Int, _ chunk: [UInt8], _ done: @escaping Done) {
        guard chunk.count <= Self.chunkLimit, index >= 0 else {
            done(.failure(SpoolError(.unusable, "a chunk of \(chunk.count) bytes at \(index)")))
            return
        }
        if let shortage = space.shortage {
            done(.failure(shortage))
            return
        }
        let limit = settings.maximumSize.bytes
        guard account.withLockedValue({ $0.stage(id, chunk.count, limit: limit) }) else {
            done(.failure(isFull))
            return
        }
        writer.submit(.stage(id, index: index, chunk)) { [account] result in
            if case .failure = result { account.withLockedValue { $0.unstage(id, chunk.count) } }
            done(result.map { _ in })
        }
    }

    /// Forgets the chunks of a submission that was broken off.
    package func discard(_ id: SubmissionID) {
        account.withLockedValue { $0.discard(id) }
        // Should it fail, the next start takes them away.
        writer.submit(.discard(id)) { _ in }
    }

    /// Stores the message, with the chunks that were not staged. On success it survives whatever happens; on failure
    /// nothing of `chunks` is there, and `discard` takes what was staged.
    package func commit(_ message: SpooledMessage, chunks: [[UInt8]], firstIndex: Int = 0, _ done: @escaping Done) {
        guard chunks.allSatisfy({ $0.count <= Self.chunkLimit }), firstIndex >= 0 else {
            done(.failure(SpoolError(.unusable, "a chunk of more than \(Self.chunkLimit) bytes")))
            return
        }
        // Our own reports and notices may use the reserve: a bounce makes room.
        if message.kind == .submission, let shortage = space.shortage {
            done(.failure(shortage))
            return
        }
        let limit = settings.maximumSize.bytes
        guard let counted = account.withLockedValue({ $0.commit(message.id, message.size.bytes, limit: limit) }) else {
            done(.failure(isFull))
            return
        }
        let envelope = EnvelopeCodec.encode(message.envelope, message.recipients)
        writer.submit(.commit(message, envelope: envelope, chunks: chunks, firstIndex: firstIndex)) {
            [account] result in
            if case .failure = result { account.withLockedValue { $0.free(counted) } }
            done(result.map { _ in })
        }
    }

    /// Stores how far the recipients are. `notFound` when it is gone.
    package func update(_ message: SpooledMessage, _ done: @escaping Done) {
        let envelope = EnvelopeCodec.encode(message.envelope, message.recipients)
        writer.submit(.update(message.id, envelope: envelope)) { done($0.map { _ in }) }
    }

    /// Removes a message that is done, with its content. One that is gone already is no error.
    package func remove(_ id: SubmissionID, _ done: @escaping Done) { free(.remove(id), done) }

    /// As `remove`, for callers who have the size at hand; what counts is what the spool has.
    package func remove(_ id: SubmissionID, size: ByteCount, _ done: @escaping Done) { remove(id, done) }

    /// Releases a held message into the queue (to leave through the risky pool), or holds a queued one; recorded with its
    /// author. `notFound` when it is gone, or in that state already.
    package func move(
        _ id: SubmissionID, to state: SpooledMessage.State, author: String, at time: Timestamp, _ done: @escaping Done
    ) {
        writer.submit(.move(id, state, author: Self.name(author), time)) { done($0.map { _ in }) }
    }

    /// Takes a message away for good, with a record of who did it. `notFound` when it is gone.
    ///
    /// A bounce's report must be committed before. A command's reaches held mail only.
    package func settle(
        _ id: SubmissionID, as fate: FateRecord.Fate, author: String, at time: Timestamp, _ done: @escaping Done
    ) {
        free(.settle(id, fate, author: Self.name(author), time), done)
    }

    private func free(_ operation: SpoolOperation, _ done: @escaping Done) {
        writer.submit(operation) { [account] result in
            if case .success(let freed) = result { account.withLockedValue { $0.free(freed) } }
            done(result.map { _ in })
        }
    }

    private var isFull: SpoolError {
        SpoolError(.full, "the spool holds its configured maximum of \(settings.maximumSize)")
    }

    /// Names come from people and configuration; 200 characters tell them apart.
    static func name(_ author: String) -> String { SafeText.printable(author, limit: 200) }
}
