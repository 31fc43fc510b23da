import Foundation
import Glibc

/// A file's bytes in chunks; through `xz` where its name ends in `.xz`.
final class ByteStream {
    private static let chunkBytes = 1 << 18

    private let file: Int32
    private let child: pid_t?
    private let path: String
    /// The compressed file itself, whose offset tells how far it is.
    private let source: Int32
    private let size: Int64

    init(_ path: String) throws(ReplayError) {
        self.path = path
        source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw ReplayError(.unreadable, "\(path): \(String(cString: strerror(errno)))") }
        var status = stat()
        size = fstat(source, &status) == 0 ? Int64(status.st_size) : 0
        guard path.hasSuffix(".xz") else {
            (file, child) = (source, nil)
            return
        }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw ReplayError(.unpacking, "no pipe") }
        defer { close(ends[1]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        file = ends[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, source, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        var pid: pid_t = 0
        let arguments = ["xz", "--decompress", "--stdout", "--memlimit-decompress=512MiB"]
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let result = posix_spawnp(&pid, "xz", &actions, nil, &pointers, environ)
        guard result == 0 else {
            close(ends[0])
            throw ReplayError(.unpacking, "xz cannot be run: \(String(cString: strerror(result)))")
        }
        child = pid
    }

    /// 0…1: how much of the file was read.
    var share: Double { size > 0 ? min(1, Double(lseek(source, 0, SEEK_CUR)) / Double(size)) : 0 }

    deinit {
        close(file)
        if source != file { close(source) }
        if let child {
            var status: Int32 = 0
            kill(child, SIGTERM)
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
        }
    }

    /// The next bytes; empty at the end.
    func next() throws(ReplayError) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ReplayError(.unreadable, "\(path): \(String(cString: strerror(errno)))") }
            chunk.removeLast(chunk.count - count)
            return chunk
        }
    }

    /// Calls `body` with each line, without its end. Lines beyond a megabyte are an error.
    func forEachLine(_ body: (ArraySlice<UInt8>) throws(ReplayError) -> Void) throws(ReplayError) {
        var rest: [UInt8] = []
        while true {
            let chunk = try next()
            if chunk.isEmpty { break }
            var buffer = rest.isEmpty ? chunk : rest + chunk
            var start = 0
            while let end = Self.newline(buffer, from: start) {
                try body(buffer[start..<end])
                start = end + 1
            }
            buffer.removeFirst(start)
            guard buffer.count <= 1 << 20 else { throw ReplayError(.malformed, "\(path): a line is too long") }
            rest = buffer
        }
        if !rest.isEmpty { try body(rest[...]) }
    }

    private static func newline(_ bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { buffer in
            guard start < buffer.count, let base = buffer.baseAddress,
                let found = memchr(base + start, 0x0a, buffer.count - start)
            else { return nil }
            return found - UnsafeMutableRawPointer(mutating: base)
        }
    }
}
