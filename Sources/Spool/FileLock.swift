import Foundation

/// An advisory lock that lives as long as this object and its process: two gateways on one spool would send mail twice.
final class FileLock: Sendable {
    private let descriptor: Int32

    init(path: String) throws(SpoolError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SpoolError(.inputOutput, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw SpoolError(.locked, "another gateway uses this spool (\(path) is locked)")
        }
    }

    deinit { close(descriptor) }
}
