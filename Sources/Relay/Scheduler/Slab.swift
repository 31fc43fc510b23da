/// Elements in one array, addressed by index, with freed places used again: what the scheduler's queues link by number
/// instead of by reference, so that a queued message costs its bytes and no allocation.
struct Slab<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    private var generations: [UInt32] = []
    private var free: [Int32] = []
    /// What a freed place holds: nothing that keeps memory alive.
    private let blank: Element

    init(blank: Element) { self.blank = blank }

    /// Elements alive.
    var count: Int { elements.count - free.count }

    /// The element at an index that `insert` gave and that was not removed since.
    subscript(index: Int32) -> Element {
        _read { yield elements[Int(index)] }
        _modify { yield &elements[Int(index)] }
    }

    mutating func insert(_ element: Element) -> Int32 {
        if let index = free.popLast() {
            elements[Int(index)] = element
            return index
        }
        elements.append(element)
        generations.append(0)
        return Int32(elements.count - 1)
    }

    mutating func remove(_ index: Int32) {
        elements[Int(index)] = blank
        generations[Int(index)] &+= 1
        free.append(index)
    }

    /// How often the place was freed: part of a handle, so that a late event about a freed element is told from one
    /// about its successor.
    func generation(_ index: Int32) -> UInt32 { generations[Int(index)] }

    /// Whether a handle's index and generation name a living element.
    func isCurrent(_ index: Int32, _ generation: UInt32) -> Bool {
        index >= 0 && Int(index) < generations.count && generations[Int(index)] == generation
    }
}
