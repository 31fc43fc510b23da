/// Reads one JSON object that holds texts, numbers, flags and lists of texts, and nothing deeper: a line of a tape.
///
/// Foundation's decoder takes some thirty times as long for it; tapes have hundreds of thousands of lines.
struct FlatJSON {
    enum Value: Equatable {
        case text(String)
        case number(Double)
        case flag(Bool)
        case none
        case texts([String])
    }

    private var bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// `nil` if the line is not of that form.
    static func fields(_ line: ArraySlice<UInt8>) -> [(name: String, value: Value)]? {
        line.withUnsafeBufferPointer { buffer in
            var scanner = FlatJSON(bytes: buffer)
            return scanner.object()
        }
    }

    private mutating func object() -> [(name: String, value: Value)]? {
        guard take(UInt8(ascii: "{")) else { return nil }
        var fields: [(name: String, value: Value)] = []
        if take(UInt8(ascii: "}")) { return atEnd ? fields : nil }
        repeat {
            guard fields.count < 64, let name = text(), take(UInt8(ascii: ":")), let value = value() else { return nil }
            fields.append((name, value))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")), atEnd else { return nil }
        return fields
    }

    private mutating func value() -> Value? {
        skipBlanks()
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "\""): return text().map(Value.text)
        case UInt8(ascii: "["): return list()
        case UInt8(ascii: "t"): return word("true") ? .flag(true) : nil
        case UInt8(ascii: "f"): return word("false") ? .flag(false) : nil
        case UInt8(ascii: "n"): return word("null") ? Value.none : nil
        default: return number()
        }
    }

    private mutating func list() -> Value? {
        position += 1
        var texts: [String] = []
        if take(UInt8(ascii: "]")) { return .texts([]) }
        repeat {
            guard texts.count < 100_000, let text = text() else { return nil }
            texts.append(text)
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]")) ? .texts(texts) : nil
    }

    private mutating func number() -> Value? {
        let start = position
        while position < bytes.count, Self.isNumeric(bytes[position]) { position += 1 }
        let digits = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        return Double(digits).flatMap { $0.isFinite ? .number($0) : nil }
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || byte == 0x2b || byte == 0x2d || byte == 0x2e || byte | 0x20 == 0x65
    }

    private mutating func text() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
            position += 1
        }
        guard position < bytes.count else { return nil }
        let plain = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        if bytes[position] == UInt8(ascii: "\"") {
            position += 1
            return plain
        }
        return escaped(Array(plain.utf8))
    }

    /// The rest of a text that has escapes.
    private mutating func escaped(_ beginning: [UInt8]) -> String? {
        var out = beginning
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: out, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                out.append(byte)
                continue
            }
            guard position < bytes.count else { return nil }
            let kind = bytes[position]
            position += 1
            switch kind {
            case UInt8(ascii: "n"): out.append(0x0a)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "r"): out.append(0x0d)
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0c)
            case UInt8(ascii: "u"):
                guard let scalar = unicode() else { return nil }
                out += Array(String(Character(scalar)).utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(kind)
            default: return nil
            }
        }
        return nil
    }

    private mutating func unicode() -> Unicode.Scalar? {
        guard let high = hex() else { return nil }
        guard 0xd800...0xdbff ~= high else { return Unicode.Scalar(high) }
        guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return nil }
        position += 2
        guard let low = hex(), 0xdc00...0xdfff ~= low else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
    }

    private mutating func hex() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        let digits = String(decoding: UnsafeBufferPointer(rebasing: bytes[position..<(position + 4)]), as: UTF8.self)
        position += 4
        return UInt32(digits, radix: 16)
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for index in 0..<count where bytes[position + index] != word.utf8Start[index] { return false }
        position += count
        return true
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    private var atEnd: Bool { bytes[position...].allSatisfy { $0 <= 0x20 } }
}
