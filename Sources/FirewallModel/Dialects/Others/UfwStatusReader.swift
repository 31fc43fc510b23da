import MailTypes

/// Reads `ufw status verbose` (also `numbered`).
struct UfwStatusReader {
    static func read(_ sources: [SourceText], into rules: RuleSet) throws(FirewallError) -> RuleSet {
        var builder = RuleListBuilder(rules)
        var lists: [Hook: [Rule]] = [:]
        var policies: [String: Policy] = [:]
        for source in sources {
            var active: Bool?
            try source.forEachLine { number, line throws(FirewallError) in
                if line.hasPrefix("Status:") { active = line.contains("inactive") ? false : true }
                if line.hasPrefix("Default:") { policies = defaults(line) }
                guard let rule = try entry(line, number, source) else { return }
                lists[rule.hook, default: []].append(rule.rule)
            }
            guard let active else { throw source.error(1, "no \"Status:\" line: this is not `ufw status verbose`") }
            if !active { (lists, policies) = ([:], ["incoming": .accept, "outgoing": .accept, "routed": .accept]) }
        }
        if policies.isEmpty { builder.rules.note("no \"Default:\" line: deny (incoming), allow (outgoing) is assumed") }
        for (hook, key, usual) in [
            (Hook.input, "incoming", Policy.drop), (.output, "outgoing", .accept), (.forward, "routed", .drop),
        ] {
            builder.base(
                "ufw \(key)", hook, lists[hook] ?? [], policy: policies[key] ?? usual, why: "default of \(key)",
                families: RuleListBuilder.both)
        }
        return builder.rules
    }

    private static func defaults(_ line: Substring) -> [String: Policy] {
        var result: [String: Policy] = [:]
        for part in line.dropFirst("Default:".count).split(separator: ",") {
            let words = part.split(separator: " ")
            guard words.count == 2 else { continue }
            let key = words[1].filter { $0 != "(" && $0 != ")" }
            result[key] = words[0] == "allow" ? .accept : .drop
        }
        return result
    }

    private static func entry(
        _ line: Substring, _ number: Int, _ source: SourceText
    ) throws(FirewallError) -> (hook: Hook, rule: Rule)? {
        var text = line
        if text.hasPrefix("["), let close = text.firstIndex(of: "]") { text = text[text.index(after: close)...] }
        if let comment = text.range(of: " # ") { text = text[..<comment] }
        let words = text.split(separator: " ").map(String.init)
        guard let at = words.firstIndex(where: { ["ALLOW", "DENY", "REJECT", "LIMIT"].contains($0) }), at > 0 else {
            return nil
        }
        var rest = Array(words[(at + 1)...])
        var hook = Hook.input
        switch rest.first {
        case "IN": rest.removeFirst()
        case "OUT": (hook, _) = (.output, rest.removeFirst())
        case "FWD": (hook, _) = (.forward, rest.removeFirst())
        default: break
        }
        var conditions: [Condition] = []
        try side(Array(words[..<at]), isSource: false, &conditions, number, source)
        try side(rest, isSource: true, &conditions, number, source)
        if words[at] == "LIMIT" { conditions.append(.undecided("a limit of new connections")) }
        let allows = words[at] == "ALLOW" || words[at] == "LIMIT"
        return (
            hook,
            Rule(
                conditions, allows ? .accept : .drop,
                RuleOrigin(file: source.index, line: number, text: line.trimmingSpaces))
        )
    }

    private static func side(
        _ words: [String], isSource: Bool, _ conditions: inout [Condition], _ line: Int, _ source: SourceText
    ) throws(FirewallError) {
        var words = words
        let isSix = words.contains("(v6)")
        words.removeAll { $0 == "(v6)" || $0 == "(log)" || $0 == "(log-all)" || $0 == "(out)" }
        if let on = words.firstIndex(of: "on"), on + 1 < words.count {
            let match = InterfaceMatch([words[on + 1]])
            conditions.append(isSource ? .outgoing(match) : .incoming(match))
            words.removeSubrange(on...(on + 1))
        }
        if isSix { conditions.append(.family(.ipv6)) }
        var named = ""
        for word in words {
            if word == "Anywhere" || word == "Anywhere/tcp" {
                if !isSix { conditions.append(.family(.ipv4)) }
            } else if word == "Anywhere/udp" {
                conditions.append(.never)
            } else if case .set(let set) = AddressText.read(word.hasSuffix("/tcp") ? String(word.dropLast(4)) : word),
                word.contains(".") || word.contains(":")
            {
                conditions.append(isSource ? .source(set) : .destination(set))
            } else if let ports = try ports(word, line, source) {
                conditions.append(isSource ? .sourcePort(ports) : .destinationPort(ports))
            } else {
                named += named.isEmpty ? word : " " + word
            }
        }
        guard !named.isEmpty else { return }
        let known: [String: UInt16] = [
            "Postfix": 25, "Postfix SMTPS": 465, "Postfix Submission": 587, "Mail submission": 587, "OpenSSH": 22,
            "SSH": 22,
            "SMTP": 25, "Dovecot IMAP": 143, "Dovecot Secure IMAP": 993, "Dovecot POP3": 110,
            "Dovecot Secure POP3": 995,
            "Nginx HTTP": 80, "Nginx HTTPS": 443, "Apache": 80, "Apache Secure": 443, "WWW": 80, "WWW Secure": 443,
            "IMAP": 143, "IMAPS": 993, "POP3": 110, "POP3S": 995, "DNS": 53,
        ]
        if let port = known[named] {
            conditions.append(.destinationPort(PortSet(port)))
        } else if ["Nginx Full", "Apache Full", "WWW Full"].contains(named) {
            conditions.append(.never)
        } else {
            conditions.append(.undecided("application profile \(SafeText.printable(named, limit: 60))"))
        }
    }

    /// `nil`: no port at all.
    private static func ports(_ word: String, _ line: Int, _ source: SourceText) throws(FirewallError) -> PortSet? {
        guard let first = word.utf8.first, ASCII.isDigit(first) else { return nil }
        let parts = word.split(separator: "/")
        if parts.count == 2, parts[1] != "tcp" { return PortSet(RangeSet()) }
        var sets: [PortSet] = []
        for part in (parts.first ?? "").split(separator: ",") {
            guard let set = PortSet(part) else {
                throw source.error(line, "no port: \(SafeText.printable(word, limit: 40))")
            }
            sets.append(set)
        }
        return PortSet(union: sets)
    }
}

extension Substring {
    /// The first place of a text.
    func range(of text: String) -> Substring.Index? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return at }
            at = index(after: at)
        }
        return nil
    }
}
