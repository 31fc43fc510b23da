import Glibc

/// A file that is only appended to, and on the disk before anything is built on it. Blocking.
final class DurableFile {
    let path: String
    private let descriptor: Int32
    private(set) var size: Int

    /// Opens or creates; what stands behind `length` is cut off.
    init(_ path: String, keeping length: Int? = nil) throws(CleanupError) {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        self.descriptor = descriptor
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("look at", path) }
        size = Int(status.st_size)
        if let length, size > length {
            guard ftruncate(descriptor, length) == 0 else { throw Self.failure("cut", path) }
            size = length
        }
        guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw Self.failure("seek in", path) }
    }

    deinit { close(descriptor) }

    /// Appends and waits for the disk.
    func append(_ bytes: [UInt8]) throws(CleanupError) {
        try Self.write(bytes, to: descriptor, path)
        guard fdatasync(descriptor) == 0 else { throw Self.failure("sync", path) }
        size += bytes.count
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(CleanupError) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { start += count } else if errno != EINTR { throw failure("write", path) }
        }
    }

    static func failure(_ verb: String, _ path: String) -> CleanupError {
        CleanupError(.file, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }

    /// Makes a folder with its parents, for its owner only, and the entry durable.
    static func makeFolder(_ path: String) throws(CleanupError) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
            while made.hasPrefix("//") { made.removeFirst() }
            if part.isEmpty || made == "/" { continue }
            if mkdir(made, 0o700) != 0, errno != EEXIST { throw failure("make", made) }
        }
        try sync(path)
    }

    static func sync(_ folder: String) throws(CleanupError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync", folder) }
    }

    /// Replaces a file as a whole: the old one or the new one is there at any moment.
    static func replace(_ path: String, _ bytes: [UInt8]) throws(CleanupError) {
        let draft = path + ".new"
        do {
            let file = try DurableFile(draft, keeping: 0)
            try file.append(bytes)
        }
        guard rename(draft, path) == 0 else { throw failure("rename", draft) }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try sync(folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder)
    }

    /// The whole file; `nil` when there is none.
    static func contents(_ path: String) throws(CleanupError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("open", path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 { bytes.append(contentsOf: buffer[..<count]) }
            if count == 0 { return bytes }
            if count < 0, errno != EINTR { throw failure("read", path) }
        }
    }
}
