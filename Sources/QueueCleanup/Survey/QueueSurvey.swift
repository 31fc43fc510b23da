package import ContentAnalysis
package import MTAControl

/// A queue read whole, once: what is in it, and what could not be read.
package struct QueueSurvey: Sendable {
    package struct Problem: Hashable, Sendable, Codable {
        /// A queue id or a path.
        package var what: String
        package var reason: String
    }

    /// In order of arrival.
    package private(set) var messages: [MessageSummary] = []
    /// Messages and places that could not be read: they are still in the queue, whatever they are.
    package private(set) var problems: [Problem] = []
    /// Messages that left while the queue was read.
    package private(set) var leftMeanwhile = 0
    /// Messages that are being received now and are not in the queue yet.
    package private(set) var arriving = 0

    /// Whether nothing in the queue was missed.
    package var isWhole: Bool { problems.isEmpty && arriving == 0 }

    /// A message that moves on while the queue is read is looked for again this often.
    private static let rounds = 6

    /// Reads the queue and judges every message. Blocks.
    ///
    /// - Parameter progress: called now and then with the share done; `false` stops, and is an error.
    package init(
        _ queue: some MailQueue, model: ContentModel, progress: (Double) -> Bool = { _ in true }
    ) throws {
        var listing = try queue.list()
        problems = listing.problems.map { Problem(what: queue.name, reason: $0) }
        var waiting = Array(listing.entries.values)
        let total = waiting.count
        messages.reserveCapacity(total)
        var known: Set<QueueID> = []
        for round in 1...Self.rounds {
            var again: [QueueEntry] = []
            var arriving: [QueueID] = []
            for (index, entry) in waiting.enumerated() {
                if index % 256 == 0, !progress(Double(messages.count) / Double(max(1, total))) {
                    throw CleanupError(.usage, "stopped")
                }
                switch queue.read(entry) {
                case .message(let message):
                    messages.append(MessageSummary(message, by: model))
                    known.insert(entry.id)
                case .gone: again.append(entry)
                case .arriving: arriving.append(entry.id)
                case .unreadable(let reason):
                    problems.append(Problem(what: entry.id.description, reason: reason))
                    known.insert(entry.id)
                }
            }
            self.arriving = arriving.count
            guard !again.isEmpty || !arriving.isEmpty else { break }
            // Moved, or left? What came in since is not waited for, or a busy queue would never be read to its end.
            listing = try queue.list()
            let sought = Set(again.map(\.id) + arriving).subtracting(known)
            waiting = sought.compactMap { listing.entries[$0] }
            leftMeanwhile += sought.count - waiting.count
            if waiting.isEmpty {
                self.arriving = 0
                break
            }
            if round == Self.rounds {
                for entry in again where listing.entries[entry.id] != nil {
                    problems.append(Problem(what: entry.id.description, reason: "moved each time it was looked for"))
                }
            }
        }
        messages.sort { ($0.identity.arrival, $0.id) < ($1.identity.arrival, $1.id) }
    }
}
