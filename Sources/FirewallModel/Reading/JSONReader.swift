/// Reads JSON (RFC 8259) with line numbers. Depth and size are bounded; anything behind the value but space is an error.
package struct JSONReader {
    private let source: SourceText
    private var at = 0
    private var line = 1

    /// Values within values.
    static let depth = 100

    /// Reads a file that holds one JSON value: UTF-8, or UTF-16 as PowerShell writes it.
    package static func read(_ file: SourceFile) throws(FirewallError) -> JSONNode {
        try read(SourceText(file, index: 0))
    }

    static func read(_ source: SourceText) throws(FirewallError) -> JSONNode {
        var reader = JSONReader(source: source)
        let node = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.peek == nil else { throw reader.wrong("text behind the end of the JSON value") }
        return node
    }

    private init(source: SourceText) { self.source = source }

    private var peek: UInt8? { at < source.bytes.count ? source.bytes[at] : nil }

    private func wrong(_ message: String) -> FirewallError { source.error(line, message) }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0d).contains(byte) {
            if byte == 0x0a { line += 1 }
            at += 1
        }
    }

    private mutating func value(depth: Int) throws(FirewallError) -> JSONNode {
        guard depth < JSONReader.depth else {
            throw FirewallError(.bound, file: source.name, line: line, "JSON nested deeper than \(JSONReader.depth)")
        }
        skipSpace()
        let start = line
        switch peek {
        case UInt8(ascii: "{"): return JSONNode(line: start, .object(try object(depth: depth)))
        case UInt8(ascii: "["): return JSONNode(line: start, .array(try array(depth: depth)))
        case UInt8(ascii: "\""): return JSONNode(line: start, .string(try string()))
        case nil: throw wrong("the JSON ends too early: the file is cut")
        default: return JSONNode(line: start, try word())
        }
    }

    private mutating func object(depth: Int) throws(FirewallError) -> [(key: String, value: JSONNode)] {
        at += 1
        var members: [(key: String, value: JSONNode)] = []
        skipSpace()
        if peek == UInt8(ascii: "}") {
            at += 1
            return members
        }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else {
                throw wrong(peek == nil ? "the JSON ends too early: the file is cut" : "a member's name is expected")
            }
            let key = try string()
            skipSpace()
            guard peek == UInt8(ascii: ":") else { throw wrong("':' is expected") }
            at += 1
            members.append((key, try value(depth: depth + 1)))
            if try ends(UInt8(ascii: "}")) { return members }
        }
    }

    private mutating func array(depth: Int) throws(FirewallError) -> [JSONNode] {
        at += 1
        var elements: [JSONNode] = []
        skipSpace()
        if peek == UInt8(ascii: "]") {
            at += 1
            return elements
        }
        while true {
            elements.append(try value(depth: depth + 1))
            if try ends(UInt8(ascii: "]")) { return elements }
        }
    }

    private mutating func ends(_ close: UInt8) throws(FirewallError) -> Bool {
        skipSpace()
        guard let byte = peek else { throw wrong("the JSON ends too early: the file is cut") }
        guard byte == close || byte == UInt8(ascii: ",") else { throw wrong("',' is expected") }
        at += 1
        return byte == close
    }

    private mutating func word() throws(FirewallError) -> JSONNode.Value {
        let start = at
        while let byte = peek, byte != 0x2c, byte != 0x5d, byte != 0x7d, byte > 0x20 { at += 1 }
        let text = String(decoding: source.bytes[start..<at], as: UTF8.self)
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default:
            guard let first = text.utf8.first, first == 0x2d || (48...57).contains(first), Double(text) != nil else {
                throw wrong("no JSON value")
            }
            return .number(text)
        }
    }

    private mutating func string() throws(FirewallError) -> String {
        at += 1
        let start = at
        var escaped = false
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte != 0x0a else { throw wrong("a string that is not closed") }
            if byte == UInt8(ascii: "\\") {
                escaped = true
                at += 1
            }
            at += 1
        }
        guard peek != nil else { throw wrong("a string that is not closed: the file is cut") }
        let raw = source.bytes[start..<at]
        at += 1
        guard escaped else { return String(decoding: raw, as: UTF8.self) }
        return try unescaped(raw)
    }

    private func unescaped(_ raw: ArraySlice<UInt8>) throws(FirewallError) -> String {
        var units: [UInt16] = []
        var text = ""
        func flush() {
            text += String(decoding: units, as: UTF16.self)
            units = []
        }
        var plain: [UInt8] = []
        var index = raw.startIndex
        while index < raw.endIndex {
            guard raw[index] == UInt8(ascii: "\\") else {
                if !units.isEmpty { flush() }
                plain.append(raw[index])
                index += 1
                continue
            }
            if !plain.isEmpty {
                text += String(decoding: plain, as: UTF8.self)
                plain = []
            }
            index += 1
            guard index < raw.endIndex else { throw wrong("a string that is not closed") }
            switch raw[index] {
            case UInt8(ascii: "n"): units.append(10)
            case UInt8(ascii: "t"): units.append(9)
            case UInt8(ascii: "r"): units.append(13)
            case UInt8(ascii: "b"): units.append(8)
            case UInt8(ascii: "f"): units.append(12)
            case UInt8(ascii: "u"):
                guard index + 4 < raw.endIndex,
                    let unit = UInt16(String(decoding: raw[(index + 1)...(index + 4)], as: UTF8.self), radix: 16)
                else { throw wrong("a \\u without four hexadecimal digits") }
                units.append(unit)
                index += 4
            case let byte: units.append(UInt16(byte))
            }
            index += 1
        }
        flush()
        return text + String(decoding: plain, as: UTF8.self)
    }
}
