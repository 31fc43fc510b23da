import MailTypes

/// The values of a request's query, each name known and there once.
struct QueryValues: Sendable {
    static let pageSize = 50
    static let largestPage = 200

    private let values: [String: String]

    init(_ pairs: [(name: String, value: String)], allowed: Set<String>) throws {
        var values: [String: String] = [:]
        for (name, value) in pairs {
            guard allowed.contains(name) else {
                throw Problem(.malformed, "there is no query parameter '\(SafeText.printable(name, limit: 40))' here")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem(.malformed, "'\(name)' is there twice")
            }
        }
        self.values = values
    }

    func text(_ name: String) -> String? { values[name] }

    /// A value as `parse` reads it; `malformed` if it does not.
    func value<T>(_ name: String, _ parse: (String) -> T?) throws -> T? {
        guard let text = values[name] else { return nil }
        guard let value = parse(text) else {
            throw Problem(.malformed, "'\(SafeText.printable(text, limit: 80))' is no value for '\(name)'")
        }
        return value
    }

    /// How many a page may have.
    func limit() throws -> Int {
        try value("limit") { text in Int(text).flatMap { (1...Self.largestPage).contains($0) ? $0 : nil } }
            ?? Self.pageSize
    }
}
