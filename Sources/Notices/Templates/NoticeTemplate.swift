/// The words of notices in one language, from a text of sections:
/// ```
/// # a comment
/// [title.stopped]
/// {source} may not send for now
/// ```
/// Each section is one key; `steps.*` have a step a line. What is missing comes from the built-in words of the language, and
/// then from the English ones. Placeholders are filled with text that was made safe; nothing in a value is markup but in `html`.
package struct NoticeTemplate: Hashable, Sendable {
    /// The most bytes of a file.
    package static let sizeLimit = 256 * 1024

    package static let english = built(englishTemplate, nil)
    package static let german = built(germanTemplate, english)

    /// Built-in words by their language's code.
    package static func language(_ code: String) -> NoticeTemplate { code == "de" ? german : english }

    /// The file to begin a translation with.
    package static func example(_ code: String) -> String { code == "de" ? germanTemplate : englishTemplate }

    private let words: [String: String]

    /// What is wrong with a file, with its line.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let line: Int
        package let description: String
    }

    private static let placeholders: Set<String> = [
        "source", "customer", "account", "address", "count", "title", "body", "language", "delivered", "held",
        "refused",
    ]

    /// Reads a file's text. Unknown keys and placeholders are errors: a slip would leave a notice without its words.
    package init(_ text: String, over base: NoticeTemplate) throws(Problem) {
        var words = base.words
        for section in try Self.sections(text) {
            guard base.words[section.key] != nil else {
                throw Problem(line: section.line, description: "there is no key [\(section.key)]")
            }
            if section.key == "html" {
                guard section.text.contains("{title}"), section.text.contains("{body}") else {
                    throw Problem(line: section.line, description: "[html] needs {title} and {body}")
                }
            } else if let wrong = Self.names(section.text).first(where: { !Self.placeholders.contains($0) }) {
                throw Problem(line: section.line, description: "there is no placeholder {\(wrong)}")
            }
            words[section.key] = section.text
        }
        self.words = words
    }

    private init(words: [String: String]) { self.words = words }

    private static func built(_ text: String, _ base: NoticeTemplate?) -> NoticeTemplate {
        var words = base?.words ?? [:]
        for section in (try? sections(text)) ?? [] { words[section.key] = section.text }
        return NoticeTemplate(words: words)
    }

    /// The language's code, as `[language]` has it.
    package var code: String { words["language"] ?? "" }

    /// The words of a key, placeholders filled; unknown ones stay as they are.
    func text(_ key: String, _ values: [String: String] = [:]) -> String {
        Self.filled(words[key] ?? "", values)
    }

    /// One entry a line.
    func lines(_ key: String, _ values: [String: String] = [:]) -> [String] {
        (words[key] ?? "").split(separator: "\n").map { Self.filled(String($0), values) }
    }

    /// Values are put in once: a brace in a value is no placeholder.
    private static func filled(_ text: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            rest = rest[open...]
            guard let close = rest.firstIndex(of: "}"),
                let value = values[String(rest[rest.index(after: open)..<close])]
            else {
                result += "{"
                rest = rest.dropFirst()
                continue
            }
            result += value
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    private static func names(_ text: String) -> [String] {
        text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.firstIndex(of: "}").map { String(part[..<$0]) }
        }
    }

    private static func sections(_ text: String) throws(Problem) -> [(key: String, line: Int, text: String)] {
        guard text.utf8.count <= sizeLimit else { throw Problem(line: 0, description: "too large") }
        var found: [(key: String, line: Int, text: String)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.last == "\r" ? line.dropLast() : line
            if line.hasPrefix("#") || (line.isEmpty && found.isEmpty) { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                found.append((String(line.dropFirst().dropLast()), index + 1, ""))
                continue
            }
            guard let last = found.indices.last else {
                throw Problem(line: index + 1, description: "text before the first [key]")
            }
            found[last].text += (found[last].text.isEmpty ? "" : "\n") + line
        }
        return found.map { section in
            var text = section.text
            while text.hasSuffix("\n") { text.removeLast() }
            return (section.key, section.line, text)
        }
    }
}
