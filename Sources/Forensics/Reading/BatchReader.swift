import Glibc
import LogFormats

/// Cuts one file into lines and reads them, a megabyte at a time.
final class BatchReader {
    private static let capacity = 1 << 20
    private let source: any ByteSource
    private let file: Int
    private var reader: LogReader
    private var carry: [UInt8] = []
    private var nextLine = 1
    private var lastSeconds: UInt32 = 0
    private var ended = false
    /// In a line longer than a batch: skip to its end.
    private var overlong = false
    private var hostKey: (text: [UInt8], key: UInt32) = ([], 0)

    init(source: any ByteSource, file: Int, reader: LogReader) {
        self.source = source
        self.file = file
        self.reader = reader
    }

    /// The next batch; `nil` at the end.
    ///
    /// - Parameter eager: gives what one read gave, instead of filling the batch: for pipes and files that still grow.
    func next(eager: Bool = false) throws -> EventBatch? {
        guard !ended else { return nil }
        let batch = EventBatch(file: file, firstLine: nextLine, capacity: BatchReader.capacity)
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
        return batch
    }

    private func read(_ batch: EventBatch, _ filled: Int) {
        guard let raw = batch.buffer.baseAddress else { return }
        let base = UnsafePointer(raw.assumingMemoryBound(to: UInt8.self))
        var at = 0
        while at < filled {
            guard let hit = memchr(base + at, 0x0a, filled - at) else { break }
            let end = UnsafePointer(hit.assumingMemoryBound(to: UInt8.self)) - base
            line(batch, ByteSlice(base: base + at, count: end - at))
            at = end + 1
        }
        guard at < filled else { return }
        if at == 0, !ended, filled == batch.buffer.count {
            let whole = RecordSplitter.wholeEvents(ByteSlice(base: base, count: filled))
            if whole > 0 {
                line(batch, ByteSlice(base: base, count: whole))
                nextLine -= 1
                carry.append(contentsOf: UnsafeBufferPointer(start: base + whole, count: filled - whole))
                return
            }
        }
        if ended || (at == 0 && filled == batch.buffer.count) {
            line(batch, ByteSlice(base: base + at, count: filled - at))
            overlong = !ended
            if overlong { nextLine -= 1 }
        } else {
            carry.append(contentsOf: UnsafeBufferPointer(start: base + at, count: filled - at))
        }
    }

    private func line(_ batch: EventBatch, _ text: ByteSlice) {
        nextLine += 1
        batch.lines += 1
        if overlong {
            overlong = false
            return
        }
        let text = text.last == 0x0d ? text.prefix(text.count - 1) : text
        guard !text.isEmpty else { return }
        if RecordSplitter.mayHoldSeveral(text) {
            RecordSplitter.split(text) { record(batch, $0) }
        } else {
            record(batch, text)
        }
    }

    private func record(_ batch: EventBatch, _ text: ByteSlice) {
        let parsed = reader.read(text)
        batch.tally.count(parsed.format, understood: parsed.event != nil)
        if let seconds = parsed.seconds { lastSeconds = UInt32(clamping: seconds) }
        guard let event = parsed.event else {
            let ref = EvidenceRef(file: file, line: nextLine - 1)
            batch.tally.sample(parsed.format, ref, text)
            return
        }
        if case .nothing = event { return }
        batch.events.append(
            TimedEvent(
                seconds: lastSeconds, line: UInt32(batch.lines - 1), repeats: UInt32(clamping: parsed.repeats),
                host: key(parsed.host), event: event))
    }

    /// One number a host name; most lines repeat the last one's.
    private func key(_ host: ByteSlice) -> UInt32 {
        if host.isEmpty { return 0 }
        if host.count == hostKey.text.count,
            hostKey.text.withUnsafeBufferPointer({ host.equals($0) })
        {
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
