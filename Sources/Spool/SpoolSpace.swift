import Foundation
import MailTypes
import NIOConcurrencyHelpers

/// Whether the disk has room for new mail. A reserve is left for what makes room (a removal must be written too) and for the
/// write-ahead log's way into the file: SQLite on a disk that is full to the last byte can do neither.
final class SpoolSpace: Sendable {
    private let path: String
    private let minimum: ByteCount
    private let probe: @Sendable (String) -> Int?
    private let low = NIOLockedValueBox(false)

    init(path: String, minimum: ByteCount, probe: @escaping @Sendable (String) -> Int?) {
        self.path = path
        self.minimum = minimum
        self.probe = probe
        look()
    }

    /// Asks the system, in about a microsecond. Unknown is enough: then the disk itself says when it is full.
    func look() {
        let isLow = probe(path).map { $0 < minimum.bytes } ?? false
        low.withLockedValue { $0 = isLow }
    }

    /// Why no new mail can be taken.
    var shortage: SpoolError? {
        guard low.withLockedValue({ $0 }) else { return nil }
        return SpoolError(.full, "the spool's disk has less than \(minimum) free")
    }

    /// Bytes that an ordinary user may still write there.
    static func free(_ path: String) -> Int? {
        var found = statvfs()
        guard statvfs(path, &found) == 0 else { return nil }
        let (bytes, overflow) = Int(clamping: found.f_bavail).multipliedReportingOverflow(by: Int(found.f_frsize))
        return overflow ? Int.max : bytes
    }
}
