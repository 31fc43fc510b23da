/// A binary heap of (time, index) that can also remove an index from its middle: O(log n), no stale entries.
///
/// Stale entries matter: a message has a deadline in five days, and most are delivered in a second; without removal the
/// heap would hold five days' traffic.
struct IndexedHeap: Sendable {
    private var entries: [(time: Int64, index: Int32)] = []
    /// Place in `entries` by index; -1 for none.
    private var places: [Int32] = []
    /// Steps taken so far, for tests that bound the work.
    private(set) var steps = 0

    var first: (time: Int64, index: Int32)? { entries.first }
    var count: Int { entries.count }

    func contains(_ index: Int32) -> Bool { Int(index) < places.count && places[Int(index)] >= 0 }

    /// Adds the index, or moves it to another time.
    mutating func set(_ index: Int32, to time: Int64) {
        remove(index)
        while places.count <= Int(index) { places.append(-1) }
        entries.append((time, index))
        places[Int(index)] = Int32(entries.count - 1)
        up(entries.count - 1)
    }

    mutating func remove(_ index: Int32) {
        guard contains(index) else { return }
        let place = Int(places[Int(index)])
        places[Int(index)] = -1
        let last = entries.removeLast()
        guard place < entries.count else { return }
        entries[place] = last
        places[Int(last.index)] = Int32(place)
        up(place)
        down(Int(places[Int(last.index)]))
    }

    /// Removes and returns the earliest index that is due.
    mutating func popDue(_ now: Int64) -> Int32? {
        guard let first = entries.first, first.time <= now else { return nil }
        remove(first.index)
        return first.index
    }

    private mutating func up(_ start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard entries[place].time < entries[parent].time else { return }
            swap(place, parent)
            place = parent
        }
    }

    private mutating func down(_ start: Int) {
        var place = start
        while true {
            var smallest = place
            for child in (2 * place + 1)...(2 * place + 2)
            where child < entries.count && entries[child].time < entries[smallest].time {
                smallest = child
            }
            guard smallest != place else { return }
            swap(place, smallest)
            place = smallest
        }
    }

    private mutating func swap(_ a: Int, _ b: Int) {
        steps &+= 1
        entries.swapAt(a, b)
        places[Int(entries[a].index)] = Int32(a)
        places[Int(entries[b].index)] = Int32(b)
    }
}
