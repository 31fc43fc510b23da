/// Reads the plain files of a tar archive (ustar and GNU, names up to 255 bytes) as it streams by.
struct TarReader {
    private static let block = 512
    /// No message is larger; what is, is passed over.
    private static let mostBytes = 64 << 20

    private let stream: ByteStream
    private var buffer: [UInt8] = []
    private var start = 0

    init(_ stream: ByteStream) { self.stream = stream }

    /// Calls `body` with each file's name and bytes.
    mutating func forEach(_ body: (String, [UInt8]) throws(ReplayError) -> Void) throws(ReplayError) {
        while let header = try take(Self.block) {
            if header.allSatisfy({ $0 == 0 }) { continue }
            guard let size = Self.octal(header[124..<136]) else {
                throw ReplayError(.malformed, "the archive has a header that is none")
            }
            let padded = (size + Self.block - 1) / Self.block * Self.block
            let kind = header[156]
            guard kind == UInt8(ascii: "0") || kind == 0, size <= Self.mostBytes else {
                try skip(padded)
                continue
            }
            guard var content = try take(padded) else {
                throw ReplayError(.malformed, "the archive ends in the middle of a file")
            }
            content.removeLast(padded - size)
            try body(Self.name(header), content)
        }
    }

    private mutating func take(_ count: Int) throws(ReplayError) -> [UInt8]? {
        while buffer.count - start < count {
            let chunk = try stream.next()
            if chunk.isEmpty { return nil }
            if start > 0 {
                buffer.removeFirst(start)
                start = 0
            }
            buffer += chunk
        }
        defer { start += count }
        return Array(buffer[start..<(start + count)])
    }

    private mutating func skip(_ count: Int) throws(ReplayError) {
        var left = count
        while left > 0 {
            guard try take(min(left, 1 << 16)) != nil else { return }
            left -= min(left, 1 << 16)
        }
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in field {
            if byte == 0 || byte == 0x20 { continue }
            guard 0x30...0x37 ~= byte, value < 1 << 40 else { return nil }
            value = value * 8 + Int(byte - 0x30)
        }
        return value
    }

    private static func name(_ header: [UInt8]) -> String {
        func text(_ range: Range<Int>) -> String { String(decoding: header[range].prefix { $0 != 0 }, as: UTF8.self) }
        let prefix = text(345..<500)
        return prefix.isEmpty ? text(0..<100) : prefix + "/" + text(0..<100)
    }
}
