import Dispatch

/// Blocking runs side by side, a few at once. Blocks until all have ended.
enum ParallelRuns {
    /// Fewer ids are not worth a process of their own.
    private static let fewest = 50

    /// Hands all ids on in parts of `QueueBounds.batch` at most; throws the first error when all have ended.
    static func each(
        _ ids: [QueueID], atOnce: Int, part limit: Int = QueueBounds.batch, fewest: Int = ParallelRuns.fewest,
        _ run: @Sendable (ArraySlice<QueueID>) throws(MTAError) -> Void
    ) throws(MTAError) {
        let share = min(max(fewest, (ids.count + atOnce - 1) / atOnce), limit)
        let parts = stride(from: 0, to: ids.count, by: share).map { ids[$0..<min($0 + share, ids.count)] }
        if let failure = failures(parts, atOnce: atOnce, run).first { throw failure }
    }

    /// The errors of those that failed.
    private static func failures<Part: Sendable>(
        _ parts: [Part], atOnce: Int, _ run: @Sendable (Part) throws(MTAError) -> Void
    ) -> [MTAError] {
        var failures: [MTAError?] = Array(repeating: nil, count: parts.count)
        failures.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let slots = buffer
            for start in stride(from: 0, to: parts.count, by: atOnce) {
                DispatchQueue.concurrentPerform(iterations: min(atOnce, parts.count - start)) { offset in
                    do throws(MTAError) {
                        try run(parts[start + offset])
                    } catch {
                        // Each has a slot of its own.
                        slots[start + offset] = error
                    }
                }
            }
        }
        return failures.compactMap { $0 }
    }
}
