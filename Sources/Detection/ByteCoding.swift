/// Appends fixed-size integers in little-endian order.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func add(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func add(_ value: Double) { add(value.bitPattern) }
}

/// Reads what `ByteWriter` wrote; `nil` where the bytes end too early.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type) -> T? {
        guard let bytes = take(T.bitWidth / 8) else { return nil }
        // Byte by byte from the highest: no alignment is assumed.
        return bytes.reversed().reduce(0) { ($0 << 8) | T(truncatingIfNeeded: $1) }
    }

    /// A moment within some hundred thousand years of now, so that differences are safe to take.
    mutating func microseconds() -> Int64? {
        guard let value = integer(Int64.self), value.magnitude < 1 << 62 else { return nil }
        return value
    }

    /// Only finite numbers: nothing else is ever written.
    mutating func double() -> Double? {
        guard let bits = integer(UInt64.self) else { return nil }
        let value = Double(bitPattern: bits)
        return value.isFinite ? value : nil
    }
}
