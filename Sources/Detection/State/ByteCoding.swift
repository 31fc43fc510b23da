package import MailTypes

/// Appends fixed-size integers in little-endian order.
package struct ByteWriter {
    package var bytes: [UInt8] = []

    package init() {}

    package mutating func add(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func add(_ value: Double) { add(value.bitPattern) }
}

/// Reads what `ByteWriter` wrote; `nil` where the bytes end too early.
package struct ByteReader {
    private var rest: ArraySlice<UInt8>
    /// Of the format that is read, where it matters.
    package var version: UInt32 = .max

    package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    package var isAtEnd: Bool { rest.isEmpty }

    package mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    package mutating func integer<T: FixedWidthInteger>(_ type: T.Type) -> T? {
        guard let bytes = take(T.bitWidth / 8) else { return nil }
        // Byte by byte from the highest: no alignment is assumed.
        return bytes.reversed().reduce(0) { ($0 << 8) | T(truncatingIfNeeded: $1) }
    }

    /// A moment within some hundred thousand years of now, so that differences are safe to take.
    package mutating func microseconds() -> Int64? {
        guard let value = integer(Int64.self), value.magnitude < 1 << 62 else { return nil }
        return value
    }

    package var remaining: Int { rest.count }

    /// A counter that can still be counted up.
    package mutating func counter() -> UInt32? {
        guard let value = integer(UInt32.self), value < .max else { return nil }
        return value
    }

    package mutating func flag() -> Bool? {
        guard let value = integer(UInt8.self), value <= 1 else { return nil }
        return value == 1
    }

    package mutating func time() -> Timestamp? { microseconds().map(Timestamp.init(microseconds:)) }

    /// A number that is not negative.
    package mutating func amount() -> Double? {
        guard let value = double(), value >= 0 else { return nil }
        return value
    }

    /// Only finite numbers: nothing else is ever written.
    package mutating func double() -> Double? {
        guard let bits = integer(UInt64.self) else { return nil }
        let value = Double(bitPattern: bits)
        return value.isFinite ? value : nil
    }
}
