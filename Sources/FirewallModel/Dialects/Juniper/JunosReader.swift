import MailTypes

/// Reads JunOS configurations (SRX, MX, EX), in braces or as `set` commands: security policies with zones, address books,
/// applications and destination NAT; firewall filters; stateful-firewall rules of service cards.
///
/// With policies, zones are the interfaces (`--interface ZONE`), and filters bound to interfaces of a zone count too. Without,
/// bound filters are followed by their interface, and filters that nothing binds each as an interface of their own name.
struct JunosReader {
    private var builder: RuleListBuilder
    private var names = JunosNames()
    private var policies = JunosPolicies()
    private var nat = JunosNAT()
    private var filters = JunosFilters()
    private var bindings: [Binding] = []
    private var systems: Set<String> = []

    private struct Binding {
        var interface: String
        var family: String
        var incoming: Bool
        var filters: [String]
    }

    static func read(_ sources: [SourceText], into rules: RuleSet) throws(FirewallError) -> RuleSet {
        var reader = JunosReader(builder: RuleListBuilder(rules))
        let (statements, notes) = try JunosStatements.read(sources)
        for note in notes { reader.builder.rules.note(note) }
        func source(_ file: Int) -> SourceText? { sources.first { $0.index == file } }
        for (statement, file) in statements {
            guard let source = source(file) else { continue }
            try reader.names.add(statement, source)
            reader.policies.add(statement, file: file)
            reader.nat.add(statement, file: file)
            reader.filters.add(statement, file: file)
            reader.bind(statement)
            if ["logical-systems", "tenants"].contains(statement[0]) { reader.systems.insert(statement[1]) }
        }
        for name in reader.systems.sorted() {
            reader.builder.rules.note(
                "\(SafeText.printable(name, limit: 60)): logical systems and tenants are not followed")
        }
        guard let first = sources.first else { return reader.builder.rules }
        guard
            !reader.policies.isEmpty || !reader.filters.order.isEmpty || reader.policies.passesByDefault
                || statements.contains(where: { $0.statement.begins(with: ["security", "policies"]) })
        else { throw first.error(1, "no security policies, and no firewall filters of IPv4 or IPv6") }
        try reader.assemble { source($0) ?? first }
        return reader.builder.rules
    }

    private init(builder: RuleListBuilder) { self.builder = builder }

    /// `interfaces ge-0/0/0 unit 0 family inet filter input NAME`
    private mutating func bind(_ statement: JunosStatement) {
        guard statement[0] == "interfaces", statement[2] == "unit", statement[4] == "family", statement[6] == "filter",
            statement.words.count > 8
        else { return }
        let incoming = statement[7].hasPrefix("input")
        guard incoming || statement[7].hasPrefix("output") else { return }
        let interface = "\(statement[1]).\(statement[3])"
        if let at = bindings.firstIndex(where: {
            $0.interface == interface && $0.family == statement[5] && $0.incoming == incoming
        }) {
            bindings[at].filters.append(statement[8])
        } else {
            bindings.append(
                Binding(interface: interface, family: statement[5], incoming: incoming, filters: [statement[8]]))
        }
    }

    // MARK: Assembling

    private mutating func assemble(_ source: (Int) -> SourceText) throws(FirewallError) {
        builder.rules.isRouter = true
        let guards = bindings.filter { $0.interface.hasPrefix("lo0.") }
        if !guards.isEmpty { builder.rules.note("filters of lo0 guard the device itself, and are left out") }
        bindings.removeAll { $0.interface.hasPrefix("lo0.") }
        let chains = try filterChains(source)
        let hasPolicies = !policies.isEmpty || filters.order.isEmpty
        let isBound = !bindings.isEmpty
        if !isBound, !hasPolicies { bindAll(except: Set(guards.flatMap(\.filters))) }
        for incoming in [true, false] { filterBase(incoming, chains, open: hasPolicies) }
        if isBound, !hasPolicies {
            builder.rules.note("interfaces without a filter are not counted: they let everybody in")
        }
        guard hasPolicies else { return }
        let translations = nat.rules(names, zone: { self.patterns($0) })
        if !translations.isEmpty {
            builder.base(
                "nat", .prerouting, translations, policy: .accept, why: "no translation",
                families: RuleListBuilder.both, priority: 1)
        }
        try policyBase(source)
    }

    private mutating func bindAll(except guards: Set<String>) {
        if filters.order.count > 1 {
            builder.rules.note("no interface binds the filters: each is taken by itself, as an interface of its name")
        }
        let all = filters.order.compactMap { key in filters.filters[key].map { (key, $0) } }
        let some = all.contains { !guards.contains($0.1.name) } ? all.filter { !guards.contains($0.1.name) } : all
        for (key, filter) in some {
            let family = key.split(separator: " ").first.map(String.init) ?? "inet"
            bindings.append(Binding(interface: filter.name, family: family, incoming: true, filters: [filter.name]))
        }
    }

    /// The chains of all filters, by family and name.
    private mutating func filterChains(_ source: (Int) -> SourceText) throws(FirewallError) -> [String: Int] {
        var chains: [String: Int] = [:]
        for key in filters.order { chains[key] = builder.chain(filters.filters[key]?.name ?? key, []) }
        for key in filters.order {
            guard let filter = filters.filters[key], let chain = chains[key] else { continue }
            let family = key.split(separator: " ").first ?? "inet"
            for term in filter.terms {
                let own = JunosTerm(
                    term: term, families: filter.families, names: names, source: source(term.origin.file))
                if let rule = try own.rule({ chains["\(family) \($0)"] }) {
                    builder.rules.chains[chain].rules.append(rule)
                }
            }
        }
        return chains
    }

    private mutating func filterBase(_ incoming: Bool, _ chains: [String: Int], open: Bool) {
        for family in AddressFamily.allCases {
            var dispatch: [Rule] = []
            for binding in bindings where binding.incoming == incoming {
                let keys = binding.filters.map { "\(binding.family) \($0)" }
                guard let first = keys.first.flatMap({ filters.filters[$0] }), first.families.contains(family) else {
                    if keys.contains(where: { filters.filters[$0] == nil }), binding.family == family.junos {
                        builder.rules.note(
                            "\(binding.interface): filter \(SafeText.printable(binding.filters.first ?? "", limit: 60)) is not given"
                        )
                        let match = InterfaceMatch([name(binding.interface)])
                        dispatch.append(
                            Rule(
                                [incoming ? .incoming(match) : .outgoing(match)],
                                .unknown("a filter that is not given"),
                                RuleOrigin(file: 0, line: 0, text: "filter of \(binding.interface)")))
                    }
                    continue
                }
                let last = RuleOrigin(
                    file: first.origin.file, line: first.origin.line, text: "\(first.origin.text): implicit discard")
                let jumps = keys.compactMap { chains[$0] }.map { Rule([], .jump($0), first.origin) }
                let own = builder.chain(first.name, jumps + [Rule([], .drop, last)])
                let match = InterfaceMatch([name(binding.interface)])
                dispatch.append(
                    Rule([incoming ? .incoming(match) : .outgoing(match)], .goto(own), first.origin))
            }
            guard !dispatch.isEmpty else { continue }
            builder.base(
                incoming ? "input filters" : "output filters", incoming ? .prerouting : .postrouting, dispatch,
                policy: open || !incoming ? .accept : .drop, why: "an interface without a filter", families: [family])
        }
    }

    private mutating func policyBase(_ source: (Int) -> SourceText) throws(FirewallError) {
        var pairs: [String: Int] = [:]
        var dispatch: [Rule] = []
        var global: [Rule] = []
        for policy in policies.list where JunosPolicies.isThrough(policy) {
            guard var rule = try policies.rule(policy, names, source(policy.origin.file)) else { continue }
            if policy.from.isEmpty {
                for (zones, isIn) in [(policy.fromZones, true), (policy.toZones, false)]
                where !zones.isEmpty && !zones.contains("any") {
                    let match = InterfaceMatch(zones.flatMap { patterns($0) })
                    rule.conditions.append(isIn ? .incoming(match) : .outgoing(match))
                }
                global.append(rule)
                continue
            }
            let key = "\(policy.from)\u{1}\(policy.to)"
            if pairs[key] == nil {
                let chain = builder.chain("from-zone \(policy.from) to-zone \(policy.to)", [])
                pairs[key] = chain
                let ways: [Condition] = [
                    .incoming(InterfaceMatch(patterns(policy.from))), .outgoing(InterfaceMatch(patterns(policy.to))),
                ].filter { $0 != .incoming(InterfaceMatch(["*"])) && $0 != .outgoing(InterfaceMatch(["*"])) }
                dispatch.append(Rule(ways, .jump(chain), policy.origin))
            }
            if let chain = pairs[key] { builder.rules.chains[chain].rules.append(rule) }
        }
        let chain = builder.chain("global", global)
        dispatch.append(Rule([], .jump(chain), RuleOrigin(file: 0, line: 0, text: "global policies")))
        builder.base(
            "policies", .forward, dispatch, policy: policies.passesByDefault ? .accept : .drop,
            why: "default-policy \(policies.passesByDefault ? "permit-all" : "deny-all")",
            families: RuleListBuilder.both)
    }

    // MARK: Zones as interfaces

    /// The names that stand for a zone: its own, and those of its interfaces that have filters.
    private func patterns(_ zone: String) -> [String] {
        if zone == "any" || zone == "junos-global" { return ["*"] }
        let all = policies.zones[zone] ?? []
        let filtered = all.filter { name in bindings.contains { $0.interface == name } }
        let own = filtered.map { "\(zone)/\($0)" }
        return !filtered.isEmpty && filtered.count == all.count ? own : own + [zone]
    }

    private func name(_ interface: String) -> String {
        guard !policies.isEmpty else { return interface }
        let zone = policies.zones.first { $0.value.contains(interface) }?.key
        return zone.map { "\($0)/\(interface)" } ?? interface
    }
}

extension AddressFamily {
    /// JunOS' word for it.
    fileprivate var junos: String { self == .ipv4 ? "inet" : "inet6" }
}
