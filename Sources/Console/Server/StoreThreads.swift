import NIOConcurrencyHelpers
import NIOPosix

/// Threads of their own for what blocks in databases, with a bound on what waits for them.
final class StoreThreads: Sendable {
    /// Requests that may wait; beyond it the answer is 503.
    private static let limit = 256

    private let pool = NIOThreadPool(numberOfThreads: 2)
    private let waiting = NIOLockedValueBox(0)

    init() { pool.start() }

    func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        let isAccepted = waiting.withLockedValue { count in
            guard count < Self.limit else { return false }
            count += 1
            return true
        }
        guard isAccepted else { throw Problem(.busy, "too many requests wait", retryAfter: 2) }
        defer { waiting.withLockedValue { $0 -= 1 } }
        return try await pool.runIfActive(work)
    }

    func shutdown() async { try? await pool.shutdownGracefully() }
}
