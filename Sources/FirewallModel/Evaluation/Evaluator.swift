import MailTypes

extension RuleSet {
    /// Who can open the connection that `question` is about. Exact where the rules can be decided; else two bounds.
    ///
    /// - Parameter steps: rule evaluations, weighed by the sets they move; more is an error.
    package func reach(
        _ question: FirewallQuestion, steps: Int = 30_000_000
    ) throws(FirewallError) -> FirewallReach {
        var reach = FirewallReach(families: families)
        var notes = Set<FirewallReach.Undecided>()
        var budget = steps
        for family in AddressFamily.allCases where families.contains(family) {
            if let destination = question.destination, destination.family != family { continue }
            var evaluator = Evaluator(self, question, family, budget: budget)
            try evaluator.run()
            budget = evaluator.budget
            reach.upper[family] = evaluator.upper
            reach.lower[family] = evaluator.lower
            reach.destinations[family] = evaluator.destinations
            reach.grounds += evaluator.grounds()
            notes.formUnion(evaluator.undecided)
        }
        reach.undecided = notes.sorted { ($0.origin.file, $0.origin.line) < ($1.origin.file, $1.origin.line) }
        return reach
    }
}

/// Follows all packets of one family at once through the chains, once for each world.
///
/// Sets are upper bounds throughout: where a match cannot be decided, packets count as matched and as not matched. A
/// source certainly gets through when no copy of its packet can be dropped, which gives the lower bound.
struct Evaluator {
    let rules: RuleSet
    let question: FirewallQuestion
    let family: AddressFamily
    let path: Path
    let worlds: Worlds
    private(set) var matching: Matching
    let universe: Region

    private(set) var upper = RangeSet()
    private(set) var lower = RangeSet()
    private(set) var destinations = RangeSet()
    private(set) var undecided = Set<FirewallReach.Undecided>()
    private(set) var budget: Int

    private var world = World(incoming: "", outgoing: "", sourcePort: 1, port: 0)
    private var dropped: [Region.Cell] = []
    private var accepted = GatheredFlows()
    /// Sources by the base chain and the rule that let them pass it.
    private var passes: [Pass: [AddressRange]] = [:]
    private var base = 0

    struct Pass: Hashable {
        var base: Int
        var rule: RuleID
    }

    /// Jumps within jumps. nft allows 16, iptables as many as fit its stack.
    static let depth = 100
    /// Different reasons that are told.
    private static let undecidedBound = 200

    init(_ rules: RuleSet, _ question: FirewallQuestion, _ family: AddressFamily, budget: Int) {
        self.rules = rules
        self.question = question
        self.family = family
        self.budget = budget
        path = Path(question.direction, rules)
        worlds = Worlds(rules, question, path: path)
        matching = Matching(family: family, question: question, givenUp: worlds.givenUp)
        let targets: RangeSet
        if let destination = question.destination {
            targets = RangeSet(destination.number)
        } else {
            let excluded =
                question.direction == .inbound ? KnownNetworks.unreachable : KnownNetworks.notInternet
            targets = excluded.complement[family]
        }
        universe = Region(sources: RangeSet(family.universe), destinations: targets)
    }

    mutating func run() throws(FirewallError) {
        var reached: [AddressRange] = []
        for world in worlds.list {
            self.world = world
            dropped = []
            let wasUndecided = undecided.count
            let arrived = try follow()
            let sources = arrived.sources
            reached += sources.ranges
            destinations.formUnion(arrived.destinations)
            if undecided.isEmpty, wasUndecided == 0 {
                lower.formUnion(sources)
            } else {
                lower.formUnion(certain().intersection(sources))
            }
        }
        upper = RangeSet(normalizing: reached)
    }

    /// Sources for which at least one destination has no way to be dropped.
    private func certain() -> RangeSet {
        var rest = universe
        for cell in Region.merging(dropped).cells {
            _ = rest.take(sources: cell.sources, destinations: RangeSet(cell.destinations), removing: true)
        }
        return rest.sources
    }

    private mutating func follow() throws(FirewallError) -> Region {
        var flows = Flows([Flow(state: PacketState(port: world.port), region: universe)])
        flows = try pass(flows, hooks: path.beforeRouting)
        var here = Flows()
        var through = Flows()
        for flow in flows.list {
            let (isHere, isThrough) = route(flow.state)
            if isHere { here.add(flow) }
            if isThrough { through.add(flow) }
        }
        here = try pass(here, hooks: path.toThisHost)
        through = try pass(through, hooks: path.throughThisHost)
        var cells: [Region.Cell] = []
        for flow in here.list + through.list {
            let (counts, fails) = outcome(flow.state)
            if counts { cells += flow.region.cells }
            if fails { dropped += flow.region.cells }
        }
        return Region.merging(cells)
    }

    /// Whether packets are for this host, for others, or perhaps both.
    private func route(_ state: PacketState) -> (here: Bool, through: Bool) {
        guard question.direction == .inbound else { return (false, true) }
        if rules.isRouter { return (false, true) }
        switch state.destination {
        case .original, .thisHost: return (true, false)
        case .unknown: return (true, true)
        case .addresses(let set):
            let here = matching.localAddresses.union(KnownNetworks.loopback[family])
            if here.contains(set[family]) { return (true, false) }
            if !question.localAddresses.isEmpty, !here.intersects(set[family]) { return (false, true) }
            return (true, true)
        }
    }

    /// Whether packets that passed everything open the connection that is asked about, or may not.
    private func outcome(_ state: PacketState) -> (counts: Bool, fails: Bool) {
        switch question.direction {
        case .inbound:
            if world.port == question.port { return (true, false) }
            guard let port = state.port else { return (true, true) }
            return (port == question.port, port != question.port)
        case .forwarded, .local:
            guard state.port == nil || state.port == question.port else { return (false, true) }
            let internet = KnownNetworks.notInternet.complement[family].subtracting(matching.localAddresses)
            switch state.destination {
            case .original: return (true, state.port == nil)
            case .thisHost: return (false, true)
            case .unknown: return (true, true)
            case .addresses(let set):
                return (internet.intersects(set[family]), !internet.contains(set[family]))
            }
        }
    }

    private mutating func pass(_ flows: Flows, hooks: [Hook]) throws(FirewallError) -> Flows {
        var flows = flows
        for hook in hooks {
            for index in entered(hook) where !flows.isEmpty { flows = try pass(flows, base: index) }
        }
        return flows
    }

    /// The base chains of a hook as packets meet them. Of equal priority, the kernel puts the latest first.
    private func entered(_ hook: Hook) -> [Int] {
        func rank(_ index: Int) -> (Int, Int, Int) {
            (rules.bases[index].priority, rules.bases[index].ownPriority, -index)
        }
        return rules.bases.indices.filter { rules.bases[$0].hook == hook }.sorted { rank($0) < rank($1) }
    }

    private mutating func pass(_ flows: Flows, base index: Int) throws(FirewallError) -> Flows {
        let chain = rules.bases[index]
        guard chain.families.contains(family), chain.devices?.contains(world.incoming) != false else { return flows }
        base = index
        matching.precedesTracking = chain.precedesTracking
        accepted = GatheredFlows()
        var entering = Flows()
        for flow in flows.list {
            if chain.translates, flow.state.isTranslated || !flow.state.isTracked {
                accepted.add(flow)
            } else {
                entering.add(flow)
            }
        }
        for flow in try run(chain: chain.chain, entering, depth: 0).list { apply(chain.policy, of: chain, to: flow) }
        return accepted.flows
    }

    private mutating func apply(_ policy: Policy, of base: BaseChain, to flow: Flow) {
        let own = RuleID(chain: base.chain, rule: nil)
        switch policy {
        case .accept: accept(flow, by: own)
        case .drop: dropped += flow.region.cells
        case .unknown(let reason):
            note(reason, base.origin)
            accept(flow, by: own)
            dropped += flow.region.cells
        case .proposed(let otherwise):
            guard flow.state.proposal?.passes ?? otherwise else {
                dropped += flow.region.cells
                return
            }
            var flow = flow
            let rule = flow.state.proposal?.rule ?? own
            if let translation = flow.state.proposal?.translation { flow.state.apply(translation) }
            flow.state.proposal = nil
            accept(flow, by: rule)
        }
    }

    private mutating func accept(_ flow: Flow, by rule: RuleID) {
        guard !flow.region.isEmpty else { return }
        budget -= flow.region.cells.count
        passes[Pass(base: base, rule: rule), default: []] += flow.region.cells.flatMap(\.sources.ranges)
        accepted.add(flow)
    }

    private mutating func note(_ reason: String, _ origin: RuleOrigin) {
        guard undecided.count < Evaluator.undecidedBound else { return }
        undecided.insert(FirewallReach.Undecided(reason: reason, origin: origin))
    }

    /// Flows that come to the chain's end or return from it.
    private mutating func run(chain index: Int, _ entering: Flows, depth: Int) throws(FirewallError) -> Flows {
        guard depth < Evaluator.depth, rules.chains.indices.contains(index) else {
            throw FirewallError(.bound, file: rules.files.first ?? "", "chains nest deeper than \(Evaluator.depth)")
        }
        var flows = entering
        var returned = Flows()
        let chain = rules.chains[index]
        for (number, rule) in chain.rules.enumerated() {
            guard !flows.isEmpty else { break }
            budget -= flows.list.count
            guard budget > 0 else {
                throw FirewallError(
                    .bound, file: rules.place(of: rule.origin),
                    "the chains multiply each other: too many steps to follow")
            }
            var matched: [Flow] = []
            for position in flows.list.indices {
                let state = flows.list[position].state
                guard let folded = matching.fold(rule.conditions, world, state) else { continue }
                let region = flows.split(position) { region in
                    split(&region, folded, state, rule.origin)
                }
                if !region.isEmpty { matched.append(Flow(state: state, region: region)) }
            }
            flows.prune()
            for flow in matched {
                try act(flow, rule, RuleID(chain: index, rule: number), &flows, &returned, depth)
            }
        }
        for flow in flows.list { returned.add(flow) }
        return returned
    }

    private mutating func act(
        _ flow: Flow, _ rule: Rule, _ id: RuleID, _ flows: inout Flows, _ returned: inout Flows, _ depth: Int
    ) throws(FirewallError) {
        var flow = flow
        switch rule.action {
        case .accept: accept(flow, by: id)
        case .drop: dropped += flow.region.cells
        case .return: returned.add(flow)
        case .proceed: flows.add(flow)
        case .jump(let target):
            for flow in try run(chain: target, Flows([flow]), depth: depth + 1).list { flows.add(flow) }
        case .goto(let target):
            for flow in try run(chain: target, Flows([flow]), depth: depth + 1).list { returned.add(flow) }
        case .propose(let passes):
            flow.state.proposal = PacketState.Proposal(passes: passes, rule: id)
            flows.add(flow)
        case .proposeTranslated(let translation):
            flow.state.proposal = PacketState.Proposal(passes: true, rule: id, translation: translation)
            flows.add(flow)
        case .setMark(let place, let change):
            // Without a connection there is no mark of it to write, or to read.
            let needsConnection = place == .connection || change.readsConnection
            if !needsConnection || matching.isTracked(flow.state) { flow.state.apply(change, to: place) }
            flows.add(flow)
        case .untrack:
            flow.state.isTracked = false
            flows.add(flow)
        case .translate(let translation):
            flow.state.apply(translation)
            accept(flow, by: id)
        case .unknown(let reason):
            note(reason, rule.origin)
            accept(flow, by: id)
            dropped += flow.region.cells
            flows.add(flow)
        }
    }

    /// Takes what matches out of the region; what may and may not match is in both.
    private mutating func split(
        _ region: inout Region, _ folded: Matching.Folded, _ state: PacketState, _ origin: RuleOrigin
    ) -> Region {
        let removing = folded.undecided == nil
        guard !folded.sets.isEmpty else {
            let matched = region.take(sources: folded.sources, destinations: folded.destinations, removing: removing)
            if let reason = folded.undecided, !matched.isEmpty { note(reason, origin) }
            return matched
        }
        let before = removing ? nil : region
        var matched = region.take(sources: folded.sources, destinations: folded.destinations, removing: true)
        for set in folded.sets where !matched.isEmpty {
            var rest = matched
            let part = take(set.alternatives, from: &rest, state, origin)
            region = region.union(set.negated ? part : rest)
            matched = set.negated ? rest : part
        }
        if let before {
            if let reason = folded.undecided, !matched.isEmpty { note(reason, origin) }
            region = before
        }
        return matched
    }

    private mutating func take(
        _ alternatives: [[Condition]], from region: inout Region, _ state: PacketState, _ origin: RuleOrigin
    ) -> Region {
        var cells: [Region.Cell] = []
        var sources: [AddressRange] = []
        for alternative in alternatives {
            guard let folded = matching.fold(alternative, world, state) else { continue }
            if folded.destinations == nil, folded.undecided == nil, folded.sets.isEmpty, let only = folded.sources {
                sources += only.ranges
            } else {
                cells += split(&region, folded, state, origin).cells
            }
        }
        cells += region.take(sources: RangeSet(normalizing: sources), destinations: nil, removing: true).cells
        return Region.merging(cells)
    }

    /// Each rule or policy with those it let pass: of the base chains in the order in which packets meet them, the last
    /// one in which a rule names the source counts.
    func grounds() -> [FirewallReach.Ground] {
        var remaining = upper
        var result: [FirewallReach.Ground] = []
        func add(_ pass: Pass) {
            let set = RangeSet(normalizing: passes[pass] ?? []).intersection(remaining)
            guard !set.isEmpty else { return }
            let chain = rules.chains[pass.rule.chain]
            let origin = pass.rule.rule.map { chain.rules[$0].origin } ?? rules.bases[pass.base].origin
            result.append(.init(origin: origin, chain: chain.name, sources: AddressSet(family, set)))
        }
        let order = (path.throughThisHost.reversed() + path.toThisHost.reversed() + path.beforeRouting.reversed())
            .flatMap { entered($0).reversed() }
        // A rule that only gives another source address lets nobody in: it comes after those that decide.
        func rank(_ pass: Pass) -> Int {
            guard pass.rule.rule != nil else { return 2 }
            let base = rules.bases[pass.base]
            return base.hook == .postrouting && base.priority == 100 ? 1 : 0
        }
        for explicit in 0...2 {
            for index in order {
                let those = passes.keys.filter { $0.base == index && rank($0) == explicit }
                    .sorted { ($0.rule.chain, $0.rule.rule ?? 0) < ($1.rule.chain, $1.rule.rule ?? 0) }
                for pass in those { add(pass) }
                for pass in those { remaining.subtract(RangeSet(normalizing: passes[pass] ?? [])) }
            }
        }
        return result
    }
}
