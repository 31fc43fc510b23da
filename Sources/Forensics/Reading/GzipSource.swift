import CZlib

/// Inflates gzip, also several members one behind the other (RFC 1952 §2.2).
final class GzipSource: ByteSource {
    private let source: any ByteSource
    private let path: String
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private var ended = false
    /// Inside a member: an end of input now means that the file was cut.
    private var inMember = false
    var position: Int { source.position }

    init(_ source: any ByteSource, path: String) throws {
        self.source = source
        self.path = path
        input = .allocate(capacity: 128 * 1024)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw LogInputError(code: .damaged, path: path, message: "zlib cannot start")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !ended, let base = buffer.baseAddress else { return 0 }
        stream.pointee.next_out = base.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: buffer.count)
        let wanted = stream.pointee.avail_out
        while stream.pointee.avail_out == wanted {
            if stream.pointee.avail_in == 0 {
                let got = try source.read(into: UnsafeMutableRawBufferPointer(input))
                if got == 0 {
                    ended = true
                    guard !inMember else {
                        throw LogInputError(code: .damaged, path: path, message: "the gzip file ends in the middle")
                    }
                    break
                }
                stream.pointee.next_in = input.baseAddress
                stream.pointee.avail_in = UInt32(got)
            }
            inMember = true
            let status = inflate(stream, Z_NO_FLUSH)
            if status == Z_STREAM_END {
                inMember = false
                inflateReset(stream)
            } else if status != Z_OK, status != Z_BUF_ERROR {
                throw LogInputError(code: .damaged, path: path, message: "damaged gzip data")
            }
        }
        return Int(wanted - stream.pointee.avail_out)
    }
}
