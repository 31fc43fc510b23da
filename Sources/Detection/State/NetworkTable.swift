import MailTypes

/// What is known of networks across all customers: where stolen accounts were used from.
struct NetworkState: Hashable, Sendable {
    /// Accounts that newly logged in from here, the last few, each once.
    var visitors: [UInt64] = []
    var firstVisit = Timestamp.distantPast
    /// Last used by an account that was stopped.
    var tainted = Timestamp.distantPast

    static let visitorLimit = 8
    static let memory: Duration = .seconds(14 * 86_400)

    mutating func note(_ visitor: UInt64, at time: Timestamp) {
        if time - firstVisit > Self.memory {
            visitors = []
            firstVisit = time
        }
        guard !visitors.contains(visitor), visitors.count < Self.visitorLimit else { return }
        visitors.append(visitor)
    }

    func isTainted(at time: Timestamp) -> Bool { tainted > .distantPast && time - tainted <= Self.memory }
}

/// A bounded table of networks; when it is full, the oldest half goes.
struct NetworkTable: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var state: NetworkState
        var used: UInt64
    }

    let capacity: Int
    var entries: [UInt32: Entry] = [:]
    var clock: UInt64 = 0

    init(capacity: Int) { self.capacity = max(2, capacity) }

    func known(_ network: UInt32) -> NetworkState? { entries[network]?.state }

    mutating func update(_ network: UInt32, _ change: (inout NetworkState) -> Void) {
        clock += 1
        if entries[network] == nil, entries.count >= capacity {
            let kept = entries.sorted { $0.value.used > $1.value.used }.prefix(capacity / 2)
            entries = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
        }
        change(&entries[network, default: Entry(state: NetworkState(), used: 0)].state)
        entries[network]?.used = clock
    }
}
