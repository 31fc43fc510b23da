/// Reads the parts of a model file; every value is checked, so that hostile bytes give an error.
struct ModelReader {
    private var bytes: ArraySlice<UInt8>

    static let cut = ModelError(code: .truncated, message: "the model file is cut short")
    static let range = ModelError(code: .outOfRange, message: "the model file holds a value out of range")

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { bytes.isEmpty }

    mutating func byte() throws(ModelError) -> UInt8 {
        guard let byte = bytes.popFirst() else { throw Self.cut }
        return byte
    }

    mutating func signed() throws(ModelError) -> Int8 { Int8(bitPattern: try byte()) }

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
        guard bytes.count >= count else { throw Self.cut }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        bytes.removeFirst(count)
        return text
    }
}
