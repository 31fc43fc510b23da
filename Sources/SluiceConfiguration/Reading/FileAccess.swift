import Glibc

/// The files and facts of the machine that a configuration refers to; an argument, so that tests need neither.
package struct FileAccess: Sendable {
    package struct Content: Sendable {
        package var bytes: [UInt8]
        /// The permission bits.
        package var mode: UInt32

        package init(bytes: [UInt8], mode: UInt32) {
            self.bytes = bytes
            self.mode = mode
        }
    }

    /// Why a file could not be read, in words: `no such file`.
    package struct Failure: Error, Sendable {
        package var reason: String

        package init(_ reason: String) { self.reason = reason }
    }

    /// The first `limit` bytes of a regular file; fails if there are more. A limit of 0 asks only for readability and mode.
    package var read: @Sendable (_ path: String, _ limit: Int) -> Result<Content, Failure>
    /// The machine's name, for the default of `hostname`.
    package var hostName: @Sendable () -> String

    package init(
        read: @escaping @Sendable (String, Int) -> Result<Content, Failure>,
        hostName: @escaping @Sendable () -> String
    ) {
        self.read = read
        self.hostName = hostName
    }

    /// The machine's own.
    package static let system = FileAccess(read: readFile, hostName: machineName)
    /// Nothing to read: for texts that refer to no file.
    package static let none = FileAccess(
        read: { _, _ in .failure(Failure("no files here")) }, hostName: { "localhost" })

    @Sendable private static func readFile(_ path: String, _ limit: Int) -> Result<Content, Failure> {
        // O_NONBLOCK: opening a FIFO must not wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .failure(Failure(String(cString: strerror(errno)))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failure(Failure(String(cString: strerror(errno)))) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .failure(Failure("not a regular file")) }
        let mode = status.st_mode & 0o777
        guard limit > 0 else { return .success(Content(bytes: [], mode: mode)) }
        guard status.st_size <= limit else {
            return .failure(Failure("larger than the \(limit) bytes that are allowed"))
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failure(Failure(String(cString: strerror(errno)))) }
            if count == 0 { return .success(Content(bytes: bytes, mode: mode)) }
            bytes += buffer[..<count]
        }
        return .failure(Failure("larger than the \(limit) bytes that are allowed"))
    }

    @Sendable private static func machineName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
