import Dispatch

/// Blocking runs side by side, a few at once. Blocks until all have ended.
enum ParallelRuns {
    /// The errors of those that failed.
    static func failures<Part: Sendable>(
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
