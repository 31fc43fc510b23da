/// Decides conditions for one world and state.
struct Matching {
    let family: AddressFamily
    let question: FirewallQuestion
    let givenUp: Set<Worlds.Dimension>
    /// The base chain comes before connection tracking: there, a packet that is not yet tracked counts as invalid.
    var precedesTracking = false

    /// A conjunction, as far as it can be decided without addresses.
    struct Folded {
        var sources: RangeSet?
        var destinations: RangeSet?
        /// Sets of concatenated keys, and whether they are negated.
        var sets: [(alternatives: [[Condition]], negated: Bool)] = []
        var undecided: String?
    }

    /// `nil`: the conjunction does not hold, whatever the addresses.
    func fold(_ conditions: [Condition], _ world: World, _ state: PacketState) -> Folded? {
        var folded = Folded()
        for condition in conditions {
            switch condition {
            case .source(let set): limit(&folded.sources, to: set[family])
            case .destination(let set):
                guard destination(set, state, &folded) else { return nil }
            case .originalDestination(let set): limit(&folded.destinations, to: set[family])
            case .any(let alternatives): folded.sets.append((alternatives, false))
            case .none(let alternatives): folded.sets.append((alternatives, true))
            default:
                switch decide(condition, world, state) {
                case .no: return nil
                case .yes: break
                case .maybe(let reason): folded.undecided = reason
                }
            }
        }
        return folded
    }

    func isTracked(_ state: PacketState) -> Bool { state.isTracked && !precedesTracking }

    private enum Answer { case yes, no, maybe(String) }

    private func decide(_ condition: Condition, _ world: World, _ state: PacketState) -> Answer {
        switch condition {
        case .family(let wanted): return wanted == family ? .yes : .no
        case .sourcePort(let set):
            guard let port = world.sourcePort else { return .maybe("too many source ports to follow") }
            return set.contains(port) ? .yes : .no
        case .destinationPort(let set):
            guard let port = state.port else { return .maybe("the port after translation is not known") }
            return set.contains(port) ? .yes : .no
        case .originalDestinationPort(let set): return set.contains(world.port) ? .yes : .no
        case .incoming(let match):
            if givenUp.contains(.incoming) { return .maybe("too many interfaces to follow") }
            return match.matches(world.incoming) ? .yes : .no
        case .outgoing(let match):
            if givenUp.contains(.outgoing) { return .maybe("too many interfaces to follow") }
            return match.matches(world.outgoing) ? .yes : .no
        case .connection(let states):
            var own: ConnectionStates = state.isTracked ? (precedesTracking ? .invalid : .new) : .untracked
            if state.isTranslated { own.insert(.translated) }
            return states.isDisjoint(with: own) ? .no : .yes
        case .tracked: return isTracked(state) ? .yes : .no
        case .mark(let match):
            guard let mark = state[match.place] else { return .maybe("the mark is not known") }
            return match.values.contains(UInt128(mark & match.mask)) != match.negated ? .yes : .no
        case .toThisHost(let wanted):
            switch state.destination {
            case .original:
                guard question.direction == .inbound else { return .maybe("whether the destination is this host") }
                return wanted ? .yes : .no
            case .thisHost: return wanted ? .yes : .no
            case .addresses, .unknown: return .maybe("whether the translated destination is this host")
            }
        case .undecided(let reason): return .maybe(reason)
        case .never: return .no
        case .source, .destination, .originalDestination, .any, .none: return .yes
        }
    }

    private func limit(_ set: inout RangeSet?, to other: RangeSet) {
        set = set.map { $0.intersection(other) } ?? other
    }

    /// False: does not hold.
    private func destination(_ set: AddressSet, _ state: PacketState, _ folded: inout Folded) -> Bool {
        let possible: RangeSet
        switch state.destination {
        case .original:
            limit(&folded.destinations, to: set[family])
            return true
        case .addresses(let addresses): possible = addresses[family]
        case .thisHost where !question.localAddresses.isEmpty: possible = localAddresses
        case .thisHost, .unknown: possible = RangeSet(family.universe)
        }
        if !set[family].intersects(possible) { return false }
        if !set[family].contains(possible) { folded.undecided = "the destination after translation is not known" }
        return true
    }

    var localAddresses: RangeSet {
        AddressSet(ipv4: addresses(.ipv4), ipv6: addresses(.ipv6))[family]
    }

    private func addresses(_ family: AddressFamily) -> RangeSet {
        RangeSet(
            normalizing: question.localAddresses.filter { $0.family == family }
                .map { AddressRange($0.number, $0.number) })
    }
}
