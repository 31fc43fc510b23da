package import Foundation
import LogFormats

/// All inputs of one analysis, looked into once: in which order they go, and in which zone lines without one are.
package struct LogSet: Sendable {
    package private(set) var files: [LogFile]
    let zone: ZoneOffsets
    /// Where the zone comes from, for people.
    package let zoneReason: String

    private static let peekBytes = 256 * 1024

    /// - Parameters:
    ///   - zone: what local time means; `nil` infers it from lines that tell their offset, else takes this machine's.
    package init(_ files: [LogFile], timeZone: TimeZone?, now: Int64) {
        let zone = timeZone.map { ZoneOffsets($0, around: now) }
        self.files = files
        var votes: [Int32: Int] = [:]
        for index in self.files.indices where self.files[index].path != LogFile.standardInput {
            let file = self.files[index]
            let peek = BatchPeek(reader: LogReader(latest: min(file.modified, now), zone: zone ?? .utc))
            // What cannot be read is told when its turn comes; the others are read all the same.
            if let source = try? ByteSources.open(file.path) { try? peek.read(source, limit: LogSet.peekBytes) }
            self.files[index].firstSeconds = peek.firstSeconds ?? Int64.max
            for (offset, count) in peek.offsets { votes[offset, default: 0] += count }
        }
        if let zone {
            self.zone = zone
            zoneReason = "given"
        } else if let best = votes.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), votes.count == 1 {
            self.zone = .fixed(best.key)
            zoneReason = "from lines that tell it"
        } else {
            self.zone = ZoneOffsets(TimeZone.current, around: now)
            zoneReason = "this machine's (\(TimeZone.current.identifier))"
        }
        self.files.sort { ($0.firstSeconds, $0.path) < ($1.firstSeconds, $1.path) }
    }

    /// The files' indices grouped into logs: each group is read one file after the other.
    package var groups: [[Int]] {
        var order: [String] = []
        var groups: [String: [Int]] = [:]
        for (index, file) in files.enumerated() {
            if groups[file.stem] == nil { order.append(file.stem) }
            groups[file.stem, default: []].append(index)
        }
        return order.compactMap { groups[$0] }
    }

    func reader(_ index: Int, now: Int64) -> LogReader {
        LogReader(latest: min(files[index].modified, now), zone: zone)
    }
}

/// Reads the beginning of a file for its first time and its zone.
private final class BatchPeek {
    private var reader: LogReader
    private(set) var firstSeconds: Int64?
    private(set) var offsets: [Int32: Int] = [:]

    init(reader: LogReader) { self.reader = reader }

    func read(_ source: any ByteSource, limit: Int) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: limit, alignment: 16)
        defer { buffer.deallocate() }
        var filled = 0
        while filled < limit {
            let got = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if got == 0 { break }
            filled += got
        }
        guard let base = buffer.baseAddress else { return }
        let text = ByteSlice(base: UnsafePointer(base.assumingMemoryBound(to: UInt8.self)), count: filled)
        var at = 0
        while at < text.count {
            let found = text.index(of: 0x0a, from: at)
            let end = found < 0 ? text.count : found
            let parsed = reader.read(text.part(at, end))
            if let seconds = parsed.seconds {
                if firstSeconds == nil { firstSeconds = seconds }
                if parsed.isSyslog, reader.clock.lastHadZone { offsets[reader.clock.lastOffset, default: 0] += 1 }
            }
            at = end + 1
        }
    }
}

extension ParsedLine {
    /// Written in the zone of the machine that wrote it, not in UTC by definition.
    fileprivate var isSyslog: Bool {
        switch format {
        case .postfix, .dovecot, .exim, .sendmail, .openSMTPD, .courier, .ssh, .pam, .netfilter, .syslog, .roundcube:
            true
        default: false
        }
    }
}
