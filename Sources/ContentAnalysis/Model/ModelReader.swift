/// Reads the parts of a model file; every value is checked, so that hostile bytes give an error.
struct ModelReader {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    static let cut = ModelError(code: .truncated, message: "the model file is cut short")
    static let range = ModelError(code: .outOfRange, message: "the model file holds a value out of range")

    init(_ bytes: [UInt8], from start: Int, to end: Int) {
        self.bytes = bytes
        position = start
        self.end = min(end, bytes.count)
    }

    var isAtEnd: Bool { position >= end }

    mutating func byte() throws(ModelError) -> UInt8 {
        guard position < end else { throw Self.cut }
        position += 1
        return bytes[position - 1]
    }

    /// A signed number of one or two bytes, little endian.
    mutating func code(_ precision: ModelPrecision) throws(ModelError) -> Int {
        let low = try byte()
        guard precision == .full else { return Int(Int8(bitPattern: low)) }
        return Int(Int16(bitPattern: UInt16(low) | UInt16(try byte()) << 8))
    }

    mutating func varint(limit: Int) throws(ModelError) -> Int {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7f) << shift
            guard byte < 0x80 else { continue }
            guard value <= UInt64(limit) else { throw Self.range }
            return Int(value)
        }
        throw Self.range
    }

    mutating func fixed() throws(ModelError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { value |= UInt64(try byte()) << shift }
        return value
    }

    mutating func double() throws(ModelError) -> Double {
        let value = Double(bitPattern: try fixed())
        guard value.isFinite, abs(value) < 1e9 else { throw Self.range }
        return value
    }

    mutating func text(limit: Int) throws(ModelError) -> String {
        let count = try varint(limit: limit)
        guard end - position >= count else { throw Self.cut }
        defer { position += count }
        return String(decoding: bytes[position..<(position + count)], as: UTF8.self)
    }
}
