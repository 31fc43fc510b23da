import NIOCore

/// A first-in-first-out queue of indices, each at most once.
struct IndexQueue: Sendable {
    private var order = CircularBuffer<Int32>()
    private var members: Set<Int32> = []

    var isEmpty: Bool { order.isEmpty }
    var count: Int { order.count }

    mutating func append(_ index: Int32) {
        if members.insert(index).inserted { order.append(index) }
    }

    mutating func popFirst() -> Int32? {
        guard let first = order.popFirst() else { return nil }
        members.remove(first)
        return first
    }
}
