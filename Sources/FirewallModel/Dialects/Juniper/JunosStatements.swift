import MailTypes

/// Reads a JunOS configuration, in braces or as `set` commands, into statements: what is inactive or deleted is left out, and
/// what groups hold is put where they are applied.
struct JunosStatements {
    private var list: [JunosStatement] = []
    /// Hierarchies taken away, with the number of statements read before.
    private var removals: [String: Int] = [:]
    private(set) var notes: [String] = []

    /// Statements in all, and hierarchies within each other; more are refused.
    private static let bound = 2_000_000
    private static let depth = 60
    /// Statements that groups may add.
    private static let groupBound = 500_000

    static func read(
        _ sources: [SourceText]
    ) throws(FirewallError) -> (statements: [(statement: JunosStatement, file: Int)], notes: [String]) {
        var result: [(statement: JunosStatement, file: Int)] = []
        var notes: [String] = []
        for source in sources {
            var reader = JunosStatements()
            if isSetForm(source) { try reader.commands(source) } else { try reader.braces(source) }
            result += try reader.finish(source).map { ($0, source.index) }
            notes += reader.notes
        }
        return (result, notes)
    }

    private static func isSetForm(_ source: SourceText) -> Bool {
        var isSet = false
        var seen = false
        try? source.forEachLine { _, line throws(FirewallError) in
            guard !seen, let word = line.split(separator: " ").first, !word.hasPrefix("#"), !word.hasPrefix("/*"),
                !JunosLexer.isPrompt(line)
            else { return }
            seen = true
            isSet = verbs.contains(String(word))
        }
        return isSet
    }

    static let verbs: Set<String> = ["set", "deactivate", "activate", "delete", "insert", "rename", "protect"]

    // MARK: set commands

    private mutating func commands(_ source: SourceText) throws(FirewallError) {
        try source.forEachLine { number, line throws(FirewallError) in
            guard let first = line.utf8.first(where: { $0 != 0x20 && $0 != 0x09 }), first != UInt8(ascii: "#"),
                !JunosLexer.isPrompt(line)
            else { return }
            guard let split = Words.split(line) else { throw source.error(number, "a quote is not closed") }
            let words = split.dropFirst().map(String.init)
            switch split.first {
            case "set":
                guard !words.isEmpty else { throw source.error(number, "set without a statement: the file is cut") }
                for words in try JunosStatements.unfolded(words, number, source) { try add(words, number, source) }
            case "deactivate": removals[JunosStatements.key(words[...])] = Int.max
            case "activate": removals[JunosStatements.key(words[...])] = nil
            case "delete": removals[JunosStatements.key(words[...])] = list.count
            case "protect", "unprotect", "annotate", "edit", "top", "exit", "commit", "annotate:": break
            default:
                throw source.error(number, "not understood: \(SafeText.printable(String(line), limit: 100))")
            }
        }
    }

    /// `source-address [ a b ]` is a statement for each.
    private static func unfolded(
        _ words: [String], _ line: Int, _ source: SourceText
    ) throws(FirewallError) -> [[String]] {
        guard let open = words.firstIndex(of: "["), words.last != "[" else { return [words] }
        guard let close = words.firstIndex(of: "]"), close > open else {
            throw source.error(line, "a list that is not closed: the file is cut")
        }
        return words[(open + 1)..<close].map { words[..<open] + [$0] + words[(close + 1)...] }
    }

    private mutating func add(_ words: [String], _ line: Int, _ source: SourceText) throws(FirewallError) {
        guard list.count < JunosStatements.bound else {
            throw FirewallError(.bound, file: source.name, line: line, "too many statements")
        }
        list.append(JunosStatement(words: words, line: line))
    }

    private static func key(_ words: ArraySlice<String>) -> String { words.joined(separator: "\u{1}") }

    // MARK: Braces

    private mutating func braces(_ source: SourceText) throws(FirewallError) {
        let tokens = try JunosLexer.tokens(source)
        var path: [String] = []
        /// Lengths of the hierarchies that are open, their lines, and whether something was in them.
        var open: [(length: Int, line: Int, used: Bool)] = []
        var words: [[String]] = [[]]
        var listAt: Int?
        var tag = ""
        var inactive = 0
        func isTag(_ token: JunosLexer.Token) -> Bool {
            !token.quoted && words == [[]] && listAt == nil
                && ["inactive:", "replace:", "delete:", "protect:", "merge:", "unprotect:"].contains(token.text)
        }
        for token in tokens {
            if isTag(token) {
                if tag != "inactive:" { tag = token.text }
                continue
            }
            switch token.quoted ? "" : token.text {
            case "[":
                guard listAt == nil, words.count == 1 else { throw source.error(token.line, "a list in a list") }
                listAt = token.line
                words = [words.first ?? [], []]
            case "]":
                guard listAt != nil else { throw source.error(token.line, "a list is closed that was not opened") }
                listAt = nil
                let head = words.first ?? []
                words = words.dropFirst().flatMap { $0 }.map { head + [$0] }
            case "{":
                guard listAt == nil, words.count == 1, let own = words.first else {
                    throw source.error(token.line, "a block in a list")
                }
                guard open.count < JunosStatements.depth else {
                    throw FirewallError(.bound, file: source.name, line: token.line, "hierarchies nest too deep")
                }
                if inactive > 0 || tag == "inactive:" { inactive += 1 }
                if !open.isEmpty { open[open.count - 1].used = true }
                open.append((path.count, token.line, false))
                path += own
                if tag == "replace:" || tag == "delete:" { removals[JunosStatements.key(path[...])] = list.count }
                (words, tag) = ([[]], "")
            case "}":
                guard let last = open.popLast() else {
                    throw source.error(token.line, "a closing brace without an opening one")
                }
                guard words == [[]] else { throw source.error(token.line, "a statement without its end") }
                if !last.used, inactive == 0 { try add(path, last.line, source) }
                path.removeSubrange(last.length...)
                if inactive > 0 { inactive -= 1 }
            case ";":
                guard listAt == nil else { throw source.error(token.line, "a list that is not closed") }
                if !open.isEmpty { open[open.count - 1].used = true }
                if tag == "replace:" || tag == "delete:", let own = words.first {
                    removals[JunosStatements.key((path + own)[...])] = list.count
                }
                if inactive == 0, tag != "inactive:", tag != "delete:" {
                    for own in words where !own.isEmpty { try add(path + own, token.line, source) }
                }
                (words, tag) = ([[]], "")
            default:
                for index in words.indices where listAt == nil || index == words.count - 1 {
                    words[index].append(token.text)
                }
            }
        }
        if let last = open.last { throw source.error(last.line, "a brace that is not closed: the file is cut") }
        guard words == [[]], listAt == nil else {
            throw source.error(tokens.last?.line ?? 1, "a statement without its end: the file is cut")
        }
    }

    // MARK: What counts

    private mutating func finish(_ source: SourceText) throws(FirewallError) -> [JunosStatement] {
        var statements = list
        if !removals.isEmpty {
            statements = list.enumerated().filter { position, statement in
                var key = ""
                for word in statement.words {
                    key += key.isEmpty ? word : "\u{1}" + word
                    if let removed = removals[key], removed > position { return false }
                }
                return true
            }.map(\.element)
        }
        for index in statements.indices { statements[index].words = JunosStatements.rooted(statements[index].words) }
        return try applyGroups(statements, source)
    }

    /// Listings of a part of the configuration leave out what is above it.
    private static func rooted(_ words: [String]) -> [String] {
        switch words.first {
        case "from-zone", "default-policy",
            "global" where words.count > 1 && words[1] == "policy":
            ["security", "policies"] + words
        case "policies", "address-book", "zones", "nat": ["security"] + words
        case "security-zone": ["security", "zones"] + words
        case "application", "application-set": ["applications"] + words
        case "family", "filter": ["firewall"] + words
        case "prefix-list": ["policy-options"] + words
        case "stateful-firewall": ["services"] + words
        default: words
        }
    }

    private mutating func applyGroups(
        _ statements: [JunosStatement], _ source: SourceText
    ) throws(FirewallError) -> [JunosStatement] {
        var groups: [String: [JunosStatement]] = [:]
        var result: [JunosStatement] = []
        var uses: [(group: String, place: [String])] = []
        for statement in statements {
            if statement[0] == "groups" {
                groups[statement[1], default: []].append(
                    JunosStatement(words: Array(statement.rest(2)), line: statement.line))
            } else if let at = statement.words.firstIndex(of: "apply-groups") {
                uses.append((statement[at + 1], Array(statement.words[..<at])))
            } else {
                result.append(statement)
            }
        }
        let own = result
        var budget = JunosStatements.groupBound
        for use in uses {
            guard let group = groups[use.group] else {
                if use.group != "junos-defaults" {
                    notes.append("the group \(SafeText.printable(use.group, limit: 60)) is applied, but not given")
                }
                continue
            }
            for statement in group where JunosStatements.meets(statement.words, use.place) {
                let made = JunosStatements.filled(statement.words, own)
                budget -= made.count + 1
                guard budget > 0 else {
                    throw FirewallError(
                        .bound, file: source.name, line: statement.line, "groups that multiply each other")
                }
                result += made.map { JunosStatement(words: $0, line: statement.line) }
            }
        }
        return result
    }

    /// Whether a group's statement is for a place in the hierarchy.
    private static func meets(_ words: [String], _ place: [String]) -> Bool {
        words.count >= place.count && zip(words, place).allSatisfy { $0 == $1 || $0.hasPrefix("<") }
    }

    /// A statement with wildcards (`<*>`) once for each hierarchy that they match.
    private static func filled(_ words: [String], _ statements: [JunosStatement]) -> [[String]] {
        guard let last = words.lastIndex(where: { $0.hasPrefix("<") && $0.hasSuffix(">") }) else { return [words] }
        var seen: Set<[String]> = []
        var result: [[String]] = []
        for statement in statements where statement.words.count > last {
            let fits = zip(words[...last], statement.words).allSatisfy { pattern, word in
                guard pattern.hasPrefix("<"), pattern.hasSuffix(">") else { return pattern == word }
                let inner = pattern.dropFirst().dropLast()
                guard let star = inner.firstIndex(of: "*") else { return inner == word }
                return word.hasPrefix(inner[..<star]) && word.hasSuffix(inner[inner.index(after: star)...])
            }
            guard fits, seen.insert(Array(statement.words[...last])).inserted else { continue }
            result.append(Array(statement.words[...last]) + words[(last + 1)...])
        }
        return result
    }
}
