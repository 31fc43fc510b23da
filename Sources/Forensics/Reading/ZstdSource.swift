import CZstd

/// Reads .zst, also several frames one behind the other.
final class ZstdSource: ByteSource {
    private let source: any ByteSource
    private let path: String
    private let stream: OpaquePointer
    private let input: UnsafeMutableBufferPointer<UInt8>
    private var pending = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
    /// What the decoder still expects of the frame; 0 between frames.
    private var expected = 0
    var position: Int { source.position }

    init(_ source: any ByteSource, path: String) throws {
        self.source = source
        self.path = path
        guard let stream = ZSTD_createDStream() else {
            throw LogInputError(code: .damaged, path: path, message: "libzstd cannot start")
        }
        self.stream = stream
        input = .allocate(capacity: 128 * 1024)
    }

    deinit {
        ZSTD_freeDStream(stream)
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while output.pos == 0 {
            if pending.pos == pending.size {
                let got = try source.read(into: UnsafeMutableRawBufferPointer(input))
                if got == 0 {
                    guard expected == 0 else {
                        throw LogInputError(code: .damaged, path: path, message: "the zstd file ends in the middle")
                    }
                    return 0
                }
                pending = ZSTD_inBuffer(src: UnsafeRawPointer(input.baseAddress), size: got, pos: 0)
            }
            expected = ZSTD_decompressStream(stream, &output, &pending)
            guard ZSTD_isError(expected) == 0 else {
                throw LogInputError(code: .damaged, path: path, message: "damaged zstd data")
            }
        }
        return output.pos
    }
}
