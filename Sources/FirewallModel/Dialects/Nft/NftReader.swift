import MailTypes

/// Reads the objects of `nft -j list ruleset` (libnftables-json(5)); the text form is turned into the same objects first.
struct NftReader {
    private var rules: RuleSet
    private let source: SourceText
    private var chains: [String: Int] = [:]
    private var sets: [String: JSONNode] = [:]
    private var dormant: Set<String> = []
    /// Tables that may be dormant.
    private var unclear: Set<String> = []

    /// Reads one file and adds it to what other netfilter files have put into `rules`.
    static func read(_ root: JSONNode, _ source: SourceText, into rules: RuleSet) throws(FirewallError) -> RuleSet {
        guard let objects = root["nftables"]?.elements else {
            throw source.error(root.line, "no \"nftables\" array: this is not nft's JSON")
        }
        var reader = NftReader(rules: rules, source: source)
        try reader.declare(objects)
        try reader.fill(objects)
        reader.openWhatNoChainCloses()
        return reader.rules
    }

    private init(rules: RuleSet, source: SourceText) {
        self.rules = rules
        self.source = source
    }

    /// A listing is all there is: a family without a base chain is open.
    private mutating func openWhatNoChainCloses() {
        for family in AddressFamily.allCases where !rules.bases.contains(where: { $0.families.contains(family) }) {
            let chain = rules.addChain("(none)")
            for hook in [Hook.input, .forward, .output] {
                rules.bases.append(
                    BaseChain(
                        chain: chain, hook: hook, policy: .accept, families: [family],
                        origin: RuleOrigin(
                            file: source.index, line: 0, text: "no base chain for \(family.rawValue): open")))
            }
        }
    }

    private func key(_ node: JSONNode, _ name: String) -> String {
        "\(node["family"]?.text ?? "ip") \(node["table"]?.text ?? "") \(name)"
    }

    private func object(_ node: JSONNode) -> (kind: String, body: JSONNode)? {
        guard let member = node.members?.first else { return nil }
        if member.key == "add" || member.key == "create" || member.key == "insert" { return object(member.value) }
        return (member.key, member.value)
    }

    // MARK: Tables, chains, sets

    /// Tables first: their flags may come behind their chains. nft 1.0.6 writes other memory in the place of a flag's name:
    /// then nobody knows whether the table is dormant.
    private mutating func declareTables(_ objects: [JSONNode]) {
        for node in objects {
            guard let (kind, body) = object(node), kind == "table", let name = body["name"]?.text,
                let flags = body["flags"]?.list.map({ $0.text ?? "" }), !flags.isEmpty
            else { continue }
            let table = "\(body["family"]?.text ?? "") \(name)"
            if flags.contains("dormant") {
                dormant.insert(table)
                rules.note("table \(SafeText.printable(name, limit: 64)) is dormant")
            } else if !flags.allSatisfy({ $0 == "owner" || $0 == "persist" }) {
                unclear.insert(table)
            }
        }
    }

    private mutating func declare(_ objects: [JSONNode]) throws(FirewallError) {
        declareTables(objects)
        for node in objects {
            guard let (kind, body) = object(node) else { throw source.error(node.line, "an object without a kind") }
            switch kind {
            case "chain": try declareChain(body)
            case "set", "map":
                guard let name = body["name"]?.text else { throw source.error(body.line, "a set without a name") }
                sets[key(body, name)] = body
            case "element":
                guard let name = body["name"]?.text, let set = sets[key(body, name)] else {
                    throw source.error(body.line, "elements of a set that is not declared")
                }
                let all = (set["elem"]?.list ?? []) + (body["elem"]?.list ?? [])
                sets[key(body, name)] = JSONNode(
                    line: set.line,
                    .object(
                        (set.members ?? []).filter { $0.key != "elem" } + [
                            ("elem", JSONNode(line: set.line, .array(all)))
                        ]))
            default: break
            }
        }
    }

    private mutating func declareChain(_ body: JSONNode) throws(FirewallError) {
        guard let name = body["name"]?.text else { throw source.error(body.line, "a chain without a name") }
        let key = key(body, name)
        let index = chains[key] ?? rules.addChain(key)
        chains[key] = index
        guard let hookName = body["hook"]?.text else { return }
        let table = "\(body["family"]?.text ?? "") \(body["table"]?.text ?? "")"
        guard !dormant.contains(table) else { return }
        let families: Set<AddressFamily>
        switch body["family"]?.text {
        case "ip": families = [.ipv4]
        case "ip6": families = [.ipv6]
        case "inet", "netdev": families = [.ipv4, .ipv6]
        case "bridge":
            rules.note("table \(SafeText.printable(table, limit: 64)): bridge filters are not followed")
            return
        default: return
        }
        let translates = body["type"]?.text == "nat"
        let hook: Hook
        switch hookName {
        case "ingress": hook = .ingress
        case "prerouting": hook = .prerouting
        case "input": hook = .input
        case "forward": hook = .forward
        case "output": hook = .output
        case "postrouting", "egress": hook = .postrouting
        default: throw source.error(body.line, "unknown hook \(SafeText.printable(hookName, limit: 40))")
        }
        guard let priority = NftNames.priority(body["prio"] ?? JSONNode(line: 0, .number("0"))) else {
            throw source.error(body.line, "unknown priority")
        }
        let first = translates && (hook == .prerouting || hook == .output)
        let policy: Policy
        switch body["policy"]?.text {
        case nil, "accept": policy = .accept
        case "drop": policy = .drop
        case .some(let other): throw source.error(body.line, "unknown policy \(SafeText.printable(other, limit: 40))")
        }
        let devices = body["dev"]?.list.compactMap(\.text)
        var base = BaseChain(
            chain: index, hook: hook,
            // The kernel runs all nat chains of a hook from one place, whatever their own priority.
            priority: translates ? (first ? -100 : 100) : priority, policy: policy, families: families,
            translates: first, devices: devices?.isEmpty == false && hook == .ingress ? devices : nil,
            origin: RuleOrigin(
                file: source.index, line: body.line,
                text: "chain \(key) { type \(body["type"]?.text ?? "filter") hook \(hookName); policy "
                    + "\(policy == .drop ? "drop" : "accept"); }"))
        base.ownPriority = priority
        if unclear.contains(table) {
            let reason =
                "whether table \(SafeText.printable(table, limit: 64)) is dormant: give nft list ruleset without -j"
            rules.chains[index].rules.append(Rule([.undecided(reason)], .accept, base.origin))
        }
        rules.bases.append(base)
    }

    // MARK: Rules

    private mutating func fill(_ objects: [JSONNode]) throws(FirewallError) {
        for node in objects {
            guard let (kind, body) = object(node), kind == "rule" else { continue }
            guard let chain = body["chain"]?.text, let index = chains[key(body, chain)] else {
                throw source.error(body.line, "a rule for a chain that is not declared")
            }
            let expressions = body["expr"]?.list ?? []
            let text =
                body["text"]?.text
                ?? "\(key(body, chain))\(body["handle"]?.text.map { " handle \($0)" } ?? ""): "
                + expressions.map(NftText.statement).joined(separator: " ")
            guard rules.ruleCountBoundHolds else {
                throw FirewallError(.bound, file: source.name, line: body.line, "too many rules")
            }
            var parser = NftRule(
                table: "\(body["family"]?.text ?? "ip") \(body["table"]?.text ?? "")",
                family: body["family"]?.text ?? "ip",
                sets: sets, chains: chains, source: source,
                origin: RuleOrigin(file: source.index, line: body.line, text: text))
            rules.chains[index].rules += try parser.rules(expressions, into: &rules)
        }
    }
}

extension RuleSet {
    /// Chains (auxiliary ones too) stay below the bound of rules.
    var ruleCountBoundHolds: Bool { chains.count < IptablesReader.ruleBound }
}
