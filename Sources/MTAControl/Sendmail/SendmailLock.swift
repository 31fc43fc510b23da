import Glibc

/// A queue file's lock, as Sendmail itself takes it while it delivers: either kind, since which one it was built with is not to be
/// seen.
struct SendmailLock: ~Copyable {
    private let descriptor: Int32

    /// `nil`: Sendmail works on it, or it is gone.
    init?(_ path: String) {
        let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        var (mine, there) = (stat(), stat())
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fcntl(descriptor, F_SETLK, &range) == 0,
            // Sendmail writes a new file and renames it: the lock must be that of the file under this name.
            fstat(descriptor, &mine) == 0, lstat(path, &there) == 0, mine.st_ino == there.st_ino,
            mine.st_dev == there.st_dev
        else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
