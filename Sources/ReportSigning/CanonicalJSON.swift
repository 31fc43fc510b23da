import FirewallModel

/// JSON in one canonical form (RFC 8785, of which only objects, arrays, strings, whole numbers and truth values are taken):
/// members sorted by their names, no space, as few escapes as JSON allows.
package indirect enum CanonicalJSON: Sendable, Hashable {
    case object([String: CanonicalJSON])
    case array([CanonicalJSON])
    case string(String)
    case integer(Int)
    case bool(Bool)

    /// From what was read. A name twice in an object, a fraction, null: refused, as nobody could say what was signed.
    init(_ node: JSONNode) throws(SignedReportError) {
        switch node.value {
        case .object(let members):
            var object: [String: CanonicalJSON] = [:]
            for (key, value) in members {
                guard object.updateValue(try CanonicalJSON(value), forKey: key) == nil else {
                    throw SignedReportError(.syntax, "line \(node.line): a name twice in one object")
                }
            }
            self = .object(object)
        case .array(let elements):
            var array: [CanonicalJSON] = []
            for element in elements { array.append(try CanonicalJSON(element)) }
            self = .array(array)
        case .string(let text): self = .string(text)
        case .bool(let truth): self = .bool(truth)
        case .number(let text):
            guard let number = Int(text), String(number) == text, abs(number) < 1 << 53 else {
                throw SignedReportError(.syntax, "line \(node.line): no whole number")
            }
            self = .integer(number)
        case .null: throw SignedReportError(.syntax, "line \(node.line): null")
        }
    }

    /// The canonical bytes as text.
    package var text: String {
        var result = ""
        write(to: &result)
        return result
    }

    private func write(to result: inout String) {
        switch self {
        case .object(let members):
            result += "{"
            // RFC 8785 §3.2.3: by UTF-16 code units.
            let keys = members.keys.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
            for (index, key) in keys.enumerated() {
                if index > 0 { result += "," }
                Self.write(key, to: &result)
                result += ":"
                members[key]?.write(to: &result)
            }
            result += "}"
        case .array(let elements):
            result += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { result += "," }
                element.write(to: &result)
            }
            result += "]"
        case .string(let text): Self.write(text, to: &result)
        case .integer(let number): result += String(number)
        case .bool(let truth): result += truth ? "true" : "false"
        }
    }

    /// RFC 8785 §3.2.2.2.
    private static func write(_ text: String, to result: inout String) {
        result += "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: result += "\\\""
            case 0x5c: result += "\\\\"
            case 0x08: result += "\\b"
            case 0x09: result += "\\t"
            case 0x0a: result += "\\n"
            case 0x0c: result += "\\f"
            case 0x0d: result += "\\r"
            case 0..<0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        result += "\""
    }
}
