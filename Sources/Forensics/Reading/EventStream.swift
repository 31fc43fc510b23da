import Foundation

/// The batches of one log, read ahead on a thread of its own: reading and parsing use one core, the analysis another.
///
/// Unchecked, since all that changes is behind the condition.
final class EventStream: @unchecked Sendable {
    private static let ahead = 2
    private let condition = NSCondition()
    private var ready: [EventBatch] = []
    private var failures: [LogInputError] = []
    private var finished = false
    private var cancelled = false

    /// - Parameter open: gives the readers of the log's files, one after the other.
    init(files: [Int], open: @escaping @Sendable (Int) throws -> BatchReader) {
        let thread = Thread { [self] in run(files, open) }
        thread.name = "sluice-logs-read"
        thread.stackSize = 1 << 20
        thread.start()
    }

    private func run(_ files: [Int], _ open: (Int) throws -> BatchReader) {
        for file in files {
            do {
                let reader = try open(file)
                while let batch = try reader.next(), put(batch) {}
            } catch let error as LogInputError {
                condition.withLock { failures.append(error) }
            } catch {
                let failure = LogInputError(code: .unreadable, path: "\(file)", message: "\(error)")
                condition.withLock { failures.append(failure) }
            }
        }
        condition.withLock {
            finished = true
            condition.broadcast()
        }
    }

    /// False when nobody wants more.
    private func put(_ batch: EventBatch) -> Bool {
        condition.withLock {
            while ready.count >= EventStream.ahead, !cancelled { condition.wait() }
            guard !cancelled else { return false }
            ready.append(batch)
            condition.signal()
            return true
        }
    }

    /// The next batch, waiting for it; `nil` at the end.
    func next() -> EventBatch? {
        condition.withLock {
            while ready.isEmpty, !finished { condition.wait() }
            guard !ready.isEmpty else { return nil }
            let batch = ready.removeFirst()
            condition.signal()
            return batch
        }
    }

    func cancel() {
        condition.withLock {
            cancelled = true
            condition.broadcast()
        }
    }

    /// What could not be read so far.
    var errors: [LogInputError] { condition.withLock { failures } }
}
