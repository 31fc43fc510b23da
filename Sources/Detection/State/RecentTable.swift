/// A bounded table by hashes; when it is full, the half that is worth least goes.
///
/// Without clock and randomness: equal calls make equal tables.
struct RecentTable<Value: Hashable & Sendable>: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var value: Value
        /// The table's own count of uses.
        var used: UInt64
    }

    let capacity: Int
    var entries: [UInt64: Entry] = [:]
    var clock: UInt64 = 0
    /// What is worth more than how lately it was used.
    private let worth: @Sendable (Value) -> Int

    init(capacity: Int, worth: @escaping @Sendable (Value) -> Int = { _ in 0 }) {
        self.capacity = max(2, capacity)
        self.worth = worth
    }

    var isEmpty: Bool { entries.isEmpty }

    subscript(key: UInt64) -> Value? { entries[key]?.value }

    mutating func set(_ value: Value, for key: UInt64) {
        clock += 1
        if entries[key] == nil, entries.count >= capacity {
            let kept = entries.sorted {
                (worth($0.value.value), $0.value.used) > (worth($1.value.value), $1.value.used)
            }.prefix(capacity / 2)
            entries = Dictionary(kept.map { ($0.key, $0.value) }) { first, _ in first }
        }
        entries[key] = Entry(value: value, used: clock)
    }

    mutating func forget(_ key: UInt64) { entries[key] = nil }

    static func == (a: RecentTable, b: RecentTable) -> Bool {
        a.capacity == b.capacity && a.clock == b.clock && a.entries == b.entries
    }

    func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}
