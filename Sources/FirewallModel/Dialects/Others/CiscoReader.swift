import MailTypes

/// Reads access lists of Cisco IOS, IOS XR, NX-OS and ASA, and of switches that write them alike.
///
/// Where interfaces bind lists, those lists count (`--interface NAME`); without any, each list is taken as an interface of its
/// own name. Each list ends in an implicit deny.
struct CiscoReader {
    private struct List {
        var families: Set<AddressFamily>
        var rules: [Rule] = []
        var file: Int
        var line: Int
    }

    private var builder: RuleListBuilder
    private var lists: [String: List] = [:]
    private var order: [String] = []
    private var groups = CiscoGroups()
    private var bindings: [(list: String, interface: String, incoming: Bool)] = []
    private var global: String?
    /// The last line of a listing that its groups' members may follow.
    private var expanded: (line: String, rule: Int?)?
    /// What indented lines belong to.
    private var open = Open.none

    private enum Open {
        case none
        case list(String, isStandard: Bool, family: AddressFamily)
        case group(String)
        case interface(String)
        case other
    }

    static func read(_ sources: [SourceText], into rules: RuleSet) throws(FirewallError) -> RuleSet {
        var reader = CiscoReader(builder: RuleListBuilder(rules))
        // Groups may come behind the lists that use them.
        for source in sources { try reader.groups.collect(source) }
        for source in sources {
            reader.open = .none
            try source.forEachLine { number, line throws(FirewallError) in try reader.line(line, number, source) }
        }
        return reader.assemble()
    }

    private init(builder: RuleListBuilder) { self.builder = builder }

    private mutating func line(_ text: Substring, _ number: Int, _ source: SourceText) throws(FirewallError) {
        var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard let head = words.first, !head.hasPrefix("!"), !head.hasPrefix("#") else { return }
        if head == "no" || head == "clear" || head == "default" { return }
        let indented = text.first == " " || text.first == "\t"
        switch (head, words.count > 1 ? words[1] : "") {
        case ("access-list", _): try accessList(Array(words.dropFirst()), text, number, source)
        case ("ip", "access-list"), ("ipv4", "access-list"), ("ipv6", "access-list"):
            try begin(words, number, source)
        case ("access-group", _) where words.count >= 5 && words[3] == "interface":
            bindings.append((String(words[1]), String(words[4]), words[2] == "in"))
        case ("access-group", _) where words.count == 3 && words[2] == "global": global = String(words[1])
        case ("zone-pair", _), ("ip", "inspect"):
            builder.rules.note("line \(number): inspection and zone-based policies are not followed")
        case ("Extended", "IP"), ("Standard", "IP"), ("IPv6", "access"), ("IPV6", "ACL"), ("IP", "access"):
            try beginListing(words, number, source)
        case ("interface", _) where words.count > 1 && !indented: open = .interface(words.dropFirst().joined())
        case ("ip", "access-group"), ("ipv4", "access-group"), ("ipv6", "traffic-filter"), ("ipv6", "access-group"):
            guard case .interface(let name) = open, words.count >= 4 else { break }
            bindings.append((String(words[2]), name, words[3] == "in" || words[3] == "ingress"))
        case ("object-group", _) where !indented, ("object", _) where !indented: open = .other
        case ("exit", _), ("end", _): open = .none
        default:
            if case .list(let name, let isStandard, let family) = open {
                let sequence = Int(head)
                if sequence != nil { words.removeFirst() }
                if head == "sequence", words.count > 2 { words.removeFirst(2) }
                if let at = words.firstIndex(of: "sequence"), at + 1 < words.count {
                    words.removeSubrange(at...(at + 1))
                }
                guard let verb = words.first, ["permit", "deny"].contains(verb) else {
                    guard indented || sequence != nil else {
                        if words.first != "remark" { open = .none }
                        return
                    }
                    guard let verb = words.first, CiscoReader.silent.contains(String(verb)) else {
                        throw source.error(number, "not understood: \(SafeText.printable(String(text), limit: 100))")
                    }
                    return
                }
                try add(words, to: name, isStandard: isStandard, families: [family], asa: false, text, number, source)
            } else if !indented, case .other = open {
                open = .none
            }
        }
    }

    /// Lines of a list that decide nothing about new connections.
    private static let silent: Set<String> = [
        "remark", "statistics", "evaluate", "description", "exit", "fragments", "counters", "hardware", "!",
        "per-entry",
    ]

    /// `show access-lists`: `Extended IP access list NAME`, `IPv6 access list NAME (compiled)`.
    private mutating func beginListing(_ words: [Substring], _ number: Int, _ source: SourceText) throws(FirewallError)
    {
        guard let at = words.firstIndex(where: { $0 == "list" || $0 == "ACL" }), at + 1 < words.count else { return }
        let name = String(words[at + 1])
        let family: AddressFamily = words[0].lowercased() == "ipv6" ? .ipv6 : .ipv4
        declare(name, [family], number, source)
        open = .list(name, isStandard: words[0] == "Standard", family: family)
    }

    private mutating func declare(_ name: String, _ families: Set<AddressFamily>, _ number: Int, _ source: SourceText) {
        guard lists[name] == nil else { return }
        lists[name] = List(families: families, file: source.index, line: number)
        order.append(name)
    }

    private mutating func begin(_ words: [Substring], _ number: Int, _ source: SourceText) throws(FirewallError) {
        var rest = words.dropFirst(2)
        var isStandard = false
        if let kind = rest.first, kind == "extended" || kind == "standard" {
            isStandard = kind == "standard"
            rest = rest.dropFirst()
        }
        guard let name = rest.first else { throw source.error(number, "an access list without a name") }
        let family: AddressFamily = words[0] == "ipv6" ? .ipv6 : .ipv4
        declare(String(name), [family], number, source)
        open = .list(String(name), isStandard: isStandard, family: family)
    }

    /// `access-list NAME …`: numbered lists of IOS and all of ASA.
    private mutating func accessList(
        _ words: [Substring], _ text: Substring, _ number: Int, _ source: SourceText
    ) throws(FirewallError) {
        guard words.count >= 2 else {
            throw source.error(number, "an access list's line without an entry: the file is cut")
        }
        let name = String(words[0])
        var rest = Array(words.dropFirst())
        if rest[0] == "line", rest.count > 2 {
            // `show access-list` of an ASA: what a line's groups stand for follows it, indented.
            let own = "\(name) \(rest[1])"
            if text.first == " ", expanded?.line == own, let index = expanded?.rule {
                lists[name]?.rules[index].conditions.append(.never)
                expanded?.rule = nil
            } else if text.first != " " {
                expanded = (own, lists[name]?.rules.count ?? 0)
            }
            rest.removeFirst(2)
        }
        if name.hasSuffix(";") || name == "cached" || name == "alert-interval" { return }
        if rest[0] == "remark" || rest[0] == "ethertype" || rest[0] == "webtype" || rest[0].hasSuffix(";") { return }
        let isASA = rest[0] == "extended" || rest[0] == "standard" || Int(name) == nil
        var isStandard =
            rest[0] == "standard" || Int(name).map { (1...99).contains($0) || (1300...1999).contains($0) } ?? false
        if rest[0] == "extended" || rest[0] == "standard" {
            isStandard = rest[0] == "standard"
            rest.removeFirst()
        }
        guard let verb = rest.first, verb == "permit" || verb == "deny" else {
            throw source.error(number, "neither permit nor deny: \(SafeText.printable(String(text), limit: 80))")
        }
        let families: Set<AddressFamily> = isASA ? [.ipv4, .ipv6] : [.ipv4]
        declare(name, families, number, source)
        try add(rest, to: name, isStandard: isStandard, families: families, asa: isASA, text, number, source)
    }

    private mutating func add(
        _ words: [Substring], to name: String, isStandard: Bool, families: Set<AddressFamily>, asa: Bool,
        _ text: Substring,
        _ number: Int, _ source: SourceText
    ) throws(FirewallError) {
        var entry = CiscoEntry(
            words: words, families: families, isASA: asa, groups: groups, source: source, line: number)
        guard let conditions = try entry.conditions(isStandard: isStandard) else { return }
        let action: Action = words.first == "permit" ? .accept : .drop
        lists[name]?.rules.append(
            Rule(conditions, action, RuleOrigin(file: source.index, line: number, text: text.trimmingSpaces)))
    }

    private mutating func assemble() -> RuleSet {
        builder.rules.isRouter = true
        var chains: [String: Int] = [:]
        for name in order { if let list = lists[name] { chains[name] = builder.chain(name, list.rules) } }
        let known = bindings.filter { chains[$0.list] != nil }
        if known.isEmpty, order.count > 1 {
            builder.rules.note("no interface binds the lists: each is taken by itself, as an interface of its name")
        } else if !bindings.isEmpty, order.count > Set(known.map(\.list)).count {
            builder.rules.note("lists that no interface binds are left out")
        }
        let used =
            known.isEmpty && global.flatMap({ chains[$0] }) == nil
            ? order.map { (list: $0, interface: $0, incoming: true) } : known
        for incoming in [true, false] {
            let those = used.filter { $0.incoming == incoming }
            guard !those.isEmpty || (incoming && global != nil) else { continue }
            for family in AddressFamily.allCases {
                var dispatch: [Rule] = []
                for binding in those {
                    guard let list = lists[binding.list], list.families.contains(family),
                        let chain = chains[binding.list]
                    else { continue }
                    let match = InterfaceMatch([binding.interface])
                    let origin = RuleOrigin(file: list.file, line: list.line, text: "\(binding.list): implicit deny")
                    let after = incoming ? everywhere(family, chains, origin) : nil
                    let own = builder.chain(
                        binding.list,
                        [Rule([], .jump(chain), origin)] + (after.map { [$0] } ?? []) + [Rule([], .drop, origin)])
                    dispatch.append(Rule([incoming ? .incoming(match) : .outgoing(match)], .goto(own), origin))
                }
                if incoming, let after = everywhere(family, chains, RuleOrigin(file: 0, line: 0, text: "global list")) {
                    dispatch.append(after)
                }
                guard !dispatch.isEmpty else { continue }
                builder.base(
                    incoming ? "in" : "out", incoming ? .prerouting : .postrouting, dispatch,
                    policy: incoming ? .drop : .accept,
                    why: "interface without a list", families: [family])
            }
        }
        return builder.rules
    }

    /// The jump to the list that an ASA asks behind those of all interfaces.
    private func everywhere(_ family: AddressFamily, _ chains: [String: Int], _ origin: RuleOrigin) -> Rule? {
        guard let name = global, let chain = chains[name], lists[name]?.families.contains(family) == true else {
            return nil
        }
        return Rule([], .jump(chain), origin)
    }
}
