import MailTypes

/// Splits pf.conf into statements of words, with macros put in.
struct PfTokens {
    struct Word: Sendable {
        var text: String
        var quoted = false
    }

    struct Statement: Sendable {
        var words: [Word]
        var line: Int
        var text: String
    }

    private let source: SourceText
    private var macros: [String: [Word]] = [:]
    private var budget = 2_000_000

    init(_ source: SourceText) { self.source = source }

    /// The file's statements. Blocks of anchors stay in their statement as words `{` … `}`, newlines in them as `;`.
    mutating func statements() throws(FirewallError) -> [Statement] {
        var result: [Statement] = []
        var words: [Word] = []
        var text = ""
        var start = 0
        var depth = 0
        var isBlock = false
        try source.forEachLine(joining: true) { number, line throws(FirewallError) in
            let raw = PfTokens.withoutNumber(try PfTokens.words(line, number, source))
            if words.isEmpty { start = number }
            if depth == 0 { text = line.trimmingSpaces }
            for (index, word) in raw.enumerated() {
                if !word.quoted, word.text == "{" {
                    // The block of an anchor is the brace that ends its line.
                    if depth == 0, index == raw.count - 1, words.first?.text == "anchor" || words.first?.text == "load"
                    {
                        isBlock = true
                    }
                    depth += 1
                }
                if !word.quoted, word.text == "}" { depth -= 1 }
                guard depth >= 0 else { throw source.error(number, "a closing brace without an opening one") }
                words.append(word)
            }
            if depth > 0 {
                if isBlock { words.append(Word(text: "\n")) }
                guard words.count < 500_000 else {
                    throw FirewallError(.bound, file: source.name, line: number, "a list without end")
                }
                return
            }
            if !words.isEmpty, let statement = try finish(words, start, text) { result.append(statement) }
            (words, isBlock) = ([], false)
        }
        guard depth == 0 else { throw source.error(start, "a brace that is not closed: the file is cut") }
        return result
    }

    /// Without the number that `pfctl -vvsr` puts before a rule (`@12`, `@12(1700000000)`), and without its counters.
    private static func withoutNumber(_ words: [Word]) -> [Word] {
        guard let first = words.first, !first.quoted else { return words }
        if first.text == "[" || first.text.hasPrefix("[") { return [] }
        guard first.text.hasPrefix("@"), Int(first.text.dropFirst()) != nil else { return words }
        if words.count > 3, words[1].text == "(", words[3].text == ")" { return Array(words[4...]) }
        return Array(words[1...])
    }

    /// A macro is remembered; anything else comes back with macros put in.
    private mutating func finish(_ words: [Word], _ line: Int, _ text: String) throws(FirewallError) -> Statement? {
        let expanded = try expand(words, line)
        if expanded.count >= 2, expanded[1].text == "=", !expanded[1].quoted, !expanded[0].quoted,
            expanded[0].text != "set"
        {
            var value: [Word] = []
            for word in expanded.dropFirst(2) {
                // A quoted value is text that is read again where it is used.
                value += word.quoted ? try PfTokens.words(word.text[...], line, source) : [word]
            }
            macros[expanded[0].text] = value
            return nil
        }
        return Statement(words: expanded, line: line, text: text)
    }

    private mutating func expand(_ words: [Word], _ line: Int) throws(FirewallError) -> [Word] {
        guard words.contains(where: { $0.text.hasPrefix("$") && !$0.quoted || $0.quoted && $0.text.contains("$") })
        else { return words }
        var result: [Word] = []
        for word in words {
            // `$ext_if:network`: a macro, and what is taken of it.
            let parts = word.text.dropFirst().split(separator: ":", maxSplits: 1).map(String.init)
            let suffix = parts.count > 1 ? ":" + parts[1] : ""
            guard word.text.hasPrefix("$"), var value = macros[parts.first ?? ""] else {
                if word.text.hasPrefix("$"), !word.quoted {
                    throw source.error(line, "macro that is not defined: \(SafeText.printable(word.text, limit: 60))")
                }
                if word.quoted, word.text.contains("$") {
                    let inner = try PfTokens.words(word.text[...], line, source)
                    result.append(Word(text: try expand(inner, line).map(\.text).joined(separator: " "), quoted: true))
                } else {
                    result.append(word)
                }
                continue
            }
            if !suffix.isEmpty {
                for index in value.indices where !["{", "}", "(", ")", "!"].contains(value[index].text) {
                    value[index].text += suffix
                }
            }
            budget -= value.count
            guard budget > 0 else {
                throw FirewallError(.bound, file: source.name, line: line, "macros that multiply each other")
            }
            result += value
        }
        return result
    }

    static func words(_ line: Substring, _ number: Int, _ source: SourceText) throws(FirewallError) -> [Word] {
        var words: [Word] = []
        var current = ""
        var quote = false
        func flush() {
            if !current.isEmpty { words.append(Word(text: current)) }
            current = ""
        }
        for character in line {
            if quote {
                if character == "\"" {
                    words.append(Word(text: current, quoted: true))
                    (current, quote) = ("", false)
                } else {
                    current.append(character)
                }
                continue
            }
            switch character {
            case "\"":
                flush()
                quote = true
            case "#":
                flush()
                return words
            case " ", "\t", ",": flush()
            case "{", "}", "(", ")", "=", "!", ";":
                flush()
                words.append(Word(text: character == ";" ? "\n" : String(character)))
            case "<":
                if current == ">" {
                    current = "><"
                    flush()
                } else {
                    flush()
                    current = "<"
                }
            case ">":
                if current.hasPrefix("<") {
                    current.append(">")
                    flush()
                } else {
                    flush()
                    current = ">"
                }
            default:
                if current == ">" { flush() }
                if current == "<", ASCII.isDigit(character.asciiValue ?? 0) { flush() }
                current.append(character)
            }
        }
        guard !quote else { throw source.error(number, "a quote is not closed") }
        flush()
        return words
    }
}
