import MailTypes

/// Turns one nft rule's statements into rules of the model.
struct NftRule {
    let table: String
    let family: String
    let chains: [String: Int]
    let source: SourceText
    let origin: RuleOrigin
    private let values: NftValues
    private var conditions: [Condition] = []
    /// Changes to be made before the verdict.
    private var changes: [Action] = []

    init(
        table: String, family: String, sets: [String: JSONNode], chains: [String: Int], source: SourceText,
        origin: RuleOrigin
    ) {
        self.table = table
        self.family = family
        self.chains = chains
        self.source = source
        self.origin = origin
        values = NftValues(table: table, sets: sets, source: source)
    }

    mutating func rules(_ statements: [JSONNode], into set: inout RuleSet) throws(FirewallError) -> [Rule] {
        for statement in statements {
            guard let member = statement.members?.first else {
                throw source.error(
                    statement.line, "not understood: \(SafeText.printable(statement.compact(limit: 80), limit: 80))")
            }
            let body = member.value
            switch member.key {
            case "match": try match(body)
            case "reject":
                // nft leaves out the family that the kind of answer implies.
                switch body["type"]?.text {
                case "icmp": conditions.append(.family(.ipv4))
                case "icmpv6": conditions.append(.family(.ipv6))
                default: break
                }
                return [finish(.drop, into: &set)]
            case "accept", "drop", "return", "jump", "goto", "continue", "queue":
                return [finish(try verdict(statement), into: &set)]
            case "snat", "masquerade": return [finish(.accept, into: &set)]
            case "dnat", "redirect": return try translate(member.key, body, into: &set)
            case "vmap": return try dispatch(body, into: &set)
            case "set", "map":
                // `update @seen { ip saddr limit rate over 5/minute }`: the rule goes on only where the limit matches.
                if let inner = body["stmt"]?.list,
                    inner.contains(where: { NftRule.limits.contains($0.members?.first?.key ?? "") })
                {
                    conditions.append(.undecided("a limit for each element of a set"))
                }
            case "notrack": changes.append(.untrack)
            case "mangle": mangle(body)
            case "limit", "quota", "ct count", "meter", "connlimit":
                conditions.append(.undecided(NftText.statement(statement)))
            case "xt": if let action = iptablesExtension(body) { return [finish(action, into: &set)] }
            case "fwd", "synproxy": return [finish(.unknown(member.key), into: &set)]
            default:
                guard NftNames.passive.contains(member.key) else {
                    conditions.append(.undecided(SafeText.printable(member.key, limit: 40)))
                    continue
                }
            }
        }
        return changes.isEmpty ? [] : [finish(.proceed, into: &set)]
    }

    /// One rule of the conditions and the action; earlier changes and it go to a chain of their own.
    private func finish(_ action: Action, more: [Condition] = [], into set: inout RuleSet) -> Rule {
        let all = conditions + more
        guard !changes.isEmpty else { return Rule(all, action, origin) }
        if changes.count == 1, action == .proceed, let only = changes.first { return Rule(all, only, origin) }
        let chain = set.addChain(table)
        set.chains[chain].rules = changes.map { Rule([], $0, origin) } + [Rule([], action, origin)]
        switch action {
        case .return, .goto: return Rule(all, .goto(chain), origin)
        default: return Rule(all, .jump(chain), origin)
        }
    }

    private static let limits: Set<String> = ["limit", "quota", "ct count", "connlimit"]

    // MARK: Matches

    private mutating func match(_ body: JSONNode) throws(FirewallError) {
        guard let left = body["left"], let right = body["right"] else {
            throw source.error(body.line, "a match without two sides")
        }
        let selected = NftKey.select(left)
        conditions += selected.requires
        guard !conditions.contains(.never) else { return }
        let op = body["op"]?.text ?? "=="
        switch op {
        case "==", "in":
            if case .flags(let mask) = selected.key, op == "in", right["set"] == nil {
                let bits = NftKey.flags(right) ?? 0
                conditions.append(2 & mask & bits != 0 ? .any([[]]) : .never)
            } else {
                conditions.append(try values.condition(selected.key, right))
            }
        case "!=", "!":
            if case .flags(let mask) = selected.key, op == "!" {
                let bits = NftKey.flags(right) ?? 0
                conditions.append(2 & mask & bits == 0 ? .any([[]]) : .never)
            } else {
                conditions.append(.none([[try values.condition(selected.key, right)]]))
            }
        case "<", ">", "<=", ">=": conditions.append(try compared(selected.key, op, right))
        default: conditions.append(.undecided("operator \(SafeText.printable(op, limit: 10))"))
        }
    }

    private func compared(_ key: NftKey, _ op: String, _ right: JSONNode) throws(FirewallError) -> Condition {
        let highest: UInt128
        let value: UInt128
        var family: AddressFamily?
        switch key {
        case .sourcePort, .destinationPort:
            guard let port = right.text.flatMap({ ServiceNames.port($0) }) else {
                throw source.error(right.line, "no port")
            }
            (highest, value) = (65535, UInt128(port))
        case .mark:
            guard let mark = right.text.flatMap({ Numbers.unsigned32($0) }) else {
                throw source.error(right.line, "no mark")
            }
            (highest, value) = (UInt128(UInt32.max), UInt128(mark))
        case .source, .destination:
            guard let address = right.text.flatMap({ IPAddress($0) }) else {
                throw source.error(right.line, "no address")
            }
            (highest, value) = (address.family.universe.last, address.number)
            family = address.family
        case .unknown(let what): return .undecided(what)
        default: return .undecided("a comparison")
        }
        let range: RangeSet
        switch op {
        case "<": range = value == 0 ? RangeSet() : RangeSet(AddressRange(0, value - 1))
        case "<=": range = RangeSet(AddressRange(0, value))
        case ">": range = value == highest ? RangeSet() : RangeSet(AddressRange(value + 1, highest))
        default: range = RangeSet(AddressRange(value, highest))
        }
        switch key {
        case .sourcePort: return .sourcePort(PortSet(range))
        case .destinationPort: return .destinationPort(PortSet(range))
        case .mark(let place, let mask): return .mark(MarkMatch(place, mask: mask, values: range))
        case .source: return .source(AddressSet(family ?? .ipv4, range))
        default: return .destination(AddressSet(family ?? .ipv4, range))
        }
    }

    /// An iptables extension that nft can only name.
    private mutating func iptablesExtension(_ body: JSONNode) -> Action? {
        let name = body["name"]?.text ?? ""
        switch body["type"]?.text {
        case "match":
            if name != "comment" {
                conditions.append(.undecided("iptables match \(SafeText.printable(name, limit: 40))"))
            }
            return nil
        case "target", "watcher":
            if NetfilterTables.passive.contains(name) { return nil }
            if NetfilterTables.accepting.contains(name) { return .accept }
            return NetfilterTables.dropping.contains(name)
                ? .drop : .unknown("iptables target \(SafeText.printable(name, limit: 40))")
        default:
            conditions.append(.undecided("an iptables extension (use the output of iptables-save)"))
            return nil
        }
    }

    // MARK: Verdicts

    private func verdict(_ node: JSONNode) throws(FirewallError) -> Action {
        let name = node.members?.first?.key ?? node.text ?? ""
        switch name {
        case "accept": return .accept
        case "drop", "reject": return .drop
        case "return": return .return
        case "continue": return .proceed
        case "queue": return .unknown("queue: a program decides")
        case "jump", "goto":
            let target = node[name]?["target"]?.text ?? ""
            guard let chain = chains["\(table) \(target)"] else {
                throw FirewallError(
                    .invalid, file: source.name, line: node.line,
                    "\(name) to a chain that is not declared: \(SafeText.printable(target, limit: 64))")
            }
            return name == "jump" ? .jump(chain) : .goto(chain)
        default: throw source.error(node.line, "no verdict: \(SafeText.printable(name, limit: 40))")
        }
    }

    private mutating func mangle(_ body: JSONNode) {
        guard let key = body["key"], case .mark(let place, _) = NftKey.select(key).key else { return }
        let value = body["value"]
        if let number = value?.text.flatMap({ Numbers.unsigned32($0) }) {
            changes.append(.setMark(place, MarkChange(clear: .max, flip: number)))
        } else if let value, case .mark(let from, let mask) = NftKey.select(value).key, mask == .max {
            changes.append(.setMark(place, MarkChange(.copy(from))))
        } else if let operands = value?["|"]?.elements, operands.count == 2,
            case .mark(let from, let mask) = NftKey.select(operands[0]).key, from == place,
            let bits = operands[1].text.flatMap({ Numbers.unsigned32($0) })
        {
            changes.append(.setMark(place, MarkChange(clear: ~mask | bits, flip: bits)))
        } else if let value, case .mark(let from, let mask) = NftKey.select(value).key, from == place {
            changes.append(.setMark(place, MarkChange(clear: ~mask, flip: 0)))
        } else {
            changes.append(.setMark(place, MarkChange(.unknown)))
        }
    }

    /// The pairs of a map, anonymous or named.
    private func pairs(_ data: JSONNode) throws(FirewallError) -> (
        pairs: [(key: JSONNode, value: JSONNode)], isDynamic: Bool
    ) {
        var elements = data["set"]?.list ?? data.elements ?? []
        var isDynamic = false
        if let name = data.text, name.hasPrefix("@") {
            (elements, isDynamic) = try values.named(String(name.dropFirst()), data)
        }
        var result: [(key: JSONNode, value: JSONNode)] = []
        for element in elements {
            guard let pair = element.elements, pair.count == 2 else {
                throw source.error(element.line, "a map's element is no pair")
            }
            result.append((pair[0]["elem"]?["val"] ?? pair[0], pair[1]))
        }
        return (result, isDynamic)
    }

    /// A verdict map: a rule for each element. Keys are disjoint, so that their order does not matter.
    private mutating func dispatch(_ body: JSONNode, into set: inout RuleSet) throws(FirewallError) -> [Rule] {
        guard let key = body["key"], let data = body["data"] else {
            throw source.error(body.line, "a vmap without key or data")
        }
        let selected = NftKey.select(key)
        conditions += selected.requires
        let (pairs, isDynamic) = try pairs(data)
        if isDynamic { return [finish(.unknown("a verdict map that rules fill"), into: &set)] }
        var result: [Rule] = []
        var known: [[Condition]] = []
        for pair in pairs where pair.key.text != "*" {
            let condition = try values.condition(selected.key, pair.key)
            known.append([condition])
            result.append(finish(try verdict(pair.value), more: [condition], into: &set))
        }
        if let other = pairs.first(where: { $0.key.text == "*" }) {
            result.append(finish(try verdict(other.value), more: [.none(known)], into: &set))
        }
        return result
    }

    // MARK: Translation

    private mutating func translate(_ kind: String, _ body: JSONNode, into set: inout RuleSet) throws(FirewallError)
        -> [Rule]
    {
        if let map = body["addr"]?["map"] ?? body["port"]?["map"], let key = map["key"], let data = map["data"] {
            let selected = NftKey.select(key)
            conditions += selected.requires
            var result: [Rule] = []
            for pair in try pairs(data).pairs {
                let condition = try values.condition(selected.key, pair.key)
                let parts = pair.value["concat"]?.elements
                let address = body["addr"]?["map"] != nil ? parts?.first ?? pair.value : body["addr"]
                let port = body["addr"]?["map"] != nil ? parts?.dropFirst().first ?? body["port"] : pair.value
                let translation = try translation(kind, address: address, port: port)
                result.append(finish(.translate(translation), more: [condition], into: &set))
            }
            return result
        }
        return [finish(.translate(try translation(kind, address: body["addr"], port: body["port"])), into: &set)]
    }

    private func translation(_ kind: String, address: JSONNode?, port: JSONNode?) throws(FirewallError) -> Translation {
        var result = Translation(kind == "redirect" ? .thisHost : .unchanged)
        if kind == "dnat", let address {
            if address.members == nil || address["range"] != nil || address["prefix"] != nil {
                result.address = .addresses(try values.addresses([address]))
            } else {
                result.address = .unknown
            }
        }
        if let port {
            if let number = port.text.flatMap({ ServiceNames.port($0) }) {
                result.port = number
            } else {
                result.portUnknown = true
            }
        }
        return result
    }
}
