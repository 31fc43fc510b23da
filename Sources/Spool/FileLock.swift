import Foundation
import NIOConcurrencyHelpers

/// An advisory lock that is held until it is given up, at the latest with this object and its process: two gateways on one
/// spool would send mail twice.
final class FileLock: Sendable {
    private let descriptor: NIOLockedValueBox<Int32?>

    init(path: String) throws(SpoolError) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw SpoolError(.inputOutput, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            close(opened)
            throw SpoolError(.locked, "another gateway uses this spool (\(path) is locked)")
        }
        descriptor = NIOLockedValueBox(opened)
    }

    deinit { release() }

    func release() {
        descriptor.withLockedValue { descriptor in
            if let descriptor { close(descriptor) }
            descriptor = nil
        }
    }
}
