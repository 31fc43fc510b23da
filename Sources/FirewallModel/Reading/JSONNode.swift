/// A JSON value and the line where it begins.
package struct JSONNode: Sendable {
    package enum Value: Sendable {
        case object([(key: String, value: JSONNode)])
        case array([JSONNode])
        case string(String)
        /// As written.
        case number(String)
        case bool(Bool)
        case null
    }

    package var line: Int
    package var value: Value

    package init(line: Int, _ value: Value) {
        self.line = line
        self.value = value
    }

    /// The member of an object; the last one when a name is there twice.
    package subscript(key: String) -> JSONNode? {
        guard case .object(let members) = value else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// The first of several names that is there and not null.
    package func first(_ keys: String...) -> JSONNode? {
        for key in keys { if let node = self[key], !node.isNull { return node } }
        return nil
    }

    package var isNull: Bool { if case .null = value { true } else { false } }

    package var members: [(key: String, value: JSONNode)]? {
        if case .object(let members) = value { members } else { nil }
    }

    package var elements: [JSONNode]? { if case .array(let elements) = value { elements } else { nil } }

    /// An array's elements; a lone value as one element (PowerShell unwraps arrays of one); none for null.
    package var list: [JSONNode] {
        switch value {
        case .array(let elements): elements
        case .null: []
        default: [self]
        }
    }

    /// A string, or a number or truth value as it is written.
    package var text: String? {
        switch value {
        case .string(let text), .number(let text): text
        case .bool(let truth): truth ? "true" : "false"
        default: nil
        }
    }

    package var integer: Int? { text.flatMap { Int($0) } }

    package var truth: Bool? {
        switch value {
        case .bool(let truth): truth
        case .number(let text): text != "0"
        case .string(let text):
            switch text.lowercased() {
            case "true", "yes", "1": true
            case "false", "no", "0": false
            default: nil
            }
        default: nil
        }
    }

    /// One line of JSON, at most about `limit` bytes.
    package func compact(limit: Int = 400) -> String {
        var result = ""
        write(to: &result, limit: limit)
        return result
    }

    private func write(to result: inout String, limit: Int) {
        guard result.utf8.count < limit else {
            if !result.hasSuffix("…") { result += "…" }
            return
        }
        switch value {
        case .object(let members):
            result += "{"
            for (index, member) in members.enumerated() {
                result += (index > 0 ? ", " : "") + "\"\(member.key)\": "
                member.value.write(to: &result, limit: limit)
            }
            result += "}"
        case .array(let elements):
            result += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { result += ", " }
                element.write(to: &result, limit: limit)
            }
            result += "]"
        case .string(let text): result += "\"\(text)\""
        case .null: result += "null"
        case .number, .bool: result += text ?? ""
        }
    }
}
