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

/// The events of about a megabyte of one file. Owns the bytes that the events point into.
package final class EventBatch: @unchecked Sendable {
    /// Index of the file among the sources.
    package let file: Int
    /// Number of the batch's first line in the file, from 1.
    package let firstLine: Int
    package var events: [TimedEvent] = []
    package var lines = 0
    package var tally = LineTally()
    /// Bytes of the file (compressed) read so far.
    package var position = 0

    let buffer: UnsafeMutableRawBufferPointer

    init(file: Int, firstLine: Int, capacity: Int) {
        self.file = file
        self.firstLine = firstLine
        buffer = .allocate(byteCount: capacity, alignment: 16)
        events.reserveCapacity(capacity / 128)
    }

    deinit { buffer.deallocate() }
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
