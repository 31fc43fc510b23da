import Glibc
import MailTypes

/// Small searches in bytes.
enum Bytes {
    static func equal(_ bytes: [UInt8], _ text: StaticString) -> Bool {
        bytes.count == text.utf8CodeUnitCount
            && bytes.withUnsafeBufferPointer { bytes in
                bytes.baseAddress.map { memcmp($0, text.utf8Start, bytes.count) == 0 } ?? true
            }
    }

    static func equalIgnoringCase(_ bytes: some Collection<UInt8>, _ text: StaticString) -> Bool {
        ASCII.equalsIgnoringCase(bytes, UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    static func hasPrefixIgnoringCase(_ bytes: Span<UInt8>, at offset: Int = 0, _ text: StaticString) -> Bool {
        guard bytes.count - offset >= text.utf8CodeUnitCount else { return false }
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        for i in 0..<expected.count where ASCII.lowercased(bytes[offset + i]) != expected[i] { return false }
        return true
    }

    /// The index of `byte` in `range`, by memchr.
    static func firstIndex(of byte: UInt8, in bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard !range.isEmpty else { return nil }
        return bytes.extracting(range).withUnsafeBufferPointer { window in
            guard let base = window.baseAddress, let found = memchr(base, Int32(byte), window.count) else { return nil }
            return range.lowerBound + (UnsafeRawPointer(found) - UnsafeRawPointer(base))
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) }

    static func withoutSpace(_ bytes: [UInt8]) -> [UInt8] { bytes.filter { !isSpace($0) } }

    static func trimmed(_ bytes: Span<UInt8>) -> Range<Int> {
        var (start, end) = (0, bytes.count)
        while start < end, isSpace(bytes[start]) { start += 1 }
        while end > start, isSpace(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    /// The value of a hex digit.
    static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}

extension [UInt8] {
    /// Appends at most what keeps the array within `limit`; false if something was left out.
    @discardableResult
    mutating func append(_ bytes: Span<UInt8>, limit: Int = .max) -> Bool {
        let length = Swift.min(bytes.count, Swift.max(0, limit - count))
        bytes.extracting(0..<length).withUnsafeBufferPointer { append(contentsOf: $0) }
        return length == bytes.count
    }
}

extension Bytes {
    static func equal(_ span: Span<UInt8>, _ bytes: [UInt8]) -> Bool {
        span.count == bytes.count
            && span.withUnsafeBufferPointer { a in
                bytes.withUnsafeBufferPointer { b in
                    guard let x = a.baseAddress, let y = b.baseAddress else { return true }
                    return memcmp(x, y, a.count) == 0
                }
            }
    }
}
