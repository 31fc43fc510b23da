/// One statement of a JunOS configuration: all words from the top of the hierarchy, as `display set` shows it.
struct JunosStatement: Sendable {
    var words: [String]
    var line: Int

    /// The word at a place; empty: there is none.
    subscript(index: Int) -> String { words.indices.contains(index) ? words[index] : "" }

    /// The words from a place on.
    func rest(_ index: Int) -> ArraySlice<String> { words[min(index, words.count)...] }

    func begins(with prefix: [String]) -> Bool { words.starts(with: prefix) }
}

/// The words of a configuration in braces.
enum JunosLexer {
    struct Token: Sendable {
        var text: String
        var line: Int
        var quoted = false
    }

    /// Comments (`/* */`, `#`) and prompts are left out.
    static func tokens(_ source: SourceText) throws(FirewallError) -> [Token] {
        var tokens: [Token] = []
        var comment = 0
        try source.forEachLine { number, line throws(FirewallError) in
            if comment == 0, isPrompt(line) { return }
            let bytes = Array(line.utf8)
            var current: [UInt8] = []
            var quote = false
            func flush(quoted: Bool = false) {
                if quoted || !current.isEmpty {
                    tokens.append(Token(text: String(decoding: current, as: UTF8.self), line: number, quoted: quoted))
                }
                current = []
            }
            var at = 0
            while at < bytes.count {
                let byte = bytes[at]
                let next = at + 1 < bytes.count ? bytes[at + 1] : 0
                at += 1
                if comment > 0 {
                    if byte == UInt8(ascii: "*"), next == UInt8(ascii: "/") { (comment, at) = (0, at + 1) }
                } else if quote {
                    if byte == UInt8(ascii: "\\"), next != 0 {
                        current.append(next)
                        at += 1
                    } else if byte == UInt8(ascii: "\"") {
                        flush(quoted: true)
                        quote = false
                    } else {
                        current.append(byte)
                    }
                } else {
                    switch byte {
                    case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
                        flush()
                        (comment, at) = (number, at + 1)
                    case UInt8(ascii: "#"):
                        at = bytes.count
                    case UInt8(ascii: "\""):
                        flush()
                        quote = true
                    case 0x20, 0x09: flush()
                    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ";"), UInt8(ascii: "["), UInt8(ascii: "]"):
                        flush()
                        tokens.append(Token(text: String(UnicodeScalar(byte)), line: number))
                    default: current.append(byte)
                    }
                }
            }
            guard !quote else { throw source.error(number, "a quote is not closed") }
            flush()
        }
        guard comment == 0 else { throw source.error(comment, "a comment that is not closed: the file is cut") }
        return tokens
    }

    /// `{master:0}`, `user@host> show configuration`.
    static func isPrompt(_ line: Substring) -> Bool {
        let text = line.trimmingSpaces
        if text.hasPrefix("{"), text.hasSuffix("}"), text.contains(":"), !text.contains(" ") { return true }
        guard let word = text.split(separator: " ").first, let end = word.last else { return false }
        return word.contains("@") && (end == ">" || end == "#")
    }
}
