/// Puts parts between boundaries (RFC 2046 §5.1), with CRLF line ends.
package struct MultipartWriter: Sendable {
    package let boundary: String
    package private(set) var bytes: [UInt8] = []

    /// The boundary is made from `seed` (letters, digits, hyphens) and occurs in none of `contents`.
    package init(seed: String, avoiding contents: [[UInt8]] = []) {
        var boundary = "=_" + seed
        var attempt = 0
        while contents.contains(where: { Self.occurs(Array(boundary.utf8), in: $0) }), attempt < 1000 {
            attempt += 1
            boundary = "=_\(seed)_\(attempt)"
        }
        self.boundary = boundary
    }

    /// Adds a part; `header` and `body` end in CRLF.
    package mutating func part(header: [UInt8], body: [UInt8]) {
        bytes += Array("--\(boundary)\r\n".utf8) + header + [0x0d, 0x0a] + body
        if body.suffix(2) != [0x0d, 0x0a] { bytes += [0x0d, 0x0a] }
    }

    /// Adds a text part.
    package mutating func text(_ type: String, _ body: BodyText) {
        var header = HeaderWriter()
        header.structured("Content-Type", "\(type); charset=utf-8")
        header.structured("Content-Transfer-Encoding", body.transferEncoding)
        part(header: header.bytes, body: body.bytes)
    }

    package mutating func finish() { bytes += Array("--\(boundary)--\r\n".utf8) }

    private static func occurs(_ needle: [UInt8], in bytes: [UInt8]) -> Bool {
        guard let first = needle.first else { return false }
        var start = 0
        while let found = Bytes.firstIndex(of: first, in: bytes.span, start..<bytes.count) {
            if bytes[found...].starts(with: needle) { return true }
            start = found + 1
        }
        return false
    }
}
