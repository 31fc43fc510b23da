import MailTypes

/// An Exim's configuration: options of the main part, named lists, ACLs and authenticators; macros replaced.
struct EximConfiguration: Sendable {
    struct Option: Sendable, Hashable {
        var value: String
        var place: String
    }

    /// One statement of an ACL: `accept`, and what has to hold, in order.
    struct Statement: Sendable, Hashable {
        struct Condition: Sendable, Hashable {
            var name: String
            var isNegated: Bool
            var value: String
        }

        var verb: String
        var conditions: [Condition] = []
        var place: String
    }

    struct Authenticator: Sendable, Hashable {
        var name: String
        var options: [String: String] = [:]
        var place: String
    }

    private(set) var options: [String: Option] = [:]
    /// Named lists by kind and name: `host relay_from_hosts`.
    private(set) var lists: [String: Option] = [:]
    private(set) var acls: [String: [Statement]] = [:]
    private(set) var authenticators: [Authenticator] = []
    /// In their order; a switch without a value is `yes`.
    private(set) var routers: [Authenticator] = []
    /// Files that are included and were not read.
    private(set) var missingIncludes: [String] = []

    /// Lines of a configuration with everything that it includes.
    static let maximumLines = 200_000

    static let verbs: Set<String> = ["accept", "defer", "deny", "discard", "drop", "require", "warn"]

    init(file: MTAFacts.Source?, values: MTAFacts.Source?, tables: [String: String]) throws(PostureError) {
        if let file { try read(file, tables) }
        if let values { try readValues(values) }
    }

    /// `exim -bP`: `name = value`, `name`, `no_name`; what the binary makes of the file.
    private mutating func readValues(_ source: MTAFacts.Source) throws(PostureError) {
        for (number, text) in MTAText.lines(source.text) {
            let line = MTAText.trimmed(text)
            if line.isEmpty { continue }
            guard number <= Self.maximumLines else { throw PostureError(line: number, "\(source.name) is too long") }
            let place = "\(source.name) line \(number)"
            if let (name, value) = MTAText.pair(line, "=") {
                if options[name] == nil { options[name] = Option(value: value, place: place) }
            } else if line.hasPrefix("no_") {
                options[String(line.dropFirst(3))] = Option(value: "no", place: place)
            } else if options[line] == nil {
                options[line] = Option(value: "yes", place: place)
            }
        }
    }

    private mutating func read(_ source: MTAFacts.Source, _ tables: [String: String]) throws(PostureError) {
        var reader = EximLines(tables: tables)
        let lines = try reader.read(source)
        missingIncludes = reader.missing
        var section = ""
        var acl: String?
        for line in lines {
            let text = line.text
            let place = "\(line.file) line \(line.number)"
            let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard let first = words.first else { continue }
            if first == "begin", words.count == 2 {
                section = words[1]
                acl = nil
                continue
            }
            switch section {
            case "": try readOption(text, words, place, line.number)
            case "acl":
                if words.count == 1, first.hasSuffix(":"), EximLines.isName(String(first.dropLast())) {
                    acl = String(first.dropLast())
                    acls[String(first.dropLast())] = []
                } else if let acl {
                    try readACL(acl, text, place, line.number)
                } else {
                    throw PostureError(line: line.number, "\(line.file): a statement before the first ACL's name")
                }
            case "authenticators":
                if words.count == 1, first.hasSuffix(":") {
                    authenticators.append(Authenticator(name: String(first.dropLast()), place: place))
                } else if let (name, value) = MTAText.pair(text, "="), !authenticators.isEmpty {
                    authenticators[authenticators.count - 1].options[name] = EximLines.unquoted(value)
                }
            case "routers": readRouter(text, words, place)
            default: break
            }
        }
    }

    /// Authenticators and routers are named blocks of options alike.
    private mutating func readRouter(_ text: String, _ words: [String], _ place: String) {
        if words.count == 1, let first = words.first, first.hasSuffix(":") {
            routers.append(Authenticator(name: String(first.dropLast()), place: place))
        } else if !routers.isEmpty {
            if let (name, value) = MTAText.pair(text, "=") {
                routers[routers.count - 1].options[name] = EximLines.unquoted(value)
            } else if words.count == 1, let first = words.first {
                routers[routers.count - 1].options[first] = "yes"
            }
        }
    }

    private mutating func readOption(_ text: String, _ words: [String], _ place: String, _ line: Int)
        throws(PostureError)
    {
        let words = words.first == "hide" ? Array(words.dropFirst()) : words
        guard let kind = words.first else { return }
        let text = MTAText.trimmed(text.hasPrefix("hide") ? text.dropFirst(4) : Substring(text))
        for list in ["domainlist", "hostlist", "addresslist", "localpartlist"]
        where kind == list || kind == list + "_cache" {
            guard let (head, value) = MTAText.pair(text, "="), let name = head.split(separator: " ").last else {
                throw PostureError(line: line, "a list without a value")
            }
            lists["\(list.dropLast(4)) \(name)"] = Option(value: EximLines.unquoted(value), place: place)
            return
        }
        if let (name, value) = MTAText.pair(text, "=") {
            options[name] = Option(value: EximLines.unquoted(value), place: place)
        } else if words.count == 1 {
            let isNo = kind.hasPrefix("no_") || kind.hasPrefix("not_")
            let name =
                kind.hasPrefix("no_") ? kind.dropFirst(3) : kind.hasPrefix("not_") ? kind.dropFirst(4) : Substring(kind)
            options[String(name)] = Option(value: isNo ? "no" : "yes", place: place)
        } else {
            throw PostureError(line: line, "no “name = value”: \(SafeText.printable(text, limit: 60))")
        }
    }

    private mutating func readACL(_ acl: String, _ text: String, _ place: String, _ line: Int) throws(PostureError) {
        var rest = Substring(text)
        let first = String(rest.prefix { $0.isLetter })
        if Self.verbs.contains(first),
            !rest.dropFirst(first.count).drop(while: { $0 == " " || $0 == "\t" }).hasPrefix("=")
        {
            acls[acl, default: []].append(Statement(verb: first, place: place))
            rest = rest.dropFirst(first.count)
        }
        let body = MTAText.trimmed(rest)
        if body.isEmpty { return }
        guard var statement = acls[acl]?.popLast() else {
            throw PostureError(line: line, "a condition before the first verb of \(acl)")
        }
        if body == "endpass" {
            statement.conditions.append(.init(name: "endpass", isNegated: false, value: ""))
        } else if let (name, value) = MTAText.pair(body, "=") {
            let isNegated = name.hasPrefix("!")
            statement.conditions.append(
                .init(
                    name: MTAText.trimmed(isNegated ? name.dropFirst() : Substring(name)), isNegated: isNegated,
                    value: EximLines.unquoted(value)))
        } else {
            throw PostureError(line: line, "no condition: \(SafeText.printable(body, limit: 60))")
        }
        acls[acl, default: []].append(statement)
    }
}
