import MailTypes

/// Text from outside as a notice may show it: bounded, without control, bidirectional and invisible characters, and with
/// addresses of the web made unclickable (`hxxp://exa[.]mple`), since notices quote what criminals wrote.
enum SafeQuote {
    /// One line.
    static func line(_ text: String, limit: Int = NoticeBounds.fieldCharacters) -> String {
        defanged(SafeText.printable(text, limit: limit))
    }

    static func line(_ bytes: [UInt8], limit: Int = NoticeBounds.fieldCharacters) -> String {
        defanged(SafeText.printable(bytes: bytes, limit: limit))
    }

    /// Several lines, without empty ones.
    static func lines(_ bytes: [UInt8]) -> [String] {
        var left = NoticeBounds.extractCharacters
        var lines: [String] = []
        for line in bytes.prefix(NoticeBounds.extractCharacters * 4).split(whereSeparator: { $0 == 0x0a || $0 == 0x0d })
        {
            let shown = SafeText.printable(
                bytes: line.map { $0 == 0x09 ? 0x20 : $0 }, limit: min(left, NoticeBounds.fieldCharacters))
            guard shown.contains(where: { $0 != " " }) else { continue }
            lines.append(defanged(shown))
            left -= shown.unicodeScalars.count
            if left <= 0 || lines.count == NoticeBounds.extractLines { break }
        }
        return lines
    }

    /// The names of programs' own links and commands do not pass here; everything from a message does.
    static func defanged(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            word.contains(".") || word.contains(":") ? defangedWord(Array(word.utf8)) : String(word)
        }.joined(separator: " ")
    }

    /// Mail programs make links of bare host names too, so every dot within a name counts.
    private static func defangedWord(_ word: [UInt8]) -> String {
        var result: [UInt8] = []
        for (i, byte) in word.enumerated() {
            if byte == UInt8(ascii: "."), i > 0, i + 1 < word.count, isNameByte(word[i - 1]), isNameByte(word[i + 1]) {
                result += "[.]".utf8
            } else if byte == UInt8(ascii: ":"), i + 1 < word.count, word[i + 1] == UInt8(ascii: "/") {
                defangScheme(&result)
                result.append(byte)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `http`, `https` → `hxxp`, `hxxps`; another scheme is torn by `[x]`.
    private static func defangScheme(_ result: inout [UInt8]) {
        let isSecure = result.last.map(ASCII.lowercased) == UInt8(ascii: "s")
        let start = result.count - (isSecure ? 5 : 4)
        if start >= 0, ASCII.equalsIgnoringCase(result[start..<(start + 4)], "http".utf8) {
            result[start + 1] = UInt8(ascii: "x")
            result[start + 2] = UInt8(ascii: "x")
        } else {
            result += "[x]".utf8
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte >= 0x80 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
