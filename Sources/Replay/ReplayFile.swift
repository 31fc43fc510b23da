import Glibc

/// Files as the replay needs them.
enum ReplayFile {
    static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }
}

/// Writes text to a file, some at a time.
package final class TextOutput {
    private var buffer: [UInt8] = []
    private let file: Int32
    private let path: String

    package init(_ path: String) throws(ReplayError) {
        self.path = path
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw ReplayError(.unwritable, "\(path): \(String(cString: strerror(errno)))") }
    }

    deinit { close(file) }

    package func write(_ text: String) throws(ReplayError) {
        buffer += Array(text.utf8)
        if buffer.count > 1 << 16 { try flush() }
    }

    /// To be called at the end.
    package func flush() throws(ReplayError) {
        var start = 0
        while start < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                bytes.baseAddress.map { Glibc.write(file, $0 + start, bytes.count - start) } ?? 0
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ReplayError(.unwritable, "\(path): \(String(cString: strerror(errno)))") }
            start += count
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
