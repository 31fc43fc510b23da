import Glibc

/// Where bytes come from: a file, a decompressor over one, standard input.
protocol ByteSource: AnyObject {
    /// Fills `buffer` from its start; 0 at the end. May give fewer bytes than fit.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
    /// Bytes taken from the file so far: for progress, so compressed bytes count.
    var position: Int { get }
}

/// A descriptor read with read(2).
final class DescriptorSource: ByteSource {
    private let descriptor: Int32
    private let path: String
    private let owned: Bool
    private(set) var position = 0

    /// - Parameter owned: closes the descriptor at the end.
    init(descriptor: Int32, path: String, owned: Bool) {
        self.descriptor = descriptor
        self.path = path
        self.owned = owned
    }

    convenience init(path: String, offset: Int = 0) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw LogInputError(code: .unreadable, path: path, message: String(cString: strerror(errno)))
        }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        if offset > 0, lseek(descriptor, off_t(offset), SEEK_SET) != offset {
            close(descriptor)
            throw LogInputError(code: .unreadable, path: path, message: "cannot be read from its middle")
        }
        self.init(descriptor: descriptor, path: path, owned: true)
    }

    deinit { if owned { close(descriptor) } }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if got >= 0 {
                position += got
                return got
            }
            guard errno == EINTR else {
                throw LogInputError(code: .unreadable, path: path, message: String(cString: strerror(errno)))
            }
        }
    }
}

/// Gives back bytes that were read to recognise a format, then goes on with the source.
final class PrefixedSource: ByteSource {
    private var head: [UInt8]
    private let rest: any ByteSource
    var position: Int { rest.position }

    init(_ head: [UInt8], _ rest: any ByteSource) {
        self.head = head
        self.rest = rest
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard head.isEmpty else {
            let count = min(head.count, buffer.count)
            buffer.copyBytes(from: head.prefix(count))
            head.removeFirst(count)
            return count
        }
        return try rest.read(into: buffer)
    }
}

enum ByteSources {
    /// Opens a file or standard input (`-`), with whatever compression and encoding its first bytes show.
    static func open(_ path: String) throws -> any ByteSource {
        let raw: any ByteSource =
            path == "-"
            ? DescriptorSource(descriptor: 0, path: "stdin", owned: false) : try DescriptorSource(path: path)
        return try decoded(raw, path: path)
    }

    /// Opens a file in its middle, where its bytes are its text: neither compressed nor UTF-16 nor behind a byte order
    /// mark; `nil` otherwise.
    static func openPlain(_ path: String, at offset: Int) throws -> (any ByteSource)? {
        var head = [UInt8](repeating: 0, count: 8)
        let probe = try DescriptorSource(path: path)
        let got = try head.withUnsafeMutableBytes { try probe.read(into: $0) }
        let marks: [[UInt8]] = [
            [0x1f, 0x8b], [0xfd, 0x37, 0x7a, 0x58, 0x5a], [0x28, 0xb5, 0x2f, 0xfd], [0xff, 0xfe], [0xfe, 0xff],
            [0xef, 0xbb, 0xbf],
        ]
        guard got == 8, !marks.contains(where: { head.starts(with: $0) }) else { return nil }
        return try DescriptorSource(path: path, offset: offset)
    }

    static func decoded(_ raw: any ByteSource, path: String) throws -> any ByteSource {
        var head = [UInt8](repeating: 0, count: 8)
        let got = try head.withUnsafeMutableBytes { try raw.read(into: $0) }
        head.removeLast(8 - got)
        let source = PrefixedSource(head, raw)
        if head.starts(with: [0x1f, 0x8b]) { return try encoded(GzipSource(source, path: path), path: path) }
        if head.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a]) {
            return try encoded(XzSource(source, path: path), path: path)
        }
        if head.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) {
            return try encoded(ZstdSource(source, path: path), path: path)
        }
        return try encoded(source, path: path)
    }

    /// UTF-16, as Windows writes it, becomes UTF-8; a byte order mark goes.
    private static func encoded(_ source: any ByteSource, path: String) throws -> any ByteSource {
        var head = [UInt8](repeating: 0, count: 64)
        let got = try head.withUnsafeMutableBytes { try source.read(into: $0) }
        head.removeLast(64 - got)
        if head.starts(with: [0xff, 0xfe]) {
            return UTF16Source(PrefixedSource(Array(head.dropFirst(2)), source), bigEndian: false)
        }
        if head.starts(with: [0xfe, 0xff]) {
            return UTF16Source(PrefixedSource(Array(head.dropFirst(2)), source), bigEndian: true)
        }
        if head.starts(with: [0xef, 0xbb, 0xbf]) { head.removeFirst(3) }
        return PrefixedSource(head, source)
    }
}
