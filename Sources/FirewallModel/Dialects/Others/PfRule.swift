import MailTypes

/// One filter rule of pf.
struct PfRule {
    enum Direction { case any, `in`, out }

    private let statement: PfTokens.Statement
    private let source: SourceText
    private let tables: [String: Condition.Addresses]
    private(set) var marks: [String: UInt32]
    private var at = 1
    private(set) var direction = Direction.any
    private(set) var isQuick = false
    /// `nil`: a match rule.
    private(set) var passes: Bool?
    private(set) var translation: Translation?
    private(set) var mark: UInt32?
    private var plain: [Condition] = []
    private var interfaces: InterfaceMatch?
    /// Names of interface groups in the file: an interface may be in them.
    private let groups: [String]

    init(
        statement: PfTokens.Statement, source: SourceText, tables: [String: Condition.Addresses],
        marks: [String: UInt32], groups: [String] = []
    ) {
        self.groups = groups
        self.statement = statement
        self.source = source
        self.tables = tables
        self.marks = marks
    }

    func conditions(isIn: Bool) -> [Condition] {
        guard let interfaces else { return plain }
        func way(_ match: InterfaceMatch) -> Condition { isIn ? .incoming(match) : .outgoing(match) }
        let others = groups.filter { !interfaces.patterns.contains($0) }
        guard interfaces.negated, !others.isEmpty else { return plain + [way(interfaces)] }
        // `on ! em0`, where another rule is for a group that em0 may be in.
        return plain + [
            .any([
                [way(InterfaceMatch(interfaces.patterns + others, negated: true))],
                [way(InterfaceMatch(others)), .undecided("which interfaces are in a group")],
            ])
        ]
    }

    private func wrong(_ what: String) -> FirewallError {
        source.error(statement.line, "\(what): \(SafeText.printable(statement.text, limit: 120))")
    }

    private var peek: String? { at < statement.words.count ? statement.words[at].text : nil }

    private mutating func take() throws(FirewallError) -> String {
        guard at < statement.words.count else { throw wrong("the rule ends too early") }
        at += 1
        return statement.words[at - 1].text
    }

    /// One word, or the words of a list in braces.
    private mutating func list() throws(FirewallError) -> [String] {
        guard peek == "{" else { return [try take()] }
        at += 1
        var result: [String] = []
        var depth = 1
        while true {
            let word = try take()
            if word == "{" {
                depth += 1
            } else if word == "}" {
                depth -= 1
            } else if word != "\n" {
                result.append(word)
            }
            if depth == 0 { return result }
        }
    }

    private mutating func skipParentheses() throws(FirewallError) {
        guard peek == "(" else { return }
        while try take() != ")" {}
    }

    mutating func parse() throws(FirewallError) {
        switch statement.words.first?.text {
        case "pass": passes = true
        case "block": passes = false
        default: passes = nil
        }
        while at < statement.words.count {
            let word = try take()
            switch word {
            case "in": direction = .in
            case "out": direction = .out
            case "quick": isQuick = true
            case "drop", "return", "return-rst", "return-icmp", "return-icmp6", "all", "fastroute", "allow-opts",
                "once", "\n", "to-any":
                try skipParentheses()
            case "log": try skipParentheses()
            case "on": try interface()
            case "inet": plain.append(.family(.ipv4))
            case "inet6": plain.append(.family(.ipv6))
            case "proto":
                let names = try list()
                if !names.contains(where: { $0 == "tcp" || $0 == "6" }) { plain.append(.never) }
            case "from": try host(isSource: true)
            case "to": try host(isSource: false)
            case "port": try ports(isSource: false)
            case "flags": try flags()
            case "no", "keep", "modulate", "synproxy":
                _ = try take()
                try skipParentheses()
            case "tag":
                let name = try take()
                marks[name] = marks[name] ?? UInt32(marks.count + 1)
                mark = marks[name]
            case "tagged":
                let name = try take()
                marks[name] = marks[name] ?? UInt32(marks.count + 1)
                plain.append(.mark(MarkMatch(.packet, values: RangeSet(UInt128(marks[name] ?? 0)))))
            case "rdr-to": try redirect()
            case "scrub": try skipParentheses()
            case "nat-to", "binat-to", "af-to", "route-to", "reply-to", "dup-to", "divert-to":
                if word == "af-to" { _ = try take() }
                if peek == "(" { try skipParentheses() } else { _ = try list() }
                try skipParentheses()
                while let next = peek,
                    [
                        "port", "source-hash", "static-port", "round-robin", "random", "sticky-address", "bitmask",
                        "from",
                    ].contains(next)
                {
                    at += 1
                    if next == "port" || next == "from" { _ = try take() }
                }
            case "label", "queue", "rtable", "prio", "tos", "allow-opts-if", "ridentifier", "dnpipe", "dnqueue",
                "tracker", "sched":
                if peek == "(" { try skipParentheses() } else { _ = try take() }
            case "set":
                if peek != "(" {
                    _ = try take()
                    if peek != "(" { _ = try take() }
                }
                try skipParentheses()
            case "icmp-type", "icmp6-type":
                _ = try list()
                if peek == "code" { at += 1; _ = try list() }
                plain.append(.never)
            case "!" where peek == "tagged":
                at += 1
                let name = try take()
                marks[name] = marks[name] ?? UInt32(marks.count + 1)
                plain.append(.mark(MarkMatch(.packet, values: RangeSet(UInt128(marks[name] ?? 0)), negated: true)))
            case "user", "group", "probability", "os", "max-pkt-rate", "received-on", "rule", "!":
                if word == "received-on", let name = peek {
                    at += 1
                    plain.append(.incoming(InterfaceMatch([name])))
                } else if word != "!" {
                    if let next = peek, ["=", "!=", "<", ">"].contains(next) { at += 1 }
                    _ = try list()
                    plain.append(.undecided("\(word)"))
                }
            case "static-port", "round-robin", "sticky-address", "random", "source-hash", "bitmask", "divert-reply",
                "}", "max", "(":
                continue
            default: throw wrong("\(SafeText.printable(word, limit: 40)) is not understood")
            }
        }
    }

    private mutating func interface() throws(FirewallError) {
        var negated = false
        if peek == "!" {
            at += 1
            negated = true
        }
        var names = try list()
        if names.first == "rdomain" { names = [try take()] }
        if names.contains("!") { (names, negated) = (names.filter { $0 != "!" }, true) }
        if names == ["any"] { return }
        interfaces = InterfaceMatch(names, negated: negated)
    }

    private mutating func flags() throws(FirewallError) {
        let text = try take()
        if text == "any" { return }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let wanted = parts.first ?? ""
        let mask = parts.count > 1 ? parts[1] : "FSRPAUEW"
        let own = mask.contains("S") ? "S" : ""
        if Set(wanted) != Set(own) { plain.append(.never) }
    }

    private mutating func host(isSource: Bool) throws(FirewallError) {
        if peek == "port" {
            at += 1
            try ports(isSource: isSource)
            return
        }
        var words: [String] = []
        if peek == "{" {
            words = try list()
        } else {
            if peek == "!" {
                at += 1
                words.append("!")
            }
            if peek == "(" {
                at += 1
                var inner: [String] = []
                while true {
                    let next = try take()
                    if next == ")" { break }
                    inner.append(next)
                }
                let isNetwork = inner.contains {
                    $0.contains(":network") || $0.contains(":broadcast") || $0.contains(":peer")
                }
                words.append(isNetwork ? inner.joined() : "self-of")
            } else {
                words.append(try take())
            }
            // `10.0.0.1 - 10.0.0.9`
            if peek == "-", at + 1 < statement.words.count {
                at += 1
                words[words.count - 1] += "-" + (try take())
            }
        }
        var alternatives: [[Condition]] = []
        var excluded: [[Condition]] = []
        var negated = false
        for word in words {
            if word == "!" {
                negated = true
                continue
            }
            let condition = try one(word, isSource: isSource)
            if negated { excluded.append([.none([[condition]])]) } else { alternatives.append([condition]) }
            negated = false
        }
        // A list is a rule for each member: one of them must match.
        let all = alternatives + excluded
        if all.contains([.any([[]])]) {
        } else if all.count == 1 {
            plain += all[0]
        } else if !all.isEmpty {
            plain.append(.any(all))
        }
        if peek == "port" {
            at += 1
            try ports(isSource: isSource)
        }
    }

    private func one(_ word: String, isSource: Bool) throws(FirewallError) -> Condition {
        func side(_ set: AddressSet) -> Condition { isSource ? .source(set) : .destination(set) }
        switch word {
        case "any", "all": return .any([[]])
        case "no-route", "urpf-failed": return .undecided(word)
        case "self", "self-of", "(", ")": return isSource ? .undecided("this host's own addresses") : .toThisHost(true)
        default: break
        }
        if word.hasPrefix("<") {
            let name = PfRule.table(word)
            guard let table = tables[name] else {
                return .undecided("table <\(SafeText.printable(name, limit: 60))> is not given")
            }
            guard let unknown = table.unknown else { return side(table.set) }
            return .any([[side(table.set)], [.undecided(unknown)]])
        }
        if let colon = word.lastIndex(of: ":"),
            ["network", "broadcast", "peer"].contains(word[word.index(after: colon)...])
        {
            return .undecided("addresses of \(SafeText.printable(word, limit: 60))")
        }
        if word.hasSuffix(":0"), word.first?.isLetter == true, IPAddress(word) == nil {
            return isSource ? .undecided("this host's own addresses") : .toThisHost(true)
        }
        switch AddressText.read(word) {
        case .set(let set): return side(set)
        case .wrong: throw wrong("no address: \(SafeText.printable(word, limit: 60))")
        case .name:
            // An interface's addresses, or a host's.
            if !isSource, !word.contains("."), !word.contains(":network") { return .toThisHost(true) }
            return .undecided("addresses of \(SafeText.printable(word, limit: 60))")
        }
    }

    /// A table's name. `pfctl -sr` writes the number of its entries too: `<provider:3>`.
    static func table(_ word: String) -> String {
        let name = word.dropFirst().dropLast()
        guard let colon = name.lastIndex(of: ":"), Int(name[name.index(after: colon)...]) != nil else {
            return String(name)
        }
        return String(name[..<colon])
    }

    private mutating func ports(isSource: Bool) throws(FirewallError) {
        var words = try list()
        if let op = words.first, words.count == 1, ["!", "=", "!=", "<", "<=", ">", ">="].contains(op) {
            if op == "!", peek == "=" { at += 1 }
            words = [op == "!" ? "!=" : op, try take()]
            if words[0] == "<" || words[0] == ">", peek == "=" { at += 1 }
        } else if words.count == 1, let op = peek, op == "><" || op == "<>" || op == ":" {
            at += 1
            words = [words[0], op, try take()]
        }
        var parts: [PortSet] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            func number(_ offset: Int) throws(FirewallError) -> Int {
                guard index + offset < words.count, let port = ServiceNames.port(words[index + offset]) else {
                    throw wrong("no port")
                }
                return Int(port)
            }
            func range(_ low: Int, _ high: Int) -> PortSet {
                low <= high && high <= 65535 && low >= 0 ? PortSet(UInt16(low)...UInt16(high)) : PortSet(RangeSet())
            }
            switch word {
            case "=":
                parts.append(range(try number(1), try number(1)))
                index += 2
            case "!=", "!":
                let offset = index + 1 < words.count && words[index + 1] == "=" ? 2 : 1
                parts.append(range(try number(offset), try number(offset)).complement)
                index += offset + 1
            case "<", "<=", ">", ">=":
                let port = try number(1)
                parts.append(
                    word == "<"
                        ? range(0, port - 1)
                        : word == "<=" ? range(0, port) : word == ">" ? range(port + 1, 65535) : range(port, 65535))
                index += 2
            default:
                if index + 2 < words.count, words[index + 1] == "><" || words[index + 1] == "<>" {
                    let (low, high) = (try number(0), try number(2))
                    parts.append(words[index + 1] == "><" ? range(low + 1, high - 1) : range(low, high).complement)
                    index += 3
                } else {
                    guard let set = PortSet(word) else {
                        plain.append(.undecided("port \(SafeText.printable(word, limit: 40))"))
                        return
                    }
                    parts.append(set)
                    index += 1
                }
            }
        }
        let union = PortSet(union: parts)
        plain.append(isSource ? .sourcePort(union) : .destinationPort(union))
    }

    private mutating func redirect() throws(FirewallError) {
        let targets = try list()
        var change = Translation(.unknown)
        if targets.allSatisfy({ if case .set = AddressText.read($0) { true } else { false } }) {
            var union = AddressSet()
            for target in targets { if case .set(let set) = AddressText.read(target) { union = union.union(set) } }
            change.address = .addresses(union)
        }
        if peek == "port" {
            at += 1
            let text = try take()
            if let port = ServiceNames.port(text) { change.port = port } else { change.portUnknown = true }
        }
        translation = change
    }
}
