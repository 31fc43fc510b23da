import FirewallModel
import MailTypes

/// A request's JSON object, its members taken one by one; what is not known or there twice is an error, so that a slip of
/// the pen is not a request for something else.
struct JSONBody {
    private var members: [String: JSONNode] = [:]

    init(_ bytes: [UInt8], allowed: Set<String>) throws {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Problem(.malformed, "no UTF-8") }
        let node: JSONNode
        do { node = try JSONReader.read(SourceFile(name: "body", bytes: bytes)) } catch {
            throw Problem(.malformed, "the body is no JSON")
        }
        guard let given = node.members else { throw Problem(.invalid, "the body is no JSON object") }
        try self.init(given, allowed: allowed)
    }

    private init(_ given: [(key: String, value: JSONNode)], allowed: Set<String>) throws {
        for (name, value) in given {
            guard allowed.contains(name) else {
                throw Problem(.invalid, "there is no member '\(SafeText.printable(name, limit: 40))' here")
            }
            guard members.updateValue(value, forKey: name) == nil else {
                throw Problem(.invalid, "'\(name)' is there twice")
            }
        }
    }

    func optionalText(_ name: String, limit: Int) throws -> String? {
        guard let node = members[name] else { return nil }
        guard case .string(let text) = node.value else { throw Problem(.invalid, "'\(name)' is no string") }
        let count = text.unicodeScalars.count
        guard count > 0, count <= limit else {
            throw Problem(.invalid, "'\(name)' has \(count) characters: 1 to \(limit) are taken")
        }
        return text
    }

    func text(_ name: String, limit: Int = 300) throws -> String {
        guard let text = try optionalText(name, limit: limit) else { throw Problem(.invalid, "'\(name)' is missing") }
        return text
    }

    /// A text that `parse` reads.
    func value<T>(_ name: String, limit: Int = 300, _ parse: (String) -> T?) throws -> T {
        let text = try text(name, limit: limit)
        guard let value = parse(text) else {
            throw Problem(.invalid, "'\(SafeText.printable(text, limit: 80))' is no value for '\(name)'")
        }
        return value
    }

    func texts(_ name: String, atMost limit: Int) throws -> [String] {
        guard let node = members[name], case .array(let elements) = node.value else {
            throw Problem(.invalid, "'\(name)' is no array")
        }
        guard (1...limit).contains(elements.count) else {
            throw Problem(.invalid, "'\(name)' has \(elements.count) elements: 1 to \(limit) are taken")
        }
        return try elements.map { element in
            guard case .string(let text) = element.value else {
                throw Problem(.invalid, "'\(name)' has an element that is no string")
            }
            return text
        }
    }

    func integer(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws -> Int {
        guard let node = members[name] else { return standard }
        // JSON knows one kind of number only: 3.0 is 3.
        guard case .number(let text) = node.value,
            let number = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }), range.contains(number)
        else {
            throw Problem(.invalid, "'\(name)' is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func has(_ name: String) -> Bool { members[name] != nil }

    /// An object within this one.
    func object(_ name: String, allowed: Set<String>) throws -> JSONBody? {
        guard let node = members[name] else { return nil }
        guard let given = node.members else { throw Problem(.invalid, "'\(name)' is no object") }
        return try JSONBody(given, allowed: allowed)
    }

    /// A text that `parse` reads, where there is one.
    func optional<T>(_ name: String, limit: Int = 300, _ parse: (String) -> T?) throws -> T? {
        guard has(name) else { return nil }
        return try value(name, limit: limit, parse)
    }

    /// A truth value.
    func flag(_ name: String, default standard: Bool = false) throws -> Bool {
        guard let node = members[name] else { return standard }
        guard case .bool(let truth) = node.value else { throw Problem(.invalid, "'\(name)' is neither true nor false") }
        return truth
    }
}
