import MailTypes

/// Turns the text of `nft list ruleset`, or a file for `nft -f`, into the objects of nft's JSON.
struct NftTextReader {
    private let source: SourceText
    private var tokens: [NftLexer.Token]
    private var at = 0
    private var variables: [String: [NftLexer.Token]] = [:]
    private var objects: [JSONNode] = []
    private var budget = 5_000_000
    /// Chains without a name: within each other now, and in all.
    private var blocks = 0
    private var blockCount = 0
    private static let blockDepth = 16

    static func read(_ source: SourceText) throws(FirewallError) -> JSONNode {
        var reader = NftTextReader(source: source, tokens: try NftLexer.tokens(source))
        while reader.peek != nil { try reader.command() }
        return JSONNode(line: 1, .object([("nftables", JSONNode(line: 1, .array(reader.objects)))]))
    }

    private init(source: SourceText, tokens: [NftLexer.Token]) {
        self.source = source
        self.tokens = tokens
    }

    // MARK: Words

    private var peek: NftLexer.Token? { at < tokens.count ? tokens[at] : nil }
    private var line: Int { peek?.line ?? tokens.last?.line ?? 1 }

    private func wrong(_ message: String) -> FirewallError { source.error(line, message) }

    private mutating func take() throws(FirewallError) -> NftLexer.Token {
        guard let token = peek else { throw wrong("the text ends too early: the file is cut") }
        at += 1
        return token
    }

    private mutating func word() throws(FirewallError) -> String {
        let token = try take()
        guard token.text != NftLexer.end || token.quoted else {
            throw source.error(token.line, "the statement ends too early")
        }
        return token.text
    }

    private mutating func accept(_ text: String) -> Bool {
        guard let token = peek, token.text == text, !token.quoted else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ text: String) throws(FirewallError) {
        guard accept(text) else {
            throw wrong(
                peek == nil
                    ? "the text ends too early: the file is cut"
                    : "\"\(text)\" is expected, not \"\(SafeText.printable(peek?.text ?? "", limit: 40))\"")
        }
    }

    private mutating func skipEnds() { while accept(NftLexer.end) {} }

    private mutating func skipStatement() { while let token = peek, token.text != NftLexer.end { at += 1; _ = token } }

    private func node(_ pairs: [(String, JSONNode)], _ line: Int) -> JSONNode {
        JSONNode(line: line, .object(pairs.map { (key: $0.0, value: $0.1) }))
    }
    private func text(_ value: String, _ line: Int) -> JSONNode { JSONNode(line: line, .string(value)) }

    /// Puts variables in, for the tokens up to the end of this statement (braces included).
    private mutating func substitute() throws(FirewallError) {
        guard let token = peek, token.text.hasPrefix("$"), !token.quoted else { return }
        guard let value = variables[String(token.text.dropFirst())] else {
            throw wrong("variable that is not defined: \(SafeText.printable(token.text, limit: 60))")
        }
        budget -= value.count + 1
        guard budget > 0 else {
            throw FirewallError(.bound, file: source.name, line: token.line, "variables that multiply each other")
        }
        tokens.replaceSubrange(at...at, with: value)
    }

    // MARK: Commands

    private mutating func command() throws(FirewallError) {
        skipEnds()
        guard let first = peek else { return }
        switch first.text {
        case "flush", "delete", "destroy", "reset", "list": skipStatement()
        case "include": throw wrong("includes another file; give the output of nft list ruleset")
        case "define", "redefine":
            at += 1
            let name = try word()
            try expect("=")
            variables[name] = try expression()
        case "table": try table()
        case "add", "create", "insert": try addition()
        default: throw wrong("not understood: \(SafeText.printable(first.text, limit: 60))")
        }
    }

    /// A variable's words: up to the line's end, or its closing brace.
    private mutating func expression() throws(FirewallError) -> [NftLexer.Token] {
        var result: [NftLexer.Token] = []
        var depth = 0
        while true {
            try substitute()
            guard let token = peek else {
                guard depth == 0 else { throw wrong("a brace that is not closed: the file is cut") }
                return result
            }
            if token.text == NftLexer.end, !token.quoted {
                if depth == 0 { return result }
                at += 1
                continue
            }
            if token.text == "}", depth == 0 { return result }
            if token.text == "{" { depth += 1 } else if token.text == "}" { depth -= 1 }
            result.append(token)
            at += 1
        }
    }

    private mutating func family() throws(FirewallError) -> (family: String, table: String) {
        let first = try word()
        guard NftWords.families.contains(first) else { return ("ip", first) }
        return (first, try word())
    }

    private mutating func table() throws(FirewallError) {
        at += 1
        let start = line
        let (family, table) = try family()
        var flags: [JSONNode] = []
        if accept("{") {
            while true {
                skipEnds()
                if accept("}") { break }
                let token = try take()
                switch token.text {
                case "chain": try chain(family, table, try word())
                case "set", "map": try set(token.text, family, table, try word())
                case "flags":
                    flags.append(text(try word(), token.line))
                    skipStatement()
                case "comment", "typeof": skipStatement()
                case "counter", "quota", "ct", "limit", "secmark", "synproxy", "flowtable":
                    // A named object: its block says nothing about who gets in.
                    while let next = peek, next.text != "{" { at += 1; _ = next }
                    try skipBlock()
                default:
                    throw source.error(
                        token.line, "not understood in a table: \(SafeText.printable(token.text, limit: 60))")
                }
            }
        }
        objects.append(
            node(
                [
                    (
                        "table",
                        node(
                            [
                                ("family", text(family, start)), ("name", text(table, start)),
                                ("flags", JSONNode(line: start, .array(flags))),
                            ], start)
                    )
                ], start))
    }

    private mutating func skipBlock() throws(FirewallError) {
        try expect("{")
        var depth = 1
        while depth > 0 {
            let token = try take()
            if token.text == "{" { depth += 1 } else if token.text == "}" { depth -= 1 }
        }
    }

    private mutating func chain(_ family: String, _ table: String, _ name: String) throws(FirewallError) {
        let start = line
        var head: [(String, JSONNode)] = [
            ("family", text(family, start)), ("table", text(table, start)), ("name", text(name, start)),
        ]
        var rules: [JSONNode] = []
        try expect("{")
        while true {
            skipEnds()
            if accept("}") { break }
            switch peek?.text {
            case "type": try head += hook()
            case "policy":
                at += 1
                head.append(("policy", text(try word(), start)))
            case "comment", "flags", "devices":
                skipStatement()
            default: rules.append(try rule(family, table, name))
            }
        }
        objects.append(node([("chain", node(head, start))], start))
        objects += rules
    }

    /// `type filter hook input device eth0 priority filter + 10; policy drop;`
    private mutating func hook() throws(FirewallError) -> [(String, JSONNode)] {
        at += 1
        let start = line
        var result: [(String, JSONNode)] = [("type", text(try word(), start))]
        while let token = peek, token.text != NftLexer.end {
            at += 1
            switch token.text {
            case "hook": result.append(("hook", text(try word(), start)))
            case "device", "devices":
                _ = accept("=")
                var names: [JSONNode] = []
                if accept("{") {
                    while !accept("}") {
                        if !accept(","), !accept(NftLexer.end) { names.append(text(try word(), start)) }
                    }
                } else {
                    names.append(text(try word(), start))
                }
                result.append(("dev", JSONNode(line: start, .array(names))))
            case "priority":
                try substitute()
                var priority = try word()
                while let next = peek, next.text != NftLexer.end, next.text != "}" {
                    priority += " " + next.text
                    at += 1
                }
                result.append(("prio", text(priority, start)))
            default:
                throw source.error(
                    token.line, "not understood in a chain's type: \(SafeText.printable(token.text, limit: 40))")
            }
        }
        return result
    }

    private mutating func rule(_ family: String, _ table: String, _ chain: String) throws(FirewallError) -> JSONNode {
        let start = line
        var parser = NftStatements(source: source, line: start)
        var words: [NftLexer.Token] = []
        var depth = 0
        while true {
            try substitute()
            guard let token = peek else { throw wrong("the text ends too early: the file is cut") }
            if !token.quoted {
                if depth == 0, token.text == NftLexer.end || token.text == "}" { break }
                if token.text == "{" { depth += 1 } else if token.text == "}" { depth -= 1 }
            }
            if token.text != NftLexer.end || token.quoted { words.append(token) }
            at += 1
            // `jump { … }`: a chain without a name.
            if !token.quoted, depth == 0, token.text == "jump" || token.text == "goto", peek?.text == "{" {
                guard blocks < NftTextReader.blockDepth else {
                    throw FirewallError(.bound, file: source.name, line: token.line, "chains in chains, too deep")
                }
                blocks += 1
                blockCount += 1
                let name = "(block \(blockCount))"
                try self.chain(family, table, name)
                words.append(NftLexer.Token(text: name, line: token.line))
                blocks -= 1
            }
        }
        let expressions = try parser.parse(words)
        let shown = words.map { $0.quoted ? "\"\($0.text)\"" : $0.text }.joined(separator: " ")
        return node(
            [
                (
                    "rule",
                    node(
                        [
                            ("family", text(family, start)), ("table", text(table, start)),
                            ("chain", text(chain, start)),
                            ("expr", JSONNode(line: start, .array(expressions))), ("text", text(shown, start)),
                        ], start)
                )
            ], start)
    }

    private mutating func set(_ kind: String, _ family: String, _ table: String, _ name: String) throws(FirewallError) {
        let start = line
        var body: [(String, JSONNode)] = [
            ("family", text(family, start)), ("table", text(table, start)), ("name", text(name, start)),
        ]
        try expect("{")
        while true {
            skipEnds()
            if accept("}") { break }
            let token = try take()
            switch token.text {
            case "elements":
                try expect("=")
                body.append(("elem", JSONNode(line: token.line, .array(try elements()))))
            case "flags":
                var flags: [JSONNode] = []
                while let next = peek, next.text != NftLexer.end, next.text != "}" {
                    if next.text != "," { flags.append(text(next.text, next.line)) }
                    at += 1
                }
                body.append(("flags", JSONNode(line: token.line, .array(flags))))
            default: while let next = peek, next.text != NftLexer.end, next.text != "}" { at += 1; _ = next }
            }
        }
        objects.append(node([(kind, node(body, start))], start))
    }

    private mutating func elements() throws(FirewallError) -> [JSONNode] {
        try substitute()
        let words = try expression()
        var parser = NftStatements(source: source, line: line)
        return try parser.set(words)
    }

    private mutating func addition() throws(FirewallError) {
        at += 1
        let kind = try word()
        switch kind {
        case "table":
            at -= 1
            try table()
        case "chain":
            let (family, table) = try family()
            let name = try word()
            if peek?.text == "{" {
                try chain(family, table, name)
            } else {
                let start = line
                objects.append(
                    node(
                        [
                            (
                                "chain",
                                node(
                                    [
                                        ("family", text(family, start)), ("table", text(table, start)),
                                        ("name", text(name, start)),
                                    ], start)
                            )
                        ], start))
            }
        case "rule":
            let (family, table) = try family()
            objects.append(try rule(family, table, try word()))
        case "set", "map":
            let (family, table) = try family()
            try set(kind, family, table, try word())
        case "element":
            let (family, table) = try family()
            let (name, start) = (try word(), line)
            let list = try elements()
            objects.append(
                node(
                    [
                        (
                            "element",
                            node(
                                [
                                    ("family", text(family, start)), ("table", text(table, start)),
                                    ("name", text(name, start)), ("elem", JSONNode(line: start, .array(list))),
                                ], start)
                        )
                    ], start))
        default: throw wrong("add \(SafeText.printable(kind, limit: 40)) is not understood")
        }
    }
}
