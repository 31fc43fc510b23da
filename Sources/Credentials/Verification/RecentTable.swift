/// A bounded table that forgets what was not used for longest, roughly: two generations, the older dropped as a whole when
/// the younger is full. Every operation takes constant time.
struct RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let generation: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// At most `capacity` entries are kept, at least half of it.
    init(capacity: Int) { generation = max(1, capacity / 2) }

    var count: Int { young.count + old.count }

    /// The value, which counts as used now.
    mutating func value(for key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old[key] else { return nil }
        set(value, for: key)
        return value
    }

    mutating func set(_ value: Value, for key: Key) {
        if young[key] == nil, young.count >= generation {
            old = young
            young = [:]
        }
        old[key] = nil
        young[key] = value
    }

    mutating func remove(_ key: Key) {
        young[key] = nil
        old[key] = nil
    }

    mutating func removeAll() {
        young = [:]
        old = [:]
    }
}
