import Glibc

/// The folder that scans, journals and archives are kept in, for root only: it holds people's mail.
package final class WorkFolder {
    package let path: String
    private let lock: Int32

    package static let standard = "/var/lib/sluice-queue"

    /// Makes it when it is not there. Another command that works in it is an error, not waited for.
    package init(_ path: String) throws(CleanupError) {
        self.path = path
        try DurableFile.makeFolder(path)
        lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw DurableFile.failure("open", path + "/lock") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw CleanupError(.busy, "another `sluice queue` works in \(path)")
        }
    }

    deinit { close(lock) }

    /// The scan before; one of another queue does not count.
    package func record(of queue: String) throws(CleanupError) -> ScanRecord? {
        guard let bytes = try DurableFile.contents(path + "/scan.json") else { return nil }
        guard let record = try? JSONLines.decoded(ScanRecord.self, bytes), record.version == ScanRecord.version,
            record.queue == queue
        else { return nil }
        return record
    }

    package func save(_ record: ScanRecord) throws(CleanupError) {
        try DurableFile.replace(path + "/scan.json", try JSONLines.encoded(record))
    }
}
