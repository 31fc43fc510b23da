import MailTypes

/// Stateless firewall filters, and rules of the stateful firewall of service cards, as they are gathered from statements.
struct JunosFilters {
    struct Term {
        var name: String
        var matches: [(key: String, values: [String], line: Int)] = []
        var verdicts: [[String]] = []
        var filter: String?
        var origin: RuleOrigin
    }

    struct Filter {
        var name: String
        var families: Set<AddressFamily>
        var isStateful = false
        var terms: [Term] = []
        var places: [String: Int] = [:]
        var origin: RuleOrigin
    }

    /// By family and name: `inet NAME`.
    private(set) var filters: [String: Filter] = [:]
    private(set) var order: [String] = []

    mutating func add(_ statement: JunosStatement, file: Int) {
        if statement.begins(with: ["services", "stateful-firewall", "rule"]) {
            let key = "rule \(statement[3])"
            declare(key, statement[3], [.ipv4, .ipv6], true, statement, file)
            if statement[4] == "term" { term(key, Array(statement.rest(5)), statement, file) }
            return
        }
        guard statement[0] == "firewall" else { return }
        let isNamed = statement[1] == "family"
        let family = isNamed ? statement[2] : "inet"
        let rest = Array(statement.rest(isNamed ? 3 : 1))
        guard rest.count >= 2, rest[0] == "filter" else { return }
        let families: Set<AddressFamily>
        switch family {
        case "inet": families = [.ipv4]
        case "inet6": families = [.ipv6]
        case "any", "ethernet-switching", "bridge", "vpls": families = [.ipv4, .ipv6]
        default: return
        }
        let key = "\(family) \(rest[1])"
        declare(key, rest[1], families, false, statement, file)
        if rest.count > 2, rest[2] == "term" { term(key, Array(rest.dropFirst(3)), statement, file) }
    }

    private mutating func declare(
        _ key: String, _ name: String, _ families: Set<AddressFamily>, _ isStateful: Bool, _ statement: JunosStatement,
        _ file: Int
    ) {
        guard filters[key] == nil else { return }
        filters[key] = Filter(
            name: name, families: families, isStateful: isStateful,
            origin: RuleOrigin(file: file, line: statement.line, text: "filter \(name)"))
        order.append(key)
    }

    private mutating func term(_ key: String, _ words: [String], _ statement: JunosStatement, _ file: Int) {
        guard let name = words.first, var filter = filters.removeValue(forKey: key) else { return }
        defer { filters[key] = filter }
        let index = filter.places[name] ?? filter.terms.count
        if filter.places[name] == nil {
            filter.places[name] = index
            filter.terms.append(
                Term(
                    name: name,
                    origin: RuleOrigin(file: file, line: statement.line, text: "filter \(filter.name) term \(name)")))
        }
        let rest = Array(words.dropFirst(2))
        switch words.count > 1 ? words[1] : "" {
        case "from":
            if let field = rest.first {
                filter.terms[index].matches.append((field, Array(rest.dropFirst()), statement.line))
            }
        case "then": filter.terms[index].verdicts.append(rest)
        case "filter": filter.terms[index].filter = rest.first
        default: break
        }
    }
}

/// Turns one term of a filter into a rule.
struct JunosTerm {
    let term: JunosFilters.Term
    let families: Set<AddressFamily>
    let names: JunosNames
    let source: SourceText

    /// `nil`: the term is for no TCP packet that opens a connection.
    func rule(_ filter: (String) -> Int?) throws(FirewallError) -> Rule? {
        var conditions: [Condition] = []
        var grouped: [(key: String, values: [[String]], line: Int)] = []
        for match in term.matches {
            let key = JunosTerm.merged[match.key] ?? match.key
            let values = match.key.hasSuffix("prefix-list") ? ["list"] + match.values : match.values
            if let at = grouped.firstIndex(where: { $0.key == key }) {
                grouped[at].values.append(values)
            } else {
                grouped.append((key, [values], match.line))
            }
        }
        for match in grouped { conditions += try self.conditions(match.key, match.values, match.line) }
        if let name = term.filter {
            let action =
                filter(name).map { Action.jump($0) }
                ?? .unknown("filter \(SafeText.printable(name, limit: 60)) is not given")
            return conditions.contains(.never) ? nil : Rule(conditions, action, term.origin)
        }
        return conditions.contains(.never) ? nil : Rule(conditions, action, term.origin)
    }

    /// Prefix lists are addresses like those that stand in the term itself.
    private static let merged = [
        "source-prefix-list": "source-address", "destination-prefix-list": "destination-address",
        "prefix-list": "address", "ip-source-address": "source-address",
        "ip-destination-address": "destination-address",
        "ip-source-prefix-list": "source-address", "ip-destination-prefix-list": "destination-address",
        "ip6-source-address": "source-address", "ip6-destination-address": "destination-address",
        "ip-protocol": "protocol", "next-header": "protocol", "payload-protocol": "protocol",
        "ip-protocol-except": "protocol-except", "next-header-except": "protocol-except",
        "payload-protocol-except": "protocol-except",
    ]

    private var action: Action {
        for verdict in term.verdicts {
            switch verdict.first {
            case "discard", "reject": return .drop
            case "accept": return .accept
            case "next": return .proceed
            case "skip": return .accept
            default: continue
            }
        }
        // Counters and marks alone let the packet through.
        return .accept
    }

    private func conditions(_ key: String, _ values: [[String]], _ line: Int) throws(FirewallError) -> [Condition] {
        let first = values.compactMap(\.first)
        switch key {
        case "source-address", "destination-address", "address": return try addresses(key, values, line)
        case "source-address-range", "destination-address-range":
            var union = AddressSet()
            for value in values {
                let ends = value.filter { $0 != "low" && $0 != "high" }
                guard ends.count >= 2, case .set(let set) = AddressText.read("\(ends[0])-\(ends[1])") else {
                    throw source.error(line, "no address range")
                }
                union = union.union(set)
            }
            return [key.hasPrefix("source") ? .source(union) : .destination(union)]
        case "protocol":
            return first.contains { ["tcp", "6"].contains($0) || JunosTerm.range($0, has: 6) } ? [] : [.never]
        case "protocol-except":
            return first.contains { ["tcp", "6"].contains($0) || JunosTerm.range($0, has: 6) } ? [.never] : []
        case "source-port", "destination-port", "port": return ports(key, first, negated: false)
        case "source-port-except", "destination-port-except", "port-except":
            return ports(String(key.dropLast(7)), first, negated: true)
        case "applications", "application-sets": return names.condition(applications: first).map { [$0] } ?? []
        case "tcp-established", "is-fragment", "icmp-type", "icmp-code", "icmp6-type", "service-filter-hit":
            return [.never]
        case "first-fragment": return [.never]
        case "fragment-offset": return first.contains { JunosTerm.range($0, has: 0) } ? [] : [.never]
        case "fragment-offset-except": return first.contains { JunosTerm.range($0, has: 0) } ? [.never] : []
        case "tcp-initial": return []
        case "tcp-flags":
            guard let holds = JunosFlags.holds(first.joined(separator: " ")) else { return [.undecided("tcp-flags")] }
            return holds ? [] : [.never]
        case "interface": return [.incoming(InterfaceMatch(first))]
        case "ether-type":
            let known = first.compactMap {
                ["ipv4": AddressFamily.ipv4, "0x0800": .ipv4, "ipv6": .ipv6, "0x86dd": .ipv6][$0]
            }
            return known.isEmpty ? [.never] : known.count > 1 ? [] : [.family(known[0])]
        case "ip-version":
            // `ip-version ipv4 { … }`: what is within is for that family.
            let family: AddressFamily = first.first == "ipv6" ? .ipv6 : .ipv4
            let inner = values.map { Array($0.dropFirst()) }.filter { !$0.isEmpty }
            var result: [Condition] = [.family(family)]
            for part in inner {
                let name = JunosTerm.merged[part[0]] ?? part[0]
                result += try conditions(name, [Array(part.dropFirst())], line)
            }
            return result
        default: return [.undecided("\(SafeText.printable(key, limit: 60))")]
        }
    }

    static func range(_ text: String, has number: Int) -> Bool {
        let ends = text.split(separator: "-").compactMap { Int($0) }
        guard let low = ends.first, let high = ends.last else { return false }
        return (low...max(low, high)).contains(number)
    }

    private func ports(_ key: String, _ texts: [String], negated: Bool) -> [Condition] {
        var parts: [PortSet] = []
        for text in texts {
            guard let set = PortSet(text, separator: "-") else {
                return [.undecided("port \(SafeText.printable(text, limit: 40))")]
            }
            parts.append(set)
        }
        let ports = negated ? PortSet(union: parts).complement : PortSet(union: parts)
        switch key {
        case "source-port": return [.sourcePort(ports)]
        case "destination-port": return [.destinationPort(ports)]
        default:
            return negated
                ? [.sourcePort(ports), .destinationPort(ports)]
                : [.any([[.sourcePort(ports)], [.destinationPort(ports)]])]
        }
    }

    /// The longest prefix that holds an address decides; what is in none does not match.
    private func addresses(_ key: String, _ values: [[String]], _ line: Int) throws(FirewallError) -> [Condition] {
        var blocks: [(set: AddressSet, length: Int, excluded: Bool)] = []
        var unknown: String?
        func read(_ text: String, _ excluded: Bool) throws(FirewallError) {
            switch text {
            case "any", "any-unicast": return blocks.append((.everything, 0, excluded))
            case "any-ipv4": return blocks.append((AddressSet(ipv4: AddressSet.everything.ipv4), 0, excluded))
            case "any-ipv6": return blocks.append((AddressSet(ipv6: AddressSet.everything.ipv6), 0, excluded))
            default: break
            }
            guard case .set(let set) = AddressText.read(text) else {
                throw source.error(line, "no address: \(SafeText.printable(text, limit: 64))")
            }
            let length = text.firstIndex(of: "/").flatMap { Int(text[text.index(after: $0)...]) } ?? 128
            blocks.append((set, length, excluded))
        }
        for value in values {
            let excluded = value.last == "except"
            if value.first == "list" {
                let name = value.count > 1 ? value[1] : ""
                guard let list = names.prefixLists[name] else {
                    unknown = "prefix-list \(SafeText.printable(name, limit: 60)) is not given"
                    continue
                }
                for text in list {
                    if text == "apply-path" {
                        unknown = "prefix-list \(SafeText.printable(name, limit: 60)) is made from the configuration"
                    } else {
                        try read(text, excluded)
                    }
                }
            } else if let text = value.first {
                try read(text, excluded)
            }
        }
        var known = AddressSet()
        for block in blocks.sorted(by: { ($0.length, $0.excluded ? 1 : 0) < ($1.length, $1.excluded ? 1 : 0) }) {
            known = block.excluded ? known.subtracting(block.set) : known.union(block.set)
        }
        let sides: [Condition] =
            switch key {
            case "source-address": [.source(known)]
            case "destination-address": [.destination(known)]
            default: [.source(known), .destination(known)]
            }
        let all = sides.map { [$0] } + (unknown.map { [[.undecided($0)]] } ?? [])
        return all.count == 1 ? all[0] : [.any(all)]
    }
}

/// Bit fields of TCP flags: `syn`, `(syn & !ack)`, `!(syn & ack)`, `0x2`.
struct JunosFlags {
    private var words: [String]
    private var depth = 0

    /// Whether a packet with SYN alone has them; `nil`: not understood.
    static func holds(_ text: String) -> Bool? {
        var words: [String] = []
        for character in text.lowercased() {
            if "()!&|,".contains(character) {
                words.append(String(character))
                words.append("")
            } else if character.isWhitespace {
                words.append("")
            } else if words.isEmpty {
                words.append(String(character))
            } else {
                words[words.count - 1].append(character)
            }
        }
        words.removeAll(where: \.isEmpty)
        guard !words.isEmpty, words.count <= 100 else { return nil }
        var reader = JunosFlags(words: words.reversed())
        let value = reader.either()
        return reader.words.isEmpty ? value : nil
    }

    private init(words: [String]) { self.words = words }

    private mutating func either() -> Bool? {
        guard var value = both() else { return nil }
        while words.last == "|" || words.last == "," {
            words.removeLast()
            guard let other = both() else { return nil }
            value = value || other
        }
        return value
    }

    private mutating func both() -> Bool? {
        guard var value = one() else { return nil }
        while words.last == "&" || words.last == "+" {
            words.removeLast()
            guard let other = one() else { return nil }
            value = value && other
        }
        return value
    }

    private mutating func one() -> Bool? {
        guard let word = words.popLast() else { return nil }
        switch word {
        case "!": return one().map { !$0 }
        case "(":
            guard let value = either(), words.popLast() == ")" else { return nil }
            return value
        case "syn": return true
        case "ack", "fin", "rst", "push", "psh", "urgent", "urg", "ece", "cwr": return false
        default: return Numbers.unsigned32(word).map { $0 & 2 == $0 }
        }
    }
}
