import MailTypes

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
        text += JSONString.quoted(value)
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
        text += JSONString.quoted(key)
        text += ":"
    }
}
