import Foundation

/// A file that still grows: waits at its end for more, and goes on with the new file when it was rotated.
///
/// Unchecked, since one thread reads, and what others ask for or set is behind the lock.
final class TailSource: ByteSource, @unchecked Sendable {
    private let path: String
    private let lock = NSLock()
    private var stopped = false
    private var descriptor: Int32
    private(set) var position = 0
    private var caughtUp = false
    private var fresh = false

    /// The end was reached once: what comes from now on is new.
    var isCaughtUp: Bool { lock.withLock { caughtUp } }
    /// What was read last is new.
    var isFresh: Bool { lock.withLock { fresh } }

    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw LogInputError(code: .unreadable, path: path, message: String(cString: strerror(errno)))
        }
    }

    deinit { close(descriptor) }

    func stop() { lock.withLock { stopped = true } }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if got > 0 {
                position += got
                lock.withLock { fresh = caughtUp }
                return got
            }
            if got < 0, errno != EINTR {
                throw LogInputError(code: .unreadable, path: path, message: String(cString: strerror(errno)))
            }
            let stop = lock.withLock {
                caughtUp = true
                return stopped
            }
            if stop { return 0 }
            if !reopen() { usleep(200_000) }
        }
    }

    /// Another file has the name now, or this one was cut to nothing: begin with it.
    private func reopen() -> Bool {
        var here = stat()
        var there = stat()
        guard fstat(descriptor, &here) == 0, stat(path, &there) == 0 else { return false }
        if here.st_ino == there.st_ino, here.st_dev == there.st_dev {
            guard Int(here.st_size) < lseek(descriptor, 0, SEEK_CUR) else { return false }
            return lseek(descriptor, 0, SEEK_SET) == 0
        }
        let fresh = open(path, O_RDONLY | O_CLOEXEC)
        guard fresh >= 0 else { return false }
        close(descriptor)
        descriptor = fresh
        return true
    }
}
