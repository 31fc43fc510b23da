import MailTypes

/// OpenSMTPD's smtpd.conf: listeners, tables, actions and matches in order; the syntax since 6.4 and the one before.
struct SMTPDConfiguration: Sendable {
    struct Listener: Sendable, Hashable {
        enum Auth: Sendable, Hashable { case none, optional, required }
        enum TLS: Sendable, Hashable { case none, offered, required, implicit }

        var interface: String
        var port: Int
        var auth = Auth.none
        var tls = TLS.none
        var bindsSenders = false
        var tag: String?
        var filter: String?
        var takesProxy = false
        var place: String
    }

    struct Match: Sendable, Hashable {
        struct Condition: Sendable, Hashable {
            var isNegated: Bool
            /// `from src`, `for domain`, `auth`, `tag`…
            var name: String
            var isRegex = false
            /// A value, or `<table>`, or the items of an inline list.
            var values: [String] = []
        }

        var conditions: [Condition]
        /// `nil`: reject.
        var action: String?
        var place: String
    }

    private(set) var listeners: [Listener] = []
    private(set) var matches: [Match] = []
    /// Tables by name; `nil` content: kept where it was not read.
    private(set) var tables: [String: [String]?] = [:]
    /// Words of each action behind its name.
    private(set) var actions: [String: [String]] = [:]
    private(set) var missing: [String] = []

    private var macros: [String: [String]] = [:]
    private static let maximumStatements = 20_000
    /// Words of one statement: a table may stand in it.
    private static let maximumWords = 100_000

    init(_ source: MTAFacts.Source, files: [String: String]) throws(PostureError) {
        try read(source, files, depth: 0)
        if listeners.isEmpty {
            listeners = [Listener(interface: "localhost", port: 25, place: "default: listen on localhost")]
        }
    }

    private mutating func read(_ source: MTAFacts.Source, _ files: [String: String], depth: Int) throws(PostureError) {
        guard depth < 10 else { throw PostureError("\(source.name): files include each other") }
        var count = 0
        for statement in try SMTPDTokens.statements(source) {
            count += 1
            guard count <= Self.maximumStatements else {
                throw PostureError(line: statement.line, "too many statements")
            }
            let words = try expanded(statement)
            let place = "\(source.name) line \(statement.line)"
            guard let first = words.first else { continue }
            if words.count >= 3, words[1] == "=" {
                macros[first] = Array(words.dropFirst(2))
                continue
            }
            var rest = WordReader(words: Array(words.dropFirst()))
            switch first {
            case "listen": try readListener(&rest, place, statement.line)
            case "table": readTable(&rest, files)
            case "action":
                guard let name = rest.next() else {
                    throw PostureError(line: statement.line, "an action without a name")
                }
                actions[name] = rest.rest
            case "match": try readMatch(&rest, place, statement.line)
            case "accept", "reject": readOld(&rest, isReject: first == "reject", place)
            case "include":
                guard let path = rest.next() else { throw PostureError(line: statement.line, "include without a file") }
                if let text = files[path] {
                    try read(.init(name: path, text: text), files, depth: depth + 1)
                } else {
                    missing.append(path)
                }
            case "pki", "ca", "filter", "mda", "mta", "queue", "smtp", "srs", "bounce", "admd", "proc", "proc-exec",
                "limit",
                "expire", "max-message-size", "set", "bounce-warn", "subaddressing-delimiter", "enqueuer", "ciphers",
                "compression",
                "encryption", "authenticate":
                break
            default:
                throw PostureError(line: statement.line, "\(source.name): \(SafeText.printable(first)) is not known")
            }
        }
    }

    /// Words with macros replaced; bounded, as each macro may hold the one before twice.
    private func expanded(_ statement: SMTPDTokens.Statement) throws(PostureError) -> [String] {
        var words: [String] = []
        for word in statement.words {
            words += word.hasPrefix("$") ? macros[String(word.dropFirst())] ?? [word] : [word]
            guard words.count <= Self.maximumWords else {
                throw PostureError(line: statement.line, "the macros grow too long")
            }
        }
        return words
    }

    /// Words with a look at the next.
    struct WordReader {
        var words: [String]
        var index = 0

        var peek: String? { words.indices.contains(index) ? words[index] : nil }
        var rest: [String] { Array(words[index...]) }

        mutating func next() -> String? {
            guard let word = peek else { return nil }
            index += 1
            return word
        }

        /// One value, or a list in braces.
        mutating func values() -> [String] {
            guard let first = next() else { return [] }
            guard first == "{" else { return [first] }
            var items: [String] = []
            while let word = next(), word != "}" { if word != "," { items.append(word) } }
            return items
        }
    }

    private mutating func readListener(_ words: inout WordReader, _ place: String, _ line: Int) throws(PostureError) {
        guard words.next() == "on", let interface = words.next() else {
            throw PostureError(line: line, "listen without an interface")
        }
        if interface == "socket" { return }
        var listener = Listener(interface: interface, port: 0, place: place)
        while let word = words.next() {
            switch word {
            case "port":
                let name = words.next() ?? ""
                guard let port = Int(name) ?? ["smtp": 25, "submission": 587, "smtps": 465, "submissions": 465][name]
                else {
                    throw PostureError(line: line, "the port \(SafeText.printable(name)) is not known")
                }
                listener.port = port
            case "auth", "auth-optional":
                listener.auth = word == "auth" ? .required : .optional
                if words.peek?.hasPrefix("<") == true { _ = words.next() }
            case "tls": listener.tls = .offered
            case "tls-require":
                listener.tls = .required
                if words.peek == "verify" { _ = words.next() }
            case "smtps": listener.tls = .implicit
            case "secure": listener.tls = .offered
            case "senders":
                listener.bindsSenders = true
                _ = words.next()
                if words.peek == "masquerade" { _ = words.next() }
            case "tag": listener.tag = words.next()
            case "filter": listener.filter = words.values().joined(separator: ", ")
            case "proxy-v2": listener.takesProxy = true
            case "pki", "ca", "hostname", "hostnames": _ = words.next()
            default: break
            }
        }
        if listener.port == 0 { listener.port = listener.tls == .implicit ? 465 : 25 }
        listeners.append(listener)
    }

    private mutating func readTable(_ words: inout WordReader, _ files: [String: String]) {
        guard let name = words.next() else { return }
        guard let next = words.peek, next != "{" else {
            tables[name] = words.values()
            return
        }
        // table name [type:]path, or one value.
        let (type, path) = MTAText.pair(next, ":") ?? ("", next)
        if type == "file" {
            tables[name] = .some(
                files[path].map { text in
                    MTAText.lines(text).compactMap { line in
                        let entry = MTAText.trimmed(line.text)
                        return entry.isEmpty || entry.hasPrefix("#")
                            ? nil : entry.split { $0 == " " || $0 == "\t" }.first.map(String.init)
                    }
                })
        } else if ["db", "sqlite", "ldap", "mysql", "postgres", "redis", "proc", "passwd", "socketmap"].contains(type) {
            tables[name] = .some(nil)
        } else {
            tables[name] = [next]
        }
    }

    private mutating func readMatch(_ words: inout WordReader, _ place: String, _ line: Int) throws(PostureError) {
        var conditions: [Match.Condition] = []
        while let word = words.next() {
            if word == "action" {
                guard let name = words.next() else { throw PostureError(line: line, "action without a name") }
                matches.append(Match(conditions: conditions, action: name, place: place))
                return
            }
            if word == "reject" {
                matches.append(Match(conditions: conditions, action: nil, place: place))
                return
            }
            let isNegated = word == "!"
            guard let name = isNegated ? words.next() : word else { break }
            var condition = Match.Condition(isNegated: isNegated, name: name)
            switch name {
            case "from", "for":
                guard let kind = words.next() else { throw PostureError(line: line, "\(name) without what") }
                condition.name = "\(name) \(kind)"
                switch kind {
                case "any", "local", "socket": break
                case "auth", "rdns": readValues(&words, &condition, isOptional: true)
                case "src", "mail-from", "domain", "rcpt-to": readValues(&words, &condition, isOptional: false)
                default: throw PostureError(line: line, "\(name) \(SafeText.printable(kind)) is not known")
                }
            case "auth": readValues(&words, &condition, isOptional: true)
            case "helo", "mail-from", "rcpt-to", "tag": readValues(&words, &condition, isOptional: false)
            case "tls": break
            default: throw PostureError(line: line, "the condition \(SafeText.printable(name)) is not known")
            }
            conditions.append(condition)
        }
        throw PostureError(line: line, "match without action or reject")
    }

    private static let keywords: Set<String> = [
        "from", "for", "auth", "helo", "mail-from", "rcpt-to", "tag", "tls", "action", "reject", "!",
    ]

    private func readValues(_ words: inout WordReader, _ condition: inout Match.Condition, isOptional: Bool) {
        if words.peek == "regex" {
            condition.isRegex = true
            _ = words.next()
        }
        guard let next = words.peek, !isOptional || condition.isRegex || !Self.keywords.contains(next) else { return }
        condition.values = words.values()
    }

    /// `accept [tagged T] [from …] [for …] relay…|deliver…|alias…` of 6.3 and before; `from local` holds for logins, too.
    private mutating func readOld(_ words: inout WordReader, isReject: Bool, _ place: String) {
        var conditions: [Match.Condition] = []
        var action: String?
        while let word = words.next() {
            let isNegated = words.peek == "!"
            switch word {
            case "tagged": conditions.append(.init(isNegated: isNegated, name: "tag", values: words.values()))
            case "from":
                if isNegated { _ = words.next() }
                let kind = words.next() ?? "local"
                if kind == "any" || kind == "local" {
                    conditions.append(
                        .init(isNegated: isNegated, name: kind == "any" ? "from any" : "from local or auth"))
                } else {
                    conditions.append(
                        .init(
                            isNegated: isNegated, name: "from src", values: kind == "source" ? words.values() : [kind]))
                }
            case "for":
                if isNegated { _ = words.next() }
                let kind = words.next() ?? "local"
                if kind == "any" || kind == "local" {
                    conditions.append(.init(isNegated: isNegated, name: "for \(kind)"))
                } else {
                    conditions.append(
                        .init(
                            isNegated: isNegated, name: "for domain", values: kind == "domain" ? words.values() : [kind]
                        ))
                }
            case "sender": conditions.append(.init(isNegated: isNegated, name: "mail-from", values: words.values()))
            case "recipient": conditions.append(.init(isNegated: isNegated, name: "rcpt-to", values: words.values()))
            case "relay", "deliver":
                action = "\(place) \(word)"
                actions["\(place) \(word)"] = [word == "relay" ? "relay" : "maildir"]
            default: break
            }
        }
        if !conditions.contains(where: { $0.name.hasPrefix("from") }) {
            conditions.append(.init(isNegated: false, name: "from local or auth"))
        }
        matches.append(Match(conditions: conditions, action: isReject ? nil : action ?? "local", place: place))
    }
}

/// Words of smtpd.conf, by statement.
enum SMTPDTokens {
    struct Statement {
        var line: Int
        var words: [String]
    }

    /// A line ends a statement unless a brace is open or a backslash stands before its end.
    static func statements(_ source: MTAFacts.Source) throws(PostureError) -> [Statement] {
        guard source.text.utf8.count <= MTAFacts.maximumText else { throw PostureError("the file is too large") }
        var statements: [Statement] = []
        var current = Statement(line: 1, words: [])
        var depth = 0
        for (number, text) in MTAText.lines(source.text) {
            if current.words.isEmpty { current.line = number }
            var rest = Substring(MTAText.trimmed(text))
            var goesOn = false
            while let character = rest.first {
                if character == "#" { break }
                if character == "\\", rest.count == 1 {
                    goesOn = true
                    break
                }
                if character == "\"" {
                    rest.removeFirst()
                    guard let end = rest.firstIndex(of: "\"") else { throw PostureError(line: number, "an open quote") }
                    current.words.append(String(rest[..<end]))
                    rest = rest[rest.index(after: end)...]
                } else if "{},!=".contains(character) {
                    if character == "{" { depth += 1 }
                    if character == "}" { depth -= 1 }
                    current.words.append(String(character))
                    rest.removeFirst()
                } else if character == " " || character == "\t" {
                    rest.removeFirst()
                } else {
                    let word = rest.prefix { !" \t{},!=\"#".contains($0) }
                    guard !word.isEmpty else { throw PostureError(line: number, "no word") }
                    current.words.append(String(word))
                    rest = rest.dropFirst(word.count)
                }
            }
            guard depth >= 0 else { throw PostureError(line: number, "a closing brace too many") }
            if depth == 0, !goesOn, !current.words.isEmpty {
                statements.append(current)
                current = Statement(line: number, words: [])
            }
        }
        guard depth == 0 else { throw PostureError(line: current.line, "\(source.name): a brace is not closed") }
        if !current.words.isEmpty { statements.append(current) }
        return statements
    }
}
