/// The answer: who can open the connection.
package struct FirewallReach: Sendable {
    /// Some of these may get through; nobody else does.
    package var upper: AddressSet
    /// All of these get through. Equal to `upper` unless the rules have matches that cannot be decided.
    package var lower: AddressSet
    /// Destinations that at least one source may reach.
    package var destinations: AddressSet
    /// Families that the rules cover. Of another nothing is known: it is in neither bound.
    package var families: Set<AddressFamily>
    /// The rules that let sources in, in the order of the rules.
    package var grounds: [Ground]
    /// Matches met on the way that cannot be decided.
    package var undecided: [Undecided]

    /// A rule, or a chain's policy, and those it lets in.
    package struct Ground: Sendable {
        package var origin: RuleOrigin
        package var chain: String
        package var sources: AddressSet
    }

    package struct Undecided: Hashable, Sendable {
        package var reason: String
        package var origin: RuleOrigin
    }

    package var isExact: Bool { upper == lower }

    package init(families: Set<AddressFamily> = []) {
        upper = AddressSet()
        lower = AddressSet()
        destinations = AddressSet()
        self.families = families
        grounds = []
        undecided = []
    }

    /// Those who may get through and are not in `ranges`. Loopback addresses do not come from a network: a piece that is
    /// nothing else is left out.
    package func excess(beyond ranges: AddressSet) -> AddressSet {
        FirewallReach.withoutLoopback(upper.subtracting(ranges))
    }

    /// Those who certainly get through and are not in `ranges`.
    package func certainExcess(beyond ranges: AddressSet) -> AddressSet {
        FirewallReach.withoutLoopback(lower.subtracting(ranges))
    }

    /// The part of each ground that is in `sources`; grounds without one left out.
    package func grounds(for sources: AddressSet) -> [Ground] {
        grounds.compactMap { ground in
            var ground = ground
            ground.sources = ground.sources.intersection(sources)
            return ground.sources.isEmpty ? nil : ground
        }
    }

    private static func withoutLoopback(_ set: AddressSet) -> AddressSet {
        var set = set
        for family in AddressFamily.allCases {
            let loopback = KnownNetworks.loopback[family]
            set[family] = RangeSet(
                normalizing: set[family].ranges.filter { !loopback.contains(RangeSet($0)) })
        }
        return set
    }

    /// Both must let a packet through: filters in series.
    package func intersection(_ other: FirewallReach) -> FirewallReach {
        var result = self
        result.families = families.union(other.families)
        for family in AddressFamily.allCases where other.families.contains(family) {
            guard families.contains(family) else {
                result.upper[family] = other.upper[family]
                result.lower[family] = other.lower[family]
                result.destinations[family] = other.destinations[family]
                continue
            }
            result.upper[family] = upper[family].intersection(other.upper[family])
            result.lower[family] = lower[family].intersection(other.lower[family])
            result.destinations[family] = destinations[family].intersection(other.destinations[family])
        }
        result.grounds += other.grounds
        result.undecided += other.undecided
        return result
    }
}
