import Glibc
import MailTypes

/// Reading and writing files by the C library: whole, bounded, and atomic where it matters. Blocking.
enum Files {
    enum Kind { case file, directory, other }

    /// A symbolic link to a file is a file; one to a directory is nothing, since it might lead in a circle.
    static func kind(_ path: String) -> Kind? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFLNK: return kindOfTarget(path) == .file ? .file : .other
        case S_IFDIR: return .directory
        default: return .other
        }
    }

    /// As `kind`, symbolic links followed: for paths that a person named.
    static func kindOfTarget(_ path: String) -> Kind? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        default: return .other
        }
    }

    /// Names in a directory, sorted, so that training is the same on every machine; hidden ones are left out.
    static func names(in directory: String) throws(TrainingError) -> [String] {
        guard let stream = opendir(directory) else { throw failure(.unreadable, "read", directory) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// Feeds a file in pieces until `take` says that it is enough.
    static func read(_ path: String, _ take: (UnsafeRawBufferPointer) -> Bool) throws(TrainingError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(.unreadable, "read", path) }
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(.unreadable, "read", path) }
            guard count > 0, take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return }
        }
    }

    /// The file's first bytes, at most `limit`; and whether that was all.
    static func contents(_ path: String, limit: Int) throws(TrainingError) -> (bytes: [UInt8], isWhole: Bool) {
        var bytes: [UInt8] = []
        var isWhole = true
        try read(path) { piece in
            let room = limit - bytes.count
            bytes.append(contentsOf: piece.prefix(room))
            isWhole = piece.count <= room
            return isWhole
        }
        return (bytes, isWhole)
    }

    /// Writes beside the path, syncs, and renames: readers see the old file or the new one, never half of one.
    static func replace(_ path: String, with bytes: [UInt8]) throws(TrainingError) {
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw failure(.unwritable, "write", path) }
        var isOpen = true
        do throws(TrainingError) {
            try write(bytes, to: descriptor, path)
            guard fsync(descriptor) == 0 else { throw failure(.unwritable, "write", path) }
            isOpen = false
            guard close(descriptor) == 0 else { throw failure(.unwritable, "write", path) }
            guard rename(temporary, path) == 0 else { throw failure(.unwritable, "replace", path) }
        } catch {
            if isOpen { close(descriptor) }
            unlink(temporary)
            throw error
        }
        syncDirectory(of: path)
    }

    /// Whether `replace` can do its work there, before the work is done whose result it writes.
    static func checkReplaceable(_ path: String) throws(TrainingError) {
        if kindOfTarget(path) == .directory {
            throw TrainingError(.unwritable, "\(SafeText.printable(path)) is a directory: name a file in it")
        }
        guard access(directory(of: path), W_OK | X_OK) == 0 else { throw failure(.unwritable, "write", path) }
    }

    private static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(TrainingError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                let rest = UnsafeRawBufferPointer(rebasing: all[written...])
                return Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(.unwritable, "write", path) }
            written += count
        }
    }

    private static func syncDirectory(of path: String) {
        let descriptor = open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ code: TrainingError.Code, _ verb: String, _ path: String) -> TrainingError {
        TrainingError(code, "cannot \(verb) \(SafeText.printable(path)): \(String(cString: strerror(errno)))")
    }
}
