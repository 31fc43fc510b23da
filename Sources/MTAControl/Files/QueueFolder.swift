import Glibc

/// Walks folders of a queue and reads files in it, with bounds, never through a symbolic link.
enum QueueFolder {
    enum Kind {
        case file, folder, other
    }

    /// Names and kinds in a folder; `nil` when there is none. Order is the file system's.
    static func entries(_ path: String) throws(MTAError) -> [(name: String, kind: Kind)]? {
        guard let folder = opendir(path) else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw MTAError(
                errno == EACCES ? .forbidden : .unreadable, "\(path): \(String(cString: strerror(errno)))")
        }
        defer { closedir(folder) }
        var result: [(name: String, kind: Kind)] = []
        while let entry = readdir(folder) {
            let type = entry.pointee.d_type
            let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: capacity) { String(cString: $0) }
            }
            if name.utf8.first == UInt8(ascii: ".") { continue }
            let kind: Kind =
                switch Int(type) {
                case DT_REG: .file
                case DT_DIR: .folder
                case DT_UNKNOWN: Self.kind(path + "/" + name)
                default: .other
                }
            result.append((name, kind))
        }
        return result
    }

    private static func kind(_ path: String) -> Kind {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .other }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
    }

    /// Files below a folder, with their paths, down to `depth` folders below it.
    static func files(
        below path: String, depth: Int, limit: Int, _ body: (_ name: String, _ path: String) -> Void
    ) throws(MTAError) -> Int {
        guard let entries = try entries(path) else { return 0 }
        var count = 0
        for (name, kind) in entries {
            let child = path + "/" + name
            switch kind {
            case .file:
                body(name, child)
                count += 1
            // Hashed queue folders have names of one character.
            case .folder where depth > 0 && name.utf8.count == 1:
                count += try files(below: child, depth: depth - 1, limit: limit - count, body)
            default: continue
            }
            guard count <= limit else { throw MTAError(.tooMany, "more than \(limit) files in \(path)") }
        }
        return count
    }

    enum Reading {
        case bytes([UInt8], mode: mode_t)
        case gone
        case failed(String)
    }

    /// A regular file whole, at most `limit` bytes.
    static func read(_ path: String, limit: Int) -> Reading { read(path, limit: limit, flags: O_NOFOLLOW) }

    /// The same of a configuration, which may be a link.
    static func readFollowing(_ path: String, limit: Int) -> Reading { read(path, limit: limit, flags: 0) }

    private static func read(_ path: String, limit: Int, flags: Int32) -> Reading {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags)
        guard descriptor >= 0 else {
            return errno == ENOENT || errno == ENOTDIR ? .gone : .failed(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return .failed("no regular file")
        }
        let size = Int(status.st_size)
        guard size <= limit else { return .failed("larger than \(limit) bytes") }
        var failure: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
                if got > 0 {
                    count += got
                } else if got == 0 {
                    return
                } else if errno != EINTR {
                    failure = String(cString: strerror(errno))
                    return
                }
            }
        }
        if let failure { return .failed(failure) }
        return .bytes(bytes, mode: status.st_mode)
    }
}
