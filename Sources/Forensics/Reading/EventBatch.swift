package import LogFormats

/// An event with its moment and its place.
package struct TimedEvent {
    /// Seconds since 1970.
    package var seconds: UInt32
    /// Line, counted from the batch's first.
    package var line: UInt32
    /// How often the line says it happened.
    package var repeats: UInt32
    /// Tells hosts apart whose queue ids could be the same.
    package var host: UInt32
    package var event: LogEvent
}

/// The events of some hundred kilobytes of one file. Owns the bytes that the events point into.
///
/// Unchecked, since one thread fills it and then hands it over: nobody changes it after `BatchReader.next` returned it.
package final class EventBatch: @unchecked Sendable {
    /// Index of the file among the sources.
    package let file: Int
    /// Number of the batch's first line in the file, from 1.
    package let firstLine: Int
    /// Where that line begins: bytes of the text, which are those of the file where it is neither compressed nor UTF-16.
    /// `nil` where the batch begins within a line.
    package let start: Int?
    package internal(set) var events: [TimedEvent] = []
    package internal(set) var lines = 0
    package internal(set) var tally = LineTally()
    /// Bytes of the file (compressed) read so far.
    package internal(set) var position = 0

    let buffer: UnsafeMutableRawBufferPointer
    private let pool: BatchPool

    init(file: Int, firstLine: Int, start: Int?, pool: BatchPool) {
        self.file = file
        self.firstLine = firstLine
        self.start = start
        self.pool = pool
        (buffer, events) = pool.take()
    }

    deinit {
        let kept = events
        events = []
        pool.give(buffer, kept)
    }
}

/// Lines by format, read and not understood; with a few of the latter to show.
package struct LineTally: Sendable {
    package private(set) var lines = [Int](repeating: 0, count: LogFormat.allCases.count)
    package private(set) var unparsed = [Int](repeating: 0, count: LogFormat.allCases.count)
    /// The first lines that were not understood: format, line number, text.
    package private(set) var samples: [(format: LogFormat, ref: UInt64, text: String)] = []

    /// Samples kept a format.
    package static let sampleLimit = 20

    mutating func count(_ format: LogFormat, understood: Bool) {
        let index = Int(format.rawValue)
        lines[index] += 1
        if !understood { unparsed[index] += 1 }
    }

    mutating func sample(_ format: LogFormat, _ ref: EvidenceRef, _ text: ByteSlice) {
        guard unparsed[Int(format.rawValue)] <= LineTally.sampleLimit else { return }
        samples.append((format, ref.rawValue, text.prefix(1024).string))
    }

    mutating func add(_ other: LineTally) {
        for index in lines.indices {
            lines[index] += other.lines[index]
            unparsed[index] += other.unparsed[index]
        }
        for sample in other.samples where samples.count(where: { $0.format == sample.format }) < LineTally.sampleLimit {
            samples.append(sample)
        }
    }

    package var total: Int { lines.reduce(0, +) }
    package var totalUnparsed: Int { unparsed.reduce(0, +) }
}
