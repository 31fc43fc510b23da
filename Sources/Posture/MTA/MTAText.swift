import MailTypes

/// Helpers for reading configurations without Foundation.
enum MTAText {
    /// Lines with their numbers from 1; CR at the end is dropped.
    static func lines(_ text: String) -> [(number: Int, text: Substring)] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.enumerated().map {
            ($0.offset + 1, $0.element.last == "\r" ? $0.element.dropLast() : $0.element)
        }
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        var view = Substring(text)
        while let first = view.first, first == " " || first == "\t" || first == "\r" || first == "\n" {
            view.removeFirst()
        }
        while let last = view.last, last == " " || last == "\t" || last == "\r" || last == "\n" { view.removeLast() }
        return String(view)
    }

    /// Words between blanks and commas; what is in braces stays together, its braces included.
    static func words(_ text: String, separators: Set<Character> = [" ", "\t", ",", "\n", "\r"]) -> [String] {
        var words: [String] = []
        var word = ""
        var depth = 0
        for character in text {
            if character == "{" { depth += 1 }
            if character == "}" { depth = max(0, depth - 1) }
            if depth == 0, separators.contains(character) {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    /// Splits at the first `separator` outside braces; both sides trimmed.
    static func pair(_ text: some StringProtocol, _ separator: Character) -> (String, String)? {
        guard let index = text.firstIndex(of: separator) else { return nil }
        return (trimmed(text[..<index]), trimmed(text[text.index(after: index)...]))
    }

    /// The text within its outer braces, if it has any.
    static func withoutBraces(_ text: String) -> String {
        let text = trimmed(text)
        guard text.hasPrefix("{"), text.hasSuffix("}"), text.utf8.count > 1 else { return text }
        return trimmed(text.dropFirst().dropLast())
    }

    static func isYes(_ text: String?) -> Bool {
        ["yes", "true", "1", "on"].contains(ASCII.lowercased(text ?? ""))
    }
}
