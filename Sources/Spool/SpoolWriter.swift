import Dispatch
import Foundation
import NIOConcurrencyHelpers

/// Group commit: one thread takes everything that waits into one transaction, and answers when it is on the disk.
///
/// An operation that fails by itself fails alone; when the disk or the commit fails, all of its transaction fail and nothing
/// of it is in the database. Answers are given on the writer's thread and must not block it.
final class SpoolWriter: Sendable {
    typealias Answer = @Sendable (Result<Int, SpoolError>) -> Void

    /// Operations that may wait: about a second's work, so that a stalled disk turns into 451s and not into memory.
    static let queueLimit = 20_000
    /// Bytes of content that may wait, for the same reason.
    static let queueBytes = 67_108_864
    /// Operations, and bytes, in one transaction: they bound how long the first one waits.
    static let batchLimit = 256
    static let batchBytes = 8_388_608
    /// After a transaction that as many shared, the next one waits a moment for company (PostgreSQL's `commit_delay` and
    /// `commit_siblings`). Measured with 20 sessions: 310 µs of processor time a message without, 265 with; somebody who
    /// comes alone never waits.
    static let siblings = 4
    static let gathering: UInt32 = 700  // microseconds

    private struct Entry: Sendable {
        var operation: SpoolOperation
        var answer: Answer
    }

    private struct State {
        var waiting: [Entry] = []
        /// Also those of the batch under way.
        var count = 0
        var bytes = 0
        var isStopped = false
    }

    private let state = NIOLockedValueBox(State())
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let tables: SpoolTables
    private let wrote: @Sendable () -> Void

    /// - Parameter wrote: called after each transaction, before its answers.
    init(_ tables: SpoolTables, wrote: @escaping @Sendable () -> Void) {
        self.tables = tables
        self.wrote = wrote
        let thread = Thread { [self] in run() }
        thread.name = "spool-writer"
        thread.start()
    }

    /// Queues the operation. The answer, bytes freed, comes on the writer's thread; or here when the queue is full or the
    /// spool closed. What makes room is taken also when the queue is full of bytes.
    func submit(_ operation: SpoolOperation, _ answer: @escaping Answer) {
        let weight = operation.weight
        let (isAccepted, isFirst) = state.withLockedValue { state in
            guard !state.isStopped, state.count < Self.queueLimit,
                weight == 0 || state.bytes + weight <= Self.queueBytes
            else { return (false, false) }
            state.waiting.append(Entry(operation: operation, answer: answer))
            state.count += 1
            state.bytes += weight
            return (true, state.waiting.count == 1)
        }
        if isFirst { wake.signal() }
        if !isAccepted { answer(.failure(SpoolError(.busy, "too much is waiting to be written to the spool"))) }
    }

    /// Runs work on the writer's connection, in a transaction, and waits for it. Never on the writer's thread itself.
    func perform<T: Sendable>(_ work: @escaping @Sendable (SpoolTables) throws(SpoolError) -> T) throws(SpoolError)
        -> T
    {
        let found = NIOLockedValueBox<T?>(nil)
        try wait(
            .perform { tables throws(SpoolError) in
                let value = try work(tables)
                found.withLockedValue { $0 = value }
            })
        guard let found = found.withLockedValue({ $0 }) else {
            throw SpoolError(.inputOutput, "the spool's writer did not answer")
        }
        return found
    }

    /// Submits an operation and waits for its answer. Never on the writer's thread itself.
    func wait(_ operation: SpoolOperation) throws(SpoolError) {
        let outcome = NIOLockedValueBox<Result<Int, SpoolError>?>(nil)
        let done = DispatchSemaphore(value: 0)
        submit(operation) { result in
            outcome.withLockedValue { $0 = result }
            done.signal()
        }
        done.wait()
        if case .failure(let error) = outcome.withLockedValue({ $0 }) { throw error }
    }

    /// Writes what waits and ends the thread. Operations that come later are refused.
    func stop() {
        let isFirst = state.withLockedValue { state in
            defer { state.isStopped = true }
            return !state.isStopped
        }
        guard isFirst else { return }
        wake.signal()
        ended.wait()
    }

    private func run() {
        while true {
            wake.wait()
            var company = 0
            while true {
                if company >= Self.siblings { usleep(Self.gathering) }
                let taken = state.withLockedValue { state in
                    let taken = state.waiting
                    state.waiting = []
                    return taken
                }
                guard !taken.isEmpty else { break }
                company = taken.count
                var rest = taken[...]
                while !rest.isEmpty { commit(Self.batch(&rest)) }
            }
            if state.withLockedValue({ $0.isStopped && $0.waiting.isEmpty }) {
                ended.signal()
                return
            }
        }
    }

    private static func batch(_ rest: inout ArraySlice<Entry>) -> ArraySlice<Entry> {
        var bytes = 0
        var count = 0
        for entry in rest.prefix(batchLimit) {
            bytes += entry.operation.weight
            if count > 0, bytes > batchBytes { break }
            count += 1
        }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private func commit(_ batch: ArraySlice<Entry>) {
        var results = transact(batch)
        // On a full disk what makes room is tried again without its neighbours, or room would never come.
        if batch.count > 1, results.contains(where: { $0.isFull }) {
            let indices = batch.enumerated().filter { $0.element.operation.makesRoom }.map(\.offset)
            let second = transact(indices.map { batch[batch.startIndex + $0] }[...])
            for (index, result) in zip(indices, second) { results[index] = result }
        }
        let weight = batch.reduce(0) { $0 + $1.operation.weight }
        state.withLockedValue { state in
            state.count -= batch.count
            state.bytes -= weight
        }
        wrote()
        for (entry, result) in zip(batch, results) { entry.answer(result) }
    }

    /// One transaction, one result for each entry.
    private func transact(_ batch: ArraySlice<Entry>) -> [Result<Int, SpoolError>] {
        guard !batch.isEmpty else { return [] }
        var results: [Result<Int, SpoolError>] = []
        results.reserveCapacity(batch.count)
        do throws(SpoolError) {
            try tables.beginTransaction()
            for entry in batch {
                do throws(SpoolError) {
                    results.append(.success(try tables.run(entry.operation)))
                } catch {
                    guard error.concernsOneOperation else { throw error }
                    results.append(.failure(error))
                }
            }
            try tables.commitTransaction()
            return results
        } catch {
            tables.abandonTransaction()
            return Array(repeating: .failure(error), count: batch.count)
        }
    }
}

extension SpoolError {
    /// Whether the other operations of the transaction can go on.
    var concernsOneOperation: Bool {
        switch code {
        case .notFound, .conflict: true
        case .full, .inputOutput, .busy, .locked, .unusable: false
        }
    }
}

extension Result<Int, SpoolError> {
    var isFull: Bool {
        if case .failure(let error) = self { return error.code == .full }
        return false
    }
}
