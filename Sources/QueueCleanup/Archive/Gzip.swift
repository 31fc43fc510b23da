import CZlib

/// gzip members in memory (RFC 1952): one behind the other they are a gzip file.
enum Gzip {
    static func member(_ bytes: [UInt8]) throws(CleanupError) -> [UInt8] {
        var stream = z_stream()
        guard
            deflateInit2_(
                &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw CleanupError(.file, "zlib cannot start") }
        defer { deflateEnd(&stream) }
        let room = Int(deflateBound(&stream, UInt(bytes.count))) + 64
        var status = Z_OK
        let result = [UInt8](unsafeUninitializedCapacity: room) { output, count in
            bytes.withUnsafeBufferPointer { input in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(room)
                status = deflate(&stream, Z_FINISH)
                count = room - Int(stream.avail_out)
            }
        }
        guard status == Z_STREAM_END else { throw CleanupError(.file, "zlib cannot compress") }
        return result
    }

    /// - Parameter size: what it was before; another size is damage.
    static func inflated(_ member: ArraySlice<UInt8>, size: Int) throws(CleanupError) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw CleanupError(.file, "zlib cannot start")
        }
        defer { inflateEnd(&stream) }
        var input = Array(member)
        var status = Z_OK
        let result = [UInt8](unsafeUninitializedCapacity: size + 1) { output, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(size + 1)
                status = inflate(&stream, Z_FINISH)
                count = size + 1 - Int(stream.avail_out)
            }
        }
        guard status == Z_STREAM_END, result.count == size else { throw CleanupError(.damaged, "damaged gzip data") }
        return result
    }
}
