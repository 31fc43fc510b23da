import Glibc

/// A run of bytes that somebody else owns: a line, or a part of one.
///
/// Two words and trivially copied, so that parsing allocates nothing. It is valid only as long as the buffer it was cut
/// from: events keep slices, and whoever keeps an event longer copies what it needs (`string`, `bytes`). Every access is
/// bounds-checked; every search ends at the slice's end.
///
/// Unchecked, since the bytes are never written through a slice, and their owner hands them over before slices are used
/// on another thread.
package struct ByteSlice: @unchecked Sendable {
    @usableFromInline let base: UnsafePointer<UInt8>
    /// Bytes in the slice.
    package let count: Int

    /// - Parameter base: must stay valid for `count` bytes as long as the slice or anything cut from it is used.
    @inlinable
    package init(base: UnsafePointer<UInt8>, count: Int) {
        self.base = base
        self.count = max(0, count)
    }

    /// No bytes. Points at static memory.
    package static let empty: ByteSlice = {
        let text: StaticString = ""
        return ByteSlice(base: text.utf8Start, count: 0)
    }()

    @inlinable
    package init(_ text: StaticString) {
        self.init(base: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    @inlinable package var isEmpty: Bool { count == 0 }

    /// The first byte's address, for hashing and copying; valid for `count` bytes.
    @inlinable package var pointer: UnsafePointer<UInt8> { base }

    @inlinable
    package subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "index outside the slice")
        return base[index]
    }

    /// The byte, or 0 beyond the end: for looking ahead.
    @inlinable
    package func at(_ index: Int) -> UInt8 { index >= 0 && index < count ? base[index] : 0 }

    @inlinable package var first: UInt8 { at(0) }
    @inlinable package var last: UInt8 { at(count - 1) }

    /// From `start` to the end; empty when `start` is beyond it.
    @inlinable
    package func from(_ start: Int) -> ByteSlice {
        let start = min(max(0, start), count)
        return ByteSlice(base: base + start, count: count - start)
    }

    /// The first `length` bytes, or fewer.
    @inlinable
    package func prefix(_ length: Int) -> ByteSlice { ByteSlice(base: base, count: min(max(0, length), count)) }

    /// `start..<end`, cut to what is there.
    @inlinable
    package func part(_ start: Int, _ end: Int) -> ByteSlice { prefix(end).from(start) }

    /// Where `byte` is at or after `start`; -1 if nowhere.
    @inlinable
    package func index(of byte: UInt8, from start: Int = 0) -> Int {
        guard start >= 0, start < count, let hit = memchr(base + start, Int32(byte), count - start) else { return -1 }
        return UnsafePointer(hit.assumingMemoryBound(to: UInt8.self)) - base
    }

    package func lastIndex(of byte: UInt8) -> Int {
        var at = count - 1
        while at >= 0, base[at] != byte { at -= 1 }
        return at
    }

    /// Where `text` begins at or after `start`; -1 if nowhere.
    package func find(_ text: StaticString, from start: Int = 0) -> Int {
        let needle = text.utf8Start
        let length = text.utf8CodeUnitCount
        var at = start
        while at >= 0, at + length <= count {
            guard let hit = memchr(base + at, Int32(needle[0]), count - length - at + 1) else { return -1 }
            let offset = UnsafePointer(hit.assumingMemoryBound(to: UInt8.self)) - base
            if memcmp(base + offset, needle, length) == 0 { return offset }
            at = offset + 1
        }
        return -1
    }

    /// Where `text` begins for the last time; -1 if nowhere.
    package func lastFind(_ text: StaticString) -> Int {
        let length = text.utf8CodeUnitCount
        var at = count - length
        while at >= 0 {
            if base[at] == text.utf8Start[0], memcmp(base + at, text.utf8Start, length) == 0 { return at }
            at -= 1
        }
        return -1
    }

    package func contains(_ text: StaticString) -> Bool { find(text) >= 0 }

    @inlinable
    package func hasPrefix(_ text: StaticString) -> Bool {
        text.utf8CodeUnitCount <= count && memcmp(base, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    @inlinable
    package func hasSuffix(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        return length <= count && memcmp(base + (count - length), text.utf8Start, length) == 0
    }

    @inlinable
    package func equals(_ text: StaticString) -> Bool { text.utf8CodeUnitCount == count && hasPrefix(text) }

    @inlinable
    package func equals(_ other: ByteSlice) -> Bool { count == other.count && memcmp(base, other.base, count) == 0 }

    /// Equality under ASCII case folding; `text` in lower case.
    package func equalsIgnoringCase(_ text: StaticString) -> Bool {
        text.utf8CodeUnitCount == count && hasPrefixIgnoringCase(text)
    }

    /// `text` in lower case.
    package func hasPrefixIgnoringCase(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard length <= count else { return false }
        let wanted = text.utf8Start
        for i in 0..<length where lowered(base[i]) != wanted[i] { return false }
        return true
    }

    /// `text` in lower case.
    package func containsIgnoringCase(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard length > 0, length <= count else { return length == 0 }
        let wanted = text.utf8Start
        for start in 0...(count - length) where lowered(base[start]) == wanted[0] {
            var i = 1
            while i < length, lowered(base[start + i]) == wanted[i] { i += 1 }
            if i == length { return true }
        }
        return false
    }

    /// Without spaces and tabs at both ends.
    package var trimmed: ByteSlice {
        var start = 0
        var end = count
        while start < end, base[start] == 0x20 || base[start] == 0x09 { start += 1 }
        while end > start, base[end - 1] == 0x20 || base[end - 1] == 0x09 || base[end - 1] == 0x0d { end -= 1 }
        return part(start, end)
    }

    /// The slice up to the first `byte`, or all of it.
    package func upTo(_ byte: UInt8) -> ByteSlice {
        let end = index(of: byte)
        return end < 0 ? self : prefix(end)
    }

    /// What stands behind `key`, up to any of the enders or the end; `nil` when there is no `key`.
    package func value(after key: StaticString, upTo ender: UInt8, from start: Int = 0) -> ByteSlice? {
        let at = find(key, from: start)
        return at < 0 ? nil : from(at + key.utf8CodeUnitCount).upTo(ender)
    }

    /// Digits only, no sign, at most 18 of them; `nil` for anything else.
    package var number: Int? {
        guard count > 0, count <= 18 else { return nil }
        var value = 0
        for i in 0..<count {
            let digit = base[i] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    /// The number that the slice begins with; `nil` when it begins with no digit.
    package var leadingNumber: Int? {
        var end = 0
        while end < count, end < 18, base[end] &- 0x30 < 10 { end += 1 }
        return prefix(end).number
    }

    /// A copy as text; invalid UTF-8 is replaced.
    package var string: String { String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self) }

    package var bytes: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }

    @inlinable
    func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}

/// Bytes that the formats are made of.
enum Byte {
    static let tab: UInt8 = 0x09
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let hash: UInt8 = 0x23
    static let open: UInt8 = 0x28
    static let close: UInt8 = 0x29
    static let comma: UInt8 = 0x2c
    static let dash: UInt8 = 0x2d
    static let dot: UInt8 = 0x2e
    static let slash: UInt8 = 0x2f
    static let colon: UInt8 = 0x3a
    static let semicolon: UInt8 = 0x3b
    static let less: UInt8 = 0x3c
    static let equals: UInt8 = 0x3d
    static let greater: UInt8 = 0x3e
    static let openSquare: UInt8 = 0x5b
    static let backslash: UInt8 = 0x5c
    static let closeSquare: UInt8 = 0x5d
}
