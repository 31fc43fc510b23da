/// What rules have changed of a packet on its way. Packets that differ in it are followed apart.
struct PacketState: Hashable, Sendable {
    enum Destination: Hashable, Sendable {
        /// As it was sent: what the region says.
        case original
        case thisHost
        case addresses(AddressSet)
        case unknown
    }

    /// `nil`: cannot be known.
    var port: UInt16?
    /// `nil`: cannot be known.
    var mark: UInt32? = 0
    var connectionMark: UInt32? = 0
    var isTracked = true
    var isTranslated = false
    var destination = Destination.original
    /// The last verdict of a rule that does not decide at once, and that rule.
    var proposal: Proposal?

    struct Proposal: Hashable, Sendable {
        var passes: Bool
        var rule: RuleID
        var translation: Translation?
    }

    init(port: UInt16) { self.port = port }

    subscript(place: MarkMatch.Place) -> UInt32? {
        get { place == .packet ? mark : connectionMark }
        set { if place == .packet { mark = newValue } else { connectionMark = newValue } }
    }

    mutating func apply(_ change: MarkChange, to place: MarkMatch.Place) {
        switch change.operand {
        case .bits(let clear, let flip): self[place] = self[place].map { $0 & ~clear ^ flip }
        case .copy(let from): self[place] = self[from]
        case .mixed(let from, let mask, let clear):
            if let own = self[place], let other = self[from] {
                self[place] = own & ~clear ^ (other & mask)
            } else {
                self[place] = nil
            }
        case .unknown: self[place] = nil
        }
    }

    mutating func apply(_ translation: Translation) {
        switch translation.address {
        case .unchanged: break
        case .thisHost: destination = .thisHost
        case .addresses(let set): destination = .addresses(set)
        case .unknown: destination = .unknown
        }
        if translation.portUnknown { port = nil } else if let new = translation.port { port = new }
        isTranslated = true
    }
}

/// A rule by its place in the rule set; `rule == nil`: the policy of a base chain.
struct RuleID: Hashable, Sendable {
    var chain: Int
    var rule: Int?
}

/// Packets of one state.
struct Flow: Sendable {
    var state: PacketState
    var region: Region
}

/// Flows, at most one of each state.
struct Flows: Sendable {
    private(set) var list: [Flow] = []

    init(_ list: [Flow] = []) { self.list = list }

    var isEmpty: Bool { list.isEmpty }

    mutating func add(_ flow: Flow) {
        guard !flow.region.isEmpty else { return }
        if let index = list.firstIndex(where: { $0.state == flow.state }) {
            list[index].region = list[index].region.union(flow.region)
        } else {
            list.append(flow)
        }
    }

    /// Lets `take` take packets out of one flow in place.
    mutating func split(_ index: Int, _ take: (inout Region) -> Region) -> Region { take(&list[index].region) }

    /// Forgets flows without packets.
    mutating func prune() {
        if list.contains(where: \.region.isEmpty) { list.removeAll { $0.region.isEmpty } }
    }
}

/// Flows that come in one by one and are joined at the end: joining at each would be quadratic in the rules.
struct GatheredFlows: Sendable {
    private var states: [PacketState] = []
    private var cells: [[Region.Cell]] = []

    mutating func add(_ flow: Flow) {
        guard !flow.region.isEmpty else { return }
        if let index = states.firstIndex(of: flow.state) {
            cells[index] += flow.region.cells
        } else {
            states.append(flow.state)
            cells.append(flow.region.cells)
        }
    }

    var flows: Flows {
        Flows(zip(states, cells).map { Flow(state: $0, region: Region.merging($1)) })
    }
}
