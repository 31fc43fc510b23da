/// Writes JSON without going through dictionaries: keys in the order given, text escaped.
struct JSONText {
    private(set) var text = ""
    private var needsComma = false

    mutating func object(_ key: String? = nil, _ body: (inout JSONText) -> Void) { nest(key, "{", "}", body) }
    mutating func array(_ key: String? = nil, _ body: (inout JSONText) -> Void) { nest(key, "[", "]", body) }

    private mutating func nest(_ key: String?, _ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
        begin(key)
        text += open
        needsComma = false
        body(&self)
        text += close
        needsComma = true
    }

    mutating func value(_ key: String? = nil, _ value: String) {
        begin(key)
        JSONText.append(value, to: &text)
    }

    mutating func value(_ key: String? = nil, _ value: Int) {
        begin(key)
        text += String(value)
    }

    mutating func value(_ key: String? = nil, _ value: Bool) {
        begin(key)
        text += value ? "true" : "false"
    }

    mutating func optional(_ key: String, _ value: String?) {
        if let value { self.value(key, value) }
    }

    private mutating func begin(_ key: String?) {
        if needsComma { text += "," }
        needsComma = true
        guard let key else { return }
        JSONText.append(key, to: &text)
        text += ":"
    }

    /// As a JSON string (RFC 8259 §7). Control bytes, also DEL and C1, go as `\u00XX`, so that a terminal which shows the
    /// output is safe from them.
    static func append(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar.value {
            case 0x22: text += "\\\""
            case 0x5c: text += "\\\\"
            case 0x0a: text += "\\n"
            case 0x09: text += "\\t"
            case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
