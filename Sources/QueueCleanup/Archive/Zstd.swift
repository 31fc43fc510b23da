import CZstd

/// Zstandard frames in memory (RFC 8878), with a checksum each: one behind the other they are a `.zst` file.
enum Zstd {
    private static let level: Int32 = 3

    static func frame(_ bytes: [UInt8]) throws(CleanupError) -> [UInt8] {
        guard let context = ZSTD_createCCtx() else { throw CleanupError(.file, "zstd cannot start") }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        let room = ZSTD_compressBound(bytes.count)
        var failed = false
        let result = [UInt8](unsafeUninitializedCapacity: room) { output, count in
            let size = bytes.withUnsafeBytes { input in
                ZSTD_compress2(context, output.baseAddress, room, input.baseAddress, input.count)
            }
            failed = ZSTD_isError(size) != 0
            count = failed ? 0 : size
        }
        guard !failed else { throw CleanupError(.file, "zstd cannot compress") }
        return result
    }

    /// - Parameter size: what it was before; another size is damage.
    static func unpacked(_ frame: ArraySlice<UInt8>, size: Int) throws(CleanupError) -> [UInt8] {
        var failed = false
        let result = [UInt8](unsafeUninitializedCapacity: size + 1) { output, count in
            let got = frame.withUnsafeBytes { input in
                ZSTD_decompress(output.baseAddress, size + 1, input.baseAddress, input.count)
            }
            failed = ZSTD_isError(got) != 0
            count = failed ? 0 : got
        }
        guard !failed, result.count == size else { throw CleanupError(.damaged, "damaged zstd data") }
        return result
    }
}
