import MailTypes

/// What one value of the configuration may be: how it is read, shown, and described.
struct Kind<Value: Sendable>: Sendable {
    /// What is allowed, as it follows "expected": `a duration such as 30s, 5m, 4h`.
    var allowed: String
    /// The value of the text; `nil` if it is none.
    var parse: @Sendable (String) -> Value?
    /// The text of the value, which `parse` reads back.
    var show: @Sendable (Value) -> String
    /// What is wrong with a text that `parse` refused, where more can be said than what is allowed.
    var explain: @Sendable (String) -> String? = { _ in nil }
}

extension Kind where Value == Bool {
    static let flag = Kind(
        allowed: "true or false", parse: { ["true": true, "false": false][$0] }, show: { String($0) },
        explain: { ["yes", "on", "1"].contains($0.lowercased()) ? "write true" : nil })
}

extension Kind where Value == Int {
    /// A whole number of the range, in decimal digits.
    static func integer(_ range: ClosedRange<Int>) -> Kind {
        Kind(
            allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in Int(text).flatMap { range.contains($0) && text.first != "+" ? $0 : nil } },
            show: { String($0) })
    }
}

extension Kind where Value == Double {
    static func number(_ range: ClosedRange<Double>) -> Kind {
        Kind(
            allowed: "a number from \(shown(range.lowerBound)) to \(shown(range.upperBound))",
            parse: { text in
                guard text.utf8.allSatisfy({ ASCII.isDigit($0) || [0x2d, 0x2e].contains($0) }) else { return nil }
                return Double(text).flatMap { range.contains($0) ? $0 : nil }
            },
            show: { shown($0) })
    }

    private static func shown(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}

extension Kind where Value == String {
    /// One line of text without control bytes.
    static func text(_ allowed: String, limit: Int = 1024) -> Kind {
        Kind(
            allowed: allowed,
            parse: { text in
                let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) }
                return (1...limit).contains(text.utf8.count) && isPlain ? text : nil
            },
            show: { $0 })
    }

    /// The name of a file or directory; where it is taken from is decided by `Section`.
    static let path = text("the name of a file", limit: 4096)
    static let directory = text("the name of a directory", limit: 4096)

    /// `https://…`, without spaces.
    static let webAddress = Kind(
        allowed: "a web address such as https://sluice.example.net",
        parse: { text in
            let rest =
                text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
            return rest.utf8.count > 0 && text.utf8.count <= 512 && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
                ? text : nil
        },
        show: { $0 })
}

extension Kind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static func choice() -> Kind {
        let words = Value.allCases.map(\.rawValue)
        return Kind(
            allowed: words.count > 1
                ? words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "") : words.joined(),
            parse: { Value(rawValue: $0) }, show: { $0.rawValue },
            explain: { SafeName.suggestion(for: $0, among: words).map { "did you mean \($0)?" } })
    }
}
