import MailTypes

/// The last few parts of a wider source that were suspect or stopped, each once.
struct SuspectParts: Hashable, Sendable {
    static let capacity = 16

    struct Entry: Hashable, Sendable {
        var hash: UInt64
        var time: Timestamp
        var isStopped: Bool
    }

    var entries: [Entry] = []

    mutating func note(_ hash: UInt64, isStopped: Bool, at time: Timestamp) {
        if let index = entries.firstIndex(where: { $0.hash == hash }) {
            let stopped = entries[index].isStopped || isStopped
            entries.remove(at: index)
            entries.append(Entry(hash: hash, time: time, isStopped: stopped))
        } else {
            if entries.count == Self.capacity { entries.removeFirst() }
            entries.append(Entry(hash: hash, time: time, isStopped: isStopped))
        }
    }

    /// How much of the source is affected within the window: a stopped part weighs one, a suspect one a half.
    func weight(at time: Timestamp, window: Duration) -> Double {
        entries.reduce(0) { sum, entry in
            let age = time - entry.time
            return age > window || age < .zero - window ? sum : sum + (entry.isStopped ? 1 : 0.5)
        }
    }

    /// Different parts within the window.
    func count(at time: Timestamp, window: Duration) -> Int {
        entries.count { time - $0.time <= window && time - $0.time >= .zero - window }
    }

    /// Stopped parts within the window, one excepted.
    func stopped(but hash: UInt64, at time: Timestamp, window: Duration) -> Int {
        entries.count {
            $0.isStopped && $0.hash != hash && time - $0.time <= window && time - $0.time >= .zero - window
        }
    }

    mutating func forget(_ hash: UInt64) { entries.removeAll { $0.hash == hash } }
}
