package import MailTypes

/// Held submissions whose sender may yet turn out clean, oldest first.
struct HeldQueue: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var id: SubmissionID
        var source: SourceID
        var time: Timestamp
        var logOdds: Double
    }

    let capacity: Int
    private(set) var entries: [Entry] = []
    /// Of `entries`, those that are gone.
    private var start = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var waiting: ArraySlice<Entry> { entries[start...] }

    /// When it is full the oldest is forgotten: it then waits for a person.
    mutating func append(_ entry: Entry) {
        if waiting.count >= capacity { start += 1 }
        entries.append(entry)
        compact()
    }

    mutating func takeFirst() -> Entry? {
        guard start < entries.count else { return nil }
        defer {
            start += 1
            compact()
        }
        return entries[start]
    }

    private mutating func compact() {
        guard start > 64, start * 2 > entries.count else { return }
        entries.removeFirst(start)
        start = 0
    }

    static func == (a: HeldQueue, b: HeldQueue) -> Bool { a.capacity == b.capacity && a.waiting == b.waiting }

    func hash(into hasher: inout Hasher) { hasher.combine(waiting) }
}

extension Detector {
    /// Submissions that were held and may go out now: their wait is over, their sender was not stopped and shows no more
    /// that is suspect, and they themselves were doubtful and no more. Each is named once.
    package mutating func releases(at time: Timestamp) -> [SubmissionID] {
        var released: [SubmissionID] = []
        while let entry = held.waiting.first, time - entry.time >= policy.releaseAfter {
            _ = held.takeFirst()
            if isClean(entry, at: time) { released.append(entry.id) }
        }
        return released
    }

    private func isClean(_ entry: HeldQueue.Entry, at time: Timestamp) -> Bool {
        guard entry.logOdds < policy.releaseBelow else { return false }
        let table = table(entry.source.scope)
        guard let place = table.known(entry.source) else { return true }
        let state = table[place]
        if let customer = customers.known(.customer(entry.source.customer)),
            customers[customer].isStopped(policy, at: time)
        {
            return false
        }
        return !state.isStopped(policy, at: time) && state.lastSuspect <= entry.time && state.sum < policy.stop / 2
    }
}
