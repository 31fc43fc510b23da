/// Merges the events of several logs by time, each log in its own order.
///
/// Hands out runs of events, not single ones: as long as one log is alone in time, its whole batch goes at once.
struct EventMerge {
    private struct Head {
        var stream: EventStream
        var batch: EventBatch
        var at: Int
        var seconds: UInt32 { batch.events[at].seconds }
    }

    private var heads: [Head] = []
    /// Called for each batch as it comes in, in no order: for counting lines.
    private let onBatch: (EventBatch) -> Void

    init(_ streams: [EventStream], onBatch: @escaping (EventBatch) -> Void) {
        self.onBatch = onBatch
        for stream in streams {
            if let (batch, at) = EventMerge.refill(stream, onBatch) {
                heads.append(Head(stream: stream, batch: batch, at: at))
            }
        }
    }

    private static func refill(_ stream: EventStream, _ onBatch: (EventBatch) -> Void) -> (EventBatch, Int)? {
        while let batch = stream.next() {
            onBatch(batch)
            if !batch.events.isEmpty { return (batch, 0) }
        }
        return nil
    }

    /// The next run: `events[range]` of one batch, not later than any other log's next event.
    mutating func next() -> (EventBatch, Range<Int>)? {
        guard !heads.isEmpty else { return nil }
        var first = 0
        for i in heads.indices where heads[i].seconds < heads[first].seconds { first = i }
        var bound = UInt32.max
        for i in heads.indices where i != first { bound = min(bound, heads[i].seconds) }
        let batch = heads[first].batch
        let start = heads[first].at
        let end = EventMerge.end(of: batch, from: start, notAfter: bound)
        if end < batch.events.count {
            heads[first].at = end
        } else if let (next, at) = EventMerge.refill(heads[first].stream, onBatch) {
            heads[first].batch = next
            heads[first].at = at
        } else {
            heads.remove(at: first)
        }
        return (batch, start..<end)
    }

    /// Where the run that begins at `start` ends: before the first event later than `bound`.
    private static func end(of batch: EventBatch, from start: Int, notAfter bound: UInt32) -> Int {
        guard bound < .max else { return batch.events.count }
        return batch.events.withUnsafeBufferPointer { events in
            var end = start + 1
            while end < events.count, events[end].seconds <= bound { end += 1 }
            return end
        }
    }
}
