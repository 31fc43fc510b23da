import Dispatch
import Foundation
import GRDB
import NIOConcurrencyHelpers

/// Group commit: one thread takes everything that waits into one transaction, and answers when it is on the disk.
///
/// An operation that fails by itself fails alone (savepoint); when the commit fails, all of its batch fail and nothing of it
/// is in the database.
final class SpoolWriter: Sendable {
    struct Operation: Sendable {
        var work: @Sendable (Database) throws -> Void
        var done: @Sendable (Result<Void, SpoolError>) -> Void
    }

    /// Operations that may wait: about a second's work, so that a stalled disk turns into 451s and not into memory.
    static let queueLimit = 20_000
    /// Operations in one transaction: bounds how long the first one waits.
    static let batchLimit = 256

    private struct State {
        var waiting: [Operation] = []
        var isStopped = false
    }

    private let state = NIOLockedValueBox(State())
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let pool: DatabasePool

    init(pool: DatabasePool) {
        self.pool = pool
        let thread = Thread { [self] in run() }
        thread.name = "spool-writer"
        thread.start()
    }

    /// Queues the operation. `done` is called on the writer's thread, or here when the queue is full or the spool closed.
    func submit(_ operation: Operation) {
        let accepted = state.withLockedValue { state in
            guard !state.isStopped, state.waiting.count < Self.queueLimit else { return false }
            state.waiting.append(operation)
            return true
        }
        if accepted {
            wake.signal()
        } else {
            operation.done(.failure(SpoolError(.busy, "too much is waiting to be written to the spool")))
        }
    }

    /// Writes what waits and ends the thread.
    func stop() {
        let first = state.withLockedValue { state in
            defer { state.isStopped = true }
            return !state.isStopped
        }
        guard first else { return }
        wake.signal()
        ended.wait()
    }

    private func run() {
        while true {
            wake.wait()
            while true {
                let batch = state.withLockedValue { state in
                    let batch = Array(state.waiting.prefix(Self.batchLimit))
                    state.waiting.removeFirst(batch.count)
                    return batch
                }
                guard !batch.isEmpty else { break }
                commit(batch)
            }
            if state.withLockedValue({ $0.isStopped && $0.waiting.isEmpty }) {
                ended.signal()
                return
            }
        }
    }

    private func commit(_ batch: [Operation]) {
        var results = [Result<Void, SpoolError>](repeating: .success(()), count: batch.count)
        do {
            try pool.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    for (index, operation) in batch.enumerated() {
                        do {
                            try db.inSavepoint {
                                try operation.work(db)
                                return .commit
                            }
                        } catch {
                            let failure = SpoolError(error)
                            // A full or failing disk is the whole batch's trouble: roll it back at once.
                            if failure.code == .full || failure.code == .inputOutput { throw failure }
                            results[index] = .failure(failure)
                        }
                    }
                    return .commit
                }
            }
        } catch {
            let failure = SpoolError(error)
            results = Array(repeating: .failure(failure), count: batch.count)
        }
        for (operation, result) in zip(batch, results) { operation.done(result) }
    }
}

extension SpoolError {
    /// What SQLite's error means for the client.
    init(_ error: any Error) {
        if let own = error as? SpoolError {
            self = own
            return
        }
        guard let database = error as? DatabaseError else {
            self.init(.inputOutput, "the spool failed: \(error)")
            return
        }
        switch database.resultCode {
        case .SQLITE_FULL: self.init(.full, "the spool's disk is full")
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            self.init(.unusable, "the spool database is damaged: \(database.message ?? "")")
        default:
            self.init(
                .inputOutput,
                "the spool could not be written: \(database.message ?? "error \(database.resultCode.rawValue)")")
        }
    }
}
