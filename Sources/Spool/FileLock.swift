import Foundation
import NIOConcurrencyHelpers

/// An advisory lock that is held until it is given up, at the latest with this object and its process: two gateways on one
/// spool would send mail twice.
final class FileLock: Sendable {
    /// Two seconds in all.
    private static let tries = 40
    private static let pause: UInt32 = 50_000

    private let descriptor: NIOLockedValueBox<Int32?>

    init(path: String) throws(SpoolError) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw SpoolError(.inputOutput, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        // A predecessor that is just ending, or a child that this process is just starting, holds it for a moment longer.
        var tries = 1
        while flock(opened, LOCK_EX | LOCK_NB) != 0 {
            guard tries < Self.tries else {
                close(opened)
                throw SpoolError(.locked, "another gateway uses this spool (\(path) is locked)")
            }
            tries += 1
            usleep(Self.pause)
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
