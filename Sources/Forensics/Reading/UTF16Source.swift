/// UTF-16 text as UTF-8, for exports of Windows programs.
final class UTF16Source: ByteSource {
    private let source: any ByteSource
    private let bigEndian: Bool
    private var input = [UInt8](repeating: 0, count: 64 * 1024)
    private var odd: UInt8?
    private var high: UInt32?
    private var output: [UInt8] = []
    private var given = 0
    var position: Int { source.position }

    init(_ source: any ByteSource, bigEndian: Bool) {
        self.source = source
        self.bigEndian = bigEndian
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while given == output.count {
            output.removeAll(keepingCapacity: true)
            given = 0
            let got = try input.withUnsafeMutableBytes { try source.read(into: $0) }
            if got == 0 { return 0 }
            for byte in input.prefix(got) { take(byte) }
        }
        let count = min(buffer.count, output.count - given)
        buffer.copyBytes(from: output[given..<(given + count)])
        given += count
        return count
    }

    private func take(_ byte: UInt8) {
        guard let first = odd else {
            odd = byte
            return
        }
        odd = nil
        let unit = bigEndian ? UInt32(first) << 8 | UInt32(byte) : UInt32(byte) << 8 | UInt32(first)
        if let pending = high {
            high = nil
            if (0xdc00..<0xe000).contains(unit) {
                append(0x10000 + (pending - 0xd800) << 10 + (unit - 0xdc00))
                return
            }
            append(0xfffd)
        }
        if (0xd800..<0xdc00).contains(unit) {
            high = unit
        } else {
            append((0xdc00..<0xe000).contains(unit) ? 0xfffd : unit)
        }
    }

    private func append(_ value: UInt32) {
        guard let scalar = Unicode.Scalar(value) else { return }
        output.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    }
}
