import MailTypes

/// A lookup table as far as it can be read here: `inline:`, `static:`, and files whose text was gathered.
struct PostfixTable: Sendable {
    struct Row: Sendable, Hashable {
        var key: String
        var value: String
        var place: String
    }

    enum Kind: Sendable, Hashable {
        case exact, regex, cidr
        /// The value holds for every key.
        case fixed
    }

    var kind: Kind
    var rows: [Row]
    /// As the configuration names it.
    var name: String

    /// Rows of one table.
    private static let maximumRows = 500_000

    /// `nil`: its content is not here.
    static func read(_ specification: String, tables: [String: String]) -> PostfixTable? {
        var text = MTAText.withoutBraces(specification)
        for prefix in ["proxy:", "maps:"] where text.hasPrefix(prefix) { text = String(text.dropFirst(prefix.count)) }
        guard let (type, name) = MTAText.pair(text, ":") else { return nil }
        switch type {
        case "static":
            let value = MTAText.withoutBraces(name)
            return PostfixTable(kind: .fixed, rows: [Row(key: "", value: value, place: text)], name: text)
        case "inline":
            let rows = MTAText.words(MTAText.withoutBraces(name)).compactMap { word in
                MTAText.pair(MTAText.withoutBraces(word), "=").map { Row(key: $0.0, value: $0.1, place: "inline") }
            }
            return PostfixTable(kind: .exact, rows: rows, name: text)
        case "hash", "lmdb", "btree", "dbm", "cdb", "texthash", "sdbm":
            return tables[name].flatMap { file($0, name, .exact) }
        case "regexp", "pcre", "cidr":
            let kind: Kind = type == "cidr" ? .cidr : .regex
            if name.hasPrefix("{") {
                let rules = MTAText.words(MTAText.withoutBraces(name), separators: [",", "\n"]).map {
                    MTAText.withoutBraces($0)
                }
                return file(rules.joined(separator: "\n"), "inline", kind)
            }
            return tables[name].flatMap { file($0, name, kind) }
        default: return nil
        }
    }

    private static func file(_ text: String, _ name: String, _ kind: Kind) -> PostfixTable? {
        guard let lines = try? PostfixLines.logical(text), lines.count <= maximumRows else { return nil }
        var rows: [Row] = []
        for line in lines {
            guard let (key, value) = split(line.text, kind) else { continue }
            // if … endif of regular expressions narrows what follows: taken as if it were not there.
            if kind != .exact, ["if", "endif"].contains(ASCII.lowercased(key)) { continue }
            rows.append(Row(key: key, value: value, place: "\(name) line \(line.number)"))
        }
        return PostfixTable(kind: kind, rows: rows, name: name)
    }

    private static func split(_ line: String, _ kind: Kind) -> (String, String)? {
        if kind == .regex, let delimiter = line.first(where: { $0 != "!" }), !delimiter.isLetter {
            var isEscaped = false
            var seen = 0
            for index in line.indices {
                let character = line[index]
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == delimiter {
                    seen += 1
                }
                if seen == 2, character == " " || character == "\t" {
                    return (String(line[..<index]), MTAText.trimmed(line[index...]))
                }
            }
            return nil
        }
        guard let blank = line.firstIndex(where: { $0 == " " || $0 == "\t" }) else { return nil }
        return (String(line[..<blank]), MTAText.trimmed(line[blank...]))
    }

    /// A regular expression that matches whatever comes.
    static func isCatchAll(_ pattern: String) -> Bool {
        guard let delimiter = pattern.first, let end = pattern.lastIndex(of: delimiter), end > pattern.startIndex
        else { return false }
        let inner = String(pattern[pattern.index(after: pattern.startIndex)..<end])
        return ["", ".", ".*", ".+", "^", "$", "^.*", "^.*$", "^.+$", ".*$", "^.", "@", ".*@.*", "^.*@.*$", "^(.*)$"]
            .contains(inner)
    }
}
