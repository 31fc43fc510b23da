import MailTypes

/// Turns the words of one nft rule into the statements of nft's JSON.
struct NftStatements {
    private let source: SourceText
    private let line: Int
    private var words: [NftLexer.Token] = []
    private var at = 0

    init(source: SourceText, line: Int) {
        self.source = source
        self.line = line
    }

    private var peek: String? { at < words.count && !words[at].quoted ? words[at].text : nil }
    private var any: String? { at < words.count ? words[at].text : nil }

    private func wrong(_ message: String) -> FirewallError {
        source.error(words.indices.contains(at) ? words[at].line : line, message)
    }

    private mutating func take() throws(FirewallError) -> String {
        guard at < words.count else { throw wrong("the rule ends too early") }
        at += 1
        return words[at - 1].text
    }

    private mutating func accept(_ text: String) -> Bool {
        guard peek == text else { return false }
        at += 1
        return true
    }

    private func node(_ key: String, _ value: JSONNode) -> JSONNode {
        JSONNode(line: line, .object([(key: key, value: value)]))
    }
    private func object(_ pairs: [(String, JSONNode)]) -> JSONNode {
        JSONNode(line: line, .object(pairs.map { (key: $0.0, value: $0.1) }))
    }
    private func text(_ value: String) -> JSONNode { JSONNode(line: line, .string(value)) }
    private func array(_ values: [JSONNode]) -> JSONNode { JSONNode(line: line, .array(values)) }
    private var null: JSONNode { JSONNode(line: line, .null) }

    private static let protocols: Set<String> = [
        "ip", "ip6", "tcp", "udp", "th", "udplite", "sctp", "dccp", "icmp", "icmpv6", "igmp", "ether", "vlan", "arp",
        "ah", "esp", "comp",
    ]
    /// Expressions that are not decided, with the number of their words.
    private static let twoWords = ["numgen": 4, "socket": 2, "rt": 2, "osf": 2, "ipsec": 4]
    private static let bareMeta: Set<String> = [
        "iif", "iifname", "oif", "oifname", "iiftype", "oiftype", "mark", "pkttype", "skuid", "skgid", "iifgroup",
        "oifgroup", "cgroup",
        "nftrace", "rtclassid", "ibrname", "obrname", "l4proto", "nfproto", "protocol", "cpu", "length", "priority",
        "time", "day", "hour",
        "random", "secpath",
    ]
    private static let comparisons: Set<String> = [
        "==", "!=", "<", ">", "<=", ">=", "eq", "ne", "lt", "gt", "le", "ge",
    ]
    private static let symbols = ["eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="]

    mutating func parse(_ tokens: [NftLexer.Token]) throws(FirewallError) -> [JSONNode] {
        words = tokens
        at = 0
        var result: [JSONNode] = []
        while at < words.count { if let statement = try statement() { result.append(statement) } }
        return result
    }

    /// The elements of `{ a, b : verdict, c . d }`.
    mutating func set(_ tokens: [NftLexer.Token]) throws(FirewallError) -> [JSONNode] {
        words = tokens
        at = 0
        return try braces()
    }

    // MARK: Statements

    private mutating func statement() throws(FirewallError) -> JSONNode? {
        guard let word = peek else { throw wrong("not understood: \"\(SafeText.printable(any ?? "", limit: 40))\"") }
        switch word {
        case "accept", "drop", "return", "continue", "jump", "goto": return try verdict()
        case "queue":
            at = words.count
            return node("queue", null)
        case "reject": return try reject()
        case "counter":
            at += 1
            if accept("name") || at < words.count && words[at].quoted { _ = try take() }
            while peek == "packets" || peek == "bytes" { at += 2 }
            return node("counter", null)
        case "comment":
            at += 2
            return nil
        case "log":
            at += 1
            while let key = peek, ["prefix", "level", "group", "snaplen", "queue-threshold", "flags"].contains(key) {
                at += 2
                if key == "flags" {
                    while peek == "," || peek == "options" || peek == "sequence" { at += peek == "," ? 2 : 1 }
                }
            }
            return node("log", null)
        case "limit", "quota", "meter", "connlimit", "xt", "last":
            let start = at
            at += 1
            if word == "xt" { return xt() }
            if word == "last" {
                if accept("used") { at += 1 }
                return node("last", null)
            }
            skipArguments()
            return node(
                word == "meter" ? "meter" : word,
                text(words[start..<min(at, words.count)].map(\.text).joined(separator: " ")))
        case "notrack":
            at += 1
            return node("notrack", null)
        case "masquerade", "snat":
            at = words.count
            return node(word, null)
        case "dnat", "redirect": return try translation(word)
        case "tproxy", "dup", "flow", "synproxy", "fwd":
            at += 1
            skipArguments()
            return node(word, null)
        case "add", "update", "delete", "set":
            at += 1
            var inner: [JSONNode] = []
            while let next = any, next != "}" {
                at += 1
                if next == "limit" || next == "quota" { inner.append(node(next, null)) }
                if next == "ct", peek == "count" { inner.append(node("ct count", null)) }
            }
            at = min(at + 1, words.count)
            return node("set", object([("stmt", array(inner))]))
        case "ct"
        where at + 1 < words.count && ["helper", "timeout", "expectation"].contains(words[at + 1].text)
            && at + 2 < words.count && words[at + 2].text == "set":
            at += 4
            return node("ct helper", null)
        case "ct" where at + 1 < words.count && words[at + 1].text == "count":
            at += 2
            skipArguments()
            return node("ct count", null)
        case "tcp" where at + 1 < words.count && words[at + 1].text == "option": return unknown("tcp option")
        default: return try match()
        }
    }

    private mutating func xt() -> JSONNode {
        let type = any ?? ""
        let name = at + 1 < words.count ? words[at + 1].text : ""
        at = min(at + 2, words.count)
        return node("xt", object([("type", text(type)), ("name", text(name))]))
    }

    private static let verdicts: Set<String> = [
        "accept", "drop", "return", "continue", "jump", "goto", "reject", "queue", "log", "counter", "comment",
    ]

    /// Up to the next verdict.
    private mutating func skipArguments() {
        var depth = 0
        while at < words.count {
            let word = words[at]
            if !word.quoted {
                if depth == 0, NftStatements.verdicts.contains(word.text) { return }
                if word.text == "{" { depth += 1 } else if word.text == "}" { depth -= 1 }
            }
            at += 1
        }
    }

    private mutating func unknown(_ what: String) -> JSONNode {
        at += 1
        skipArguments()
        return node("match", object([("op", text("==")), ("left", node(what, null)), ("right", text(""))]))
    }

    private mutating func verdict() throws(FirewallError) -> JSONNode {
        let name = try take()
        if name == "jump" || name == "goto" { return node(name, node("target", text(try take()))) }
        return node(name, null)
    }

    private mutating func reject() throws(FirewallError) -> JSONNode {
        at += 1
        guard accept("with") else { return node("reject", null) }
        let kind = try take()
        if kind == "tcp" {
            _ = accept("reset")
        } else {
            _ = accept("type")
            _ = try take()
        }
        return node("reject", node("type", text(kind)))
    }

    private mutating func translation(_ kind: String) throws(FirewallError) -> JSONNode {
        at += 1
        if peek == "ip" || peek == "ip6" { at += 1 }
        guard accept("to") else {
            at = words.count
            return node(kind, null)
        }
        var pairs: [(String, JSONNode)] = []
        if let word = any, !word.hasPrefix(":") || word.hasPrefix("::"),
            NftStatements.protocols.contains(word) || word == "meta" || word == "ct" || kind == "dnat"
        {
            if NftStatements.protocols.contains(word) || word == "meta" {
                pairs.append((kind == "redirect" ? "port" : "addr", try mapped()))
            } else {
                let (address, port) = NftStatements.target(try take())
                pairs.append(("addr", value(address)))
                if let port { pairs.append(("port", value(port))) }
            }
        } else if let word = any, word.hasPrefix(":") {
            at += 1
            if word == ":" {
                pairs.append(("port", try mapped()))
            } else {
                pairs.append(("port", value(String(word.dropFirst()))))
            }
        }
        at = words.count
        return node(kind, object(pairs))
    }

    private static func target(_ word: String) -> (String, String?) {
        if word.hasPrefix("["), let close = word.firstIndex(of: "]") {
            let rest = word[word.index(after: close)...]
            return (
                String(word[word.index(after: word.startIndex)..<close]),
                rest.hasPrefix(":") ? String(rest.dropFirst()) : nil
            )
        }
        if IPAddress(word) == nil, let colon = word.lastIndex(of: ":"), !word[..<colon].contains(":") {
            return (String(word[..<colon]), String(word[word.index(after: colon)...]))
        }
        return (word, nil)
    }

    private mutating func mapped() throws(FirewallError) -> JSONNode {
        let key = try key()
        guard accept("map") else { throw wrong("\"map\" is expected") }
        return node("map", object([("key", key), ("data", try right())]))
    }

    // MARK: Matches

    private mutating func match() throws(FirewallError) -> JSONNode {
        let start = at
        var left = try key()
        if left.members?.first?.key == "unknown" {
            at = start
            return unknown(SafeText.printable(words[start].text, limit: 40))
        }
        if accept("vmap") { return node("vmap", object([("key", left), ("data", try right())])) }
        if accept("set") {
            let key = left
            return node("mangle", object([("key", key), ("value", try assigned())]))
        }
        if accept("&") {
            left = node("&", array([left, try operand()]))
        }
        var op = "=="
        if let word = peek, NftStatements.comparisons.contains(word) {
            at += 1
            op = NftStatements.symbols[word] ?? word
        } else if accept("!") {
            op = "!"
        } else if isFlags(left) {
            op = "in"
        }
        let right = try right()
        if accept("/") { left = node("&", array([left, try self.right()])); op = op == "in" ? "==" : op }
        return node("match", object([("op", text(op)), ("left", left), ("right", right)]))
    }

    private func isFlags(_ left: JSONNode) -> Bool { left["payload"]?["field"]?.text == "flags" }

    private mutating func key() throws(FirewallError) -> JSONNode {
        var parts = [try single()]
        while accept(".") { parts.append(try single()) }
        return parts.count == 1 ? parts[0] : node("concat", array(parts))
    }

    private mutating func single() throws(FirewallError) -> JSONNode {
        let word = try take()
        if word == "meta" { return node("meta", node("key", text(try take()))) }
        if word == "ct" {
            var pairs: [(String, JSONNode)] = []
            if peek == "original" || peek == "reply" { pairs.append(("dir", text(try take()))) }
            if !pairs.isEmpty, peek == "ip" || peek == "ip6" { at += 1 }
            return node("ct", object([("key", text(try take()))] + pairs))
        }
        if word == "fib" {
            var flags: [JSONNode] = []
            while let next = peek, !["type", "oif", "oifname"].contains(next) {
                at += 1
                if next != "." { flags.append(text(next)) }
            }
            return node("fib", object([("result", text(try take())), ("flags", array(flags))]))
        }
        if ["@th", "@nh", "@ll", "@ih"].contains(word), accept(","), let offset = any, at + 2 < words.count {
            let length = words[at + 2].text
            at += 3
            return node(
                "payload",
                object([("base", text(String(word.dropFirst()))), ("offset", text(offset)), ("len", text(length))]))
        }
        if let known = NftStatements.twoWords[word] {
            // `numgen random mod 2 offset 1`, `socket transparent`, `rt classid`: what it is, not what it gives.
            at += known - 1
            while peek == "offset" || peek == "level" { at += 2 }
            return node(word, null)
        }
        if NftStatements.protocols.contains(word) {
            return node("payload", object([("protocol", text(word)), ("field", text(try take()))]))
        }
        if NftStatements.bareMeta.contains(word) { return node("meta", node("key", text(word))) }
        return node("unknown", text(word))
    }

    /// A mask's or a value's operand: `0x2`, `(fin | syn)`, `fin | syn`.
    private mutating func operand() throws(FirewallError) -> JSONNode {
        if accept("(") {
            var parts = [value(try take())]
            while accept("|") || accept(",") { parts.append(value(try take())) }
            guard accept(")") else { throw wrong("\")\" is expected") }
            return parts.count == 1 ? parts[0] : array(parts)
        }
        var parts = [value(try take())]
        while accept("|") { parts.append(value(try take())) }
        return parts.count == 1 ? parts[0] : array(parts)
    }

    private mutating func assigned() throws(FirewallError) -> JSONNode {
        guard let word = peek,
            word == "meta" || word == "ct" || word == "mark" || NftStatements.protocols.contains(word)
        else { return try right() }
        let from = try key()
        if accept("map") { return node("map", object([("key", from), ("data", try right())])) }
        if accept("|") || accept("or") { return node("|", array([from, value(try take())])) }
        if accept("&") || accept("and") { return node("&", array([from, value(try take())])) }
        return from
    }

    private mutating func right() throws(FirewallError) -> JSONNode {
        if peek == "{" { return node("set", array(try braces())) }
        if peek == "(" { return try operand() }
        var parts = [try element()]
        while peek == "|" || peek == "," {
            at += 1
            parts.append(try element())
        }
        return parts.count == 1 ? parts[0] : array(parts)
    }

    /// One value, or several joined by dots.
    private mutating func element() throws(FirewallError) -> JSONNode {
        var parts = [try atom()]
        while accept(".") { parts.append(try atom()) }
        return parts.count == 1 ? parts[0] : node("concat", array(parts))
    }

    private mutating func atom() throws(FirewallError) -> JSONNode {
        guard at < words.count else { throw wrong("a value is expected") }
        if words[at].quoted { return text(try take()) }
        let first = value(try take())
        // `20 - 30` with spaces.
        if peek == "-", first.text != nil {
            at += 1
            return node("range", array([first, value(try take())]))
        }
        return first
    }

    private func value(_ word: String) -> JSONNode {
        if let slash = word.firstIndex(of: "/"), let address = IPAddress(String(word[..<slash])) {
            return node(
                "prefix",
                object([("addr", text(address.description)), ("len", text(String(word[word.index(after: slash)...])))]))
        }
        if let dash = word.firstIndex(of: "-"), dash != word.startIndex {
            let (low, high) = (String(word[..<dash]), String(word[word.index(after: dash)...]))
            let isRange =
                IPAddress(low) != nil && IPAddress(high) != nil
                || Numbers.unsigned32(low) != nil && Numbers.unsigned32(high) != nil
                || ServiceNames.port(low) != nil && ServiceNames.port(high) != nil && ServiceNames.port(word) == nil
            if isRange { return node("range", array([text(low), text(high)])) }
        }
        return text(word)
    }

    private mutating func braces() throws(FirewallError) -> [JSONNode] {
        guard accept("{") else { throw wrong("\"{\" is expected") }
        var result: [JSONNode] = []
        while true {
            if accept("}") { return result }
            if accept(",") { continue }
            guard at < words.count else { throw wrong("a brace that is not closed: the file is cut") }
            var key = try element()
            while accept("|") { key = node("|", array([key, try element()])) }
            while let word = peek,
                ["timeout", "expires", "counter", "packets", "bytes", "comment", "limit", "rate"].contains(word)
            {
                at += word == "counter" ? 1 : 2
                while any?.hasPrefix("/") == true { at += 1 }
            }
            if accept(":") {
                let word = peek ?? ""
                let data =
                    ["accept", "drop", "return", "continue", "jump", "goto"].contains(word)
                    ? try verdict() : try element()
                result.append(array([key, data]))
            } else {
                result.append(key)
            }
        }
    }
}
