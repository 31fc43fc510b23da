package import Detection
package import MailTypes

extension JournalReader {
    /// The segments that can have events from `time` on, oldest first: from the last one on that begins before it. Reads the
    /// beginning of each, from the newest back.
    package func segments(since time: Timestamp) throws(JournalError) -> [UInt64] {
        let numbers = try JournalFiles.numbers(in: directory)
        for (index, number) in numbers.enumerated().reversed() {
            let start = try JournalFiles.read(path(number), prefix: EventCoding.mostBytes + 1024)
            guard let (payload, _) = Segment.record(in: start, at: Segment.head.count),
                let first = EventCoding.decode(payload)
            else { continue }
            if first.time < time { return Array(numbers[index...]) }
        }
        return numbers
    }

    /// The events of one segment; nothing if it is gone: old ones are removed while others are read.
    package func read(segment number: UInt64, _ body: (DetectionEvent) -> Void) {
        guard let bytes = try? JournalFiles.read(path(number)) else { return }
        _ = Segment.read(bytes, body)
    }

    private func path(_ number: UInt64) -> String { "\(directory)/\(JournalFiles.name(number))" }
}
