import CLZMA

/// Reads .xz, also several streams one behind the other.
final class XzSource: ByteSource {
    private let source: any ByteSource
    private let path: String
    private let stream: UnsafeMutablePointer<lzma_stream>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private var ended = false
    private var inputEnded = false
    var position: Int { source.position }

    /// What the decoder may use: a hostile file must not name a dictionary of gigabytes.
    private static let memoryLimit: UInt64 = 128 << 20
    /// `LZMA_CONCATENATED`, a macro that is not imported: go on with the next stream.
    private static let concatenated: UInt32 = 0x08

    init(_ source: any ByteSource, path: String) throws {
        self.source = source
        self.path = path
        input = .allocate(capacity: 128 * 1024)
        stream = .allocate(capacity: 1)
        stream.initialize(to: lzma_stream())
        guard lzma_stream_decoder(stream, XzSource.memoryLimit, XzSource.concatenated) == LZMA_OK else {
            throw LogInputError(code: .damaged, path: path, message: "liblzma cannot start")
        }
    }

    deinit {
        lzma_end(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !ended, let base = buffer.baseAddress else { return 0 }
        stream.pointee.next_out = base.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = buffer.count
        while stream.pointee.avail_out == buffer.count {
            if stream.pointee.avail_in == 0, !inputEnded {
                let got = try source.read(into: UnsafeMutableRawBufferPointer(input))
                inputEnded = got == 0
                stream.pointee.next_in = UnsafePointer(input.baseAddress)
                stream.pointee.avail_in = got
            }
            let status = lzma_code(stream, inputEnded ? LZMA_FINISH : LZMA_RUN)
            if status == LZMA_STREAM_END {
                ended = true
                break
            }
            guard status == LZMA_OK else {
                throw LogInputError(code: .damaged, path: path, message: "damaged or cut xz data")
            }
        }
        return buffer.count - stream.pointee.avail_out
    }
}
