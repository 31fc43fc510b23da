import MailTypes

/// Reads `iptables-save` and `ip6tables-save` output, lists of `iptables` commands, and `ipset save` output.
struct IptablesReader {
    private var rules: RuleSet
    private var sets = IPSets()
    private var chains: [Key: Int] = [:]
    private var policies: [Key: (policy: Policy, origin: RuleOrigin)] = [:]
    private var statements: [Statement] = []
    /// Families of tables that appear in the files.
    private var seen: Set<AddressFamily> = []

    struct Key: Hashable {
        var family: AddressFamily
        var table: String
        var chain: String
    }

    private struct Statement {
        var key: Key
        var words: [Substring]
        var source: Int
        var line: Int
        /// From 1; `nil`: at the end.
        var position: Int?
        var text: String
    }

    /// Rules in all; a rule set of more is refused.
    static let ruleBound = 1_000_000

    /// Reads files that are in force together.
    static func read(_ sources: [SourceText], into rules: RuleSet) throws(FirewallError) -> RuleSet {
        var reader = IptablesReader(rules: rules)
        for (index, source) in sources.enumerated() { try reader.collect(source, index) }
        try reader.assemble(sources)
        return reader.rules
    }

    private init(rules: RuleSet) { self.rules = rules }

    // MARK: Lines

    private mutating func collect(_ source: SourceText, _ number: Int) throws(FirewallError) {
        let families = IptablesFamily(source)
        var family = families.file
        var table = "filter"
        var open: Int?
        try source.forEachLine(joining: true) { line, text throws(FirewallError) in
            let first = text.utf8.first { $0 != 0x20 && $0 != 0x09 }
            guard let first else { return }
            if first == UInt8(ascii: "#") {
                if let stated = IptablesFamily.stated(text) { family = stated }
                return
            }
            guard var words = Words.split(text) else { throw source.error(line, "a quote is not closed") }
            guard let head = words.first else { return }
            if head.hasPrefix("*") {
                if let open { throw source.error(open, "the table that begins here has no COMMIT: the file is cut") }
                table = String(head.dropFirst())
                guard NetfilterTables.names.contains(table) else {
                    throw source.error(line, "unknown table \(SafeText.printable(table, limit: 40))")
                }
                open = line
                family = families.tables[line] ?? family
                return
            }
            if head == "COMMIT" {
                open = nil
                table = "filter"
                return
            }
            if head.hasPrefix(":") {
                guard words.count >= 2 else { throw source.error(line, "a chain without a policy: the file is cut") }
                try declare(
                    Key(family: family ?? .ipv4, table: table, chain: String(head.dropFirst())), policy: words[1],
                    source,
                    line, text)
                return
            }
            if head.hasPrefix("[") {
                guard head.hasSuffix("]") else { throw source.error(line, "counters that are not closed") }
                words.removeFirst()
            }
            var own = table
            var ownFamily = family ?? .ipv4
            var isCommand = false
            if let command = words.first, let stated = IptablesFamily.command(command) {
                words.removeFirst()
                ownFamily = stated
                isCommand = true
            }
            if let index = words.firstIndex(where: { $0 == "-t" || $0 == "--table" }), index + 1 < words.count {
                own = String(words[index + 1])
                words.removeSubrange(index...(index + 1))
            }
            words.removeAll { $0 == "-w" || $0 == "--wait" }
            if !isCommand, open == nil, try sets.read(words, line: line, source: source) { return }
            try command(words, ownFamily, own, source, number, line, text)
        }
        if let open { throw source.error(open, "the table that begins here has no COMMIT: the file is cut") }
    }

    private mutating func declare(
        _ key: Key, policy: Substring, _ source: SourceText, _ line: Int, _ text: Substring
    ) throws(FirewallError) {
        seen.insert(key.family)
        if chains[key] == nil {
            chains[key] = rules.addChain(key.table == "filter" ? key.chain : "\(key.table) \(key.chain)")
        }
        guard NetfilterTables.builtIn(key.chain, table: key.table) != nil else { return }
        let origin = RuleOrigin(file: source.index, line: line, text: String(text))
        switch policy {
        case "ACCEPT": policies[key] = (.accept, origin)
        case "DROP": policies[key] = (.drop, origin)
        case "-": policies[key] = policies[key] ?? (.accept, origin)
        default: throw source.error(line, "unknown policy \(SafeText.printable(String(policy), limit: 40))")
        }
    }

    private mutating func command(
        _ words: [Substring], _ family: AddressFamily, _ table: String, _ source: SourceText, _ number: Int,
        _ line: Int,
        _ text: Substring
    ) throws(FirewallError) {
        guard let verb = words.first else { return }
        func key() throws(FirewallError) -> Key {
            guard words.count > 1 else { throw source.error(line, "\(verb) without a chain: the file is cut") }
            return Key(family: family, table: table, chain: String(words[1]))
        }
        switch verb {
        case "-A", "--append", "-I", "--insert":
            let key = try key()
            seen.insert(family)
            var rest = Array(words.dropFirst(2))
            var position: Int?
            if verb == "-I" || verb == "--insert" {
                position = 1
                if let given = rest.first.flatMap({ Int($0) }) {
                    position = given
                    rest.removeFirst()
                }
            }
            guard statements.count < IptablesReader.ruleBound else {
                throw FirewallError(
                    .bound, file: source.name, line: line, "more than \(IptablesReader.ruleBound) rules")
            }
            statements.append(
                Statement(key: key, words: rest, source: number, line: line, position: position, text: String(text)))
        case "-N", "--new-chain": try declare(try key(), policy: "-", source, line, text)
        case "-P", "--policy":
            guard words.count > 2 else { throw source.error(line, "-P without a policy: the file is cut") }
            try declare(try key(), policy: words[2], source, line, text)
        case "-F", "--flush":
            statements.removeAll {
                $0.key.family == family && $0.key.table == table && (words.count < 2 || $0.key.chain == words[1])
            }
        case "-D", "--delete":
            let key = try key()
            let rest = Array(words.dropFirst(2))
            guard rest.first.flatMap({ Int($0) }) == nil else {
                throw source.error(line, "a rule deleted by its number: give the output of iptables-save")
            }
            if let first = statements.firstIndex(where: { $0.key == key && $0.words == rest }) {
                statements.remove(at: first)
            }
        case "-X", "--delete-chain", "-Z", "--zero": break
        default: throw source.error(line, "not understood: \(SafeText.printable(String(text), limit: 120))")
        }
    }

    // MARK: Chains

    private mutating func assemble(_ sources: [SourceText]) throws(FirewallError) {
        UfwFragments.complete(&chains, &policies, &rules, families: seen)
        let isCounted = statements.contains { $0.position ?? 1 > 1 }
        for statement in statements {
            guard let source = sources.indices.contains(statement.source) ? sources[statement.source] : nil else {
                continue
            }
            let chain: Int
            if let known = chains[statement.key] {
                chain = known
            } else if NetfilterTables.builtIn(statement.key.chain, table: statement.key.table) != nil
                || !hasTables(statement)
            {
                chain = rules.addChain(statement.key.chain)
                chains[statement.key] = chain
            } else {
                throw source.error(
                    statement.line,
                    "rule for a chain that is not declared: \(SafeText.printable(statement.key.chain, limit: 64))")
            }
            var parser = IptablesRuleParser(
                words: statement.words, family: statement.key.family, source: source, line: statement.line)
            let origin = RuleOrigin(file: source.index, line: statement.line, text: statement.text)
            var made = try parser.rule(
                origin: origin, sets: sets,
                chain: { chains[Key(family: statement.key.family, table: statement.key.table, chain: $0)] })
            // Later commands count the rules that are there, also those that do nothing for mail.
            if made == nil, isCounted { made = Rule([.never], .proceed, origin) }
            guard let rule = made else { continue }
            if let position = statement.position {
                rules.chains[chain].rules.insert(rule, at: min(max(position - 1, 0), rules.chains[chain].rules.count))
            } else {
                rules.chains[chain].rules.append(rule)
            }
        }
        for (key, index) in chains {
            guard let builtIn = NetfilterTables.builtIn(key.chain, table: key.table) else { continue }
            let policy =
                policies[key] ?? (.accept, RuleOrigin(file: 0, line: 0, text: "default policy of \(key.chain)"))
            rules.bases.append(
                BaseChain(
                    chain: index, hook: builtIn.hook, priority: builtIn.priority, policy: policy.policy,
                    families: [key.family], translates: builtIn.translates, origin: policy.origin))
        }
        for family in seen where !rules.bases.contains(where: { $0.families == [family] }) {
            rules.note("\(family.rawValue): no built-in chain is in the files; everything passes")
            let chain = rules.addChain("(none)")
            for hook in [Hook.input, .forward, .output] {
                rules.bases.append(
                    BaseChain(
                        chain: chain, hook: hook, policy: .accept, families: [family],
                        origin: RuleOrigin(file: 0, line: 0, text: "no rule")))
            }
        }
        for family in seen where !chains.keys.contains(where: { $0.family == family && $0.table == "filter" }) {
            rules.note("\(family.rawValue): the files have no filter table")
        }
    }

    /// Whether the statement's table declares chains at all; command lists without `-N` do not.
    private func hasTables(_ statement: Statement) -> Bool {
        chains.keys.contains { $0.table == statement.key.table && $0.family == statement.key.family }
    }
}
