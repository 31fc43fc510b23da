import Glibc
import LogFormats

/// Cuts one file into lines and reads them, a quarter of a megabyte at a time.
final class BatchReader {
    private static let capacity = 1 << 18
    private let source: any ByteSource
    private let file: Int
    /// Behind a pointer, so that reading a line needs no exclusive access to this object.
    private let reader: UnsafeMutablePointer<LogReader>
    private let pool = BatchPool(capacity: BatchReader.capacity)
    private var carry: [UInt8] = []
    private var nextLine = 1
    /// Bytes of text before the next batch.
    private var consumed = 0
    private var lastSeconds: UInt32 = 0
    private var ended = false
    /// In a line longer than a batch: skip to its end.
    private var overlong = false
    /// The next batch begins within a line.
    private var isMidLine = false
    private var hostKey: (text: [UInt8], key: UInt32) = ([], 0)

    init(source: any ByteSource, file: Int, reader: LogReader) {
        self.source = source
        self.file = file
        self.reader = .allocate(capacity: 1)
        self.reader.initialize(to: reader)
    }

    deinit {
        reader.deinitialize(count: 1)
        reader.deallocate()
    }

    /// The next batch; `nil` at the end.
    ///
    /// - Parameter eager: gives what one read gave, instead of filling the batch: for pipes and files that still grow.
    func next(eager: Bool = false) throws -> EventBatch? {
        guard !ended else { return nil }
        let batch = EventBatch(file: file, firstLine: nextLine, start: isMidLine ? nil : consumed, pool: pool)
        batch.buffer.copyBytes(from: carry)
        var filled = carry.count
        carry.removeAll(keepingCapacity: true)
        while filled < batch.buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: batch.buffer[filled...])
            let got = try source.read(into: rest)
            if got == 0 {
                ended = true
                break
            }
            filled += got
            if eager { break }
        }
        batch.position = source.position
        if ended, filled == 0 { return nil }
        read(batch, filled)
        consumed += filled - carry.count
        return batch
    }

    private func read(_ batch: EventBatch, _ filled: Int) {
        guard let raw = batch.buffer.baseAddress else { return }
        let base = UnsafePointer(raw.assumingMemoryBound(to: UInt8.self))
        var lines = LineRun(
            file: file, firstLine: nextLine, lastSeconds: lastSeconds, hostKey: hostKey, skips: overlong)
        overlong = false
        isMidLine = false
        swap(&lines.events, &batch.events)
        defer {
            swap(&lines.events, &batch.events)
            batch.lines = lines.lines
            batch.tally = lines.tally
            lastSeconds = lines.lastSeconds
            hostKey = lines.hostKey
        }
        var at = 0
        while at < filled {
            guard let hit = memchr(base + at, 0x0a, filled - at) else { break }
            let end = UnsafePointer(hit.assumingMemoryBound(to: UInt8.self)) - base
            lines.read(ByteSlice(base: base + at, count: end - at), reader)
            at = end + 1
        }
        nextLine += lines.lines
        guard at < filled else { return }
        if at == 0, !ended, filled == batch.buffer.count {
            let whole = RecordSplitter.wholeEvents(ByteSlice(base: base, count: filled))
            if whole > 0 {
                lines.read(ByteSlice(base: base, count: whole), reader)
                carry.append(contentsOf: UnsafeBufferPointer(start: base + whole, count: filled - whole))
                isMidLine = true
                return
            }
        }
        if ended || (at == 0 && filled == batch.buffer.count) {
            lines.read(ByteSlice(base: base + at, count: filled - at), reader)
            overlong = !ended
            isMidLine = overlong
        } else {
            carry.append(contentsOf: UnsafeBufferPointer(start: base + at, count: filled - at))
        }
    }
}

/// The lines of one batch, as they are read.
private struct LineRun {
    let file: Int
    let firstLine: Int
    var lastSeconds: UInt32
    var hostKey: (text: [UInt8], key: UInt32)
    /// The first line is the end of one that was too long.
    var skips: Bool
    var events: [TimedEvent] = []
    var lines = 0
    var tally = LineTally()

    mutating func read(_ text: ByteSlice, _ reader: UnsafeMutablePointer<LogReader>) {
        lines += 1
        if skips {
            skips = false
            return
        }
        let text = text.last == 0x0d ? text.prefix(text.count - 1) : text
        guard !text.isEmpty else { return }
        if RecordSplitter.mayHoldSeveral(text) {
            RecordSplitter.split(text) { record($0, reader) }
        } else {
            record(text, reader)
        }
    }

    private mutating func record(_ text: ByteSlice, _ reader: UnsafeMutablePointer<LogReader>) {
        let parsed = reader.pointee.read(text)
        tally.count(parsed.format, understood: parsed.event != nil)
        if let seconds = parsed.seconds { lastSeconds = UInt32(clamping: seconds) }
        guard let event = parsed.event else {
            tally.sample(parsed.format, EvidenceRef(file: file, line: firstLine + lines - 1), text)
            return
        }
        if case .nothing = event { return }
        events.append(
            TimedEvent(
                seconds: lastSeconds, line: UInt32(lines - 1), repeats: UInt32(clamping: parsed.repeats),
                host: key(parsed.host), event: event))
    }

    /// One number a host name; most lines repeat the last one's.
    private mutating func key(_ host: ByteSlice) -> UInt32 {
        if host.isEmpty { return 0 }
        if host.count == hostKey.text.count, hostKey.text.withUnsafeBufferPointer({ host.equals($0) }) {
            return hostKey.key
        }
        var key: UInt32 = 2_166_136_261
        for byte in host.bytes { key = (key ^ UInt32(byte)) &* 16_777_619 }
        hostKey = (host.bytes, key)
        return key
    }
}

extension ByteSlice {
    fileprivate func equals(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = bytes.baseAddress else { return isEmpty }
        return equals(ByteSlice(base: base, count: bytes.count))
    }
}
