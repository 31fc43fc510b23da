import MailTypes

/// The states of one scope's sources, the least recently used going first when it is full.
struct SourceTable: Sendable {
    private struct Slot: Sendable {
        var source: SourceID
        var state: SourceState
        var newer: Int32
        var older: Int32
    }

    private static let none: Int32 = -1

    let capacity: Int
    private var index: [SourceID: Int32] = [:]
    private var slots: [Slot] = []
    private var newest = none
    private var oldest = none

    init(capacity: Int) { self.capacity = min(max(1, capacity), Int(Int32.max) - 1) }

    var count: Int { slots.count }

    /// The place of a source's state, made if there is none; valid until the next call. It is now the newest.
    mutating func place(of source: SourceID, at time: Timestamp) -> Int {
        if let place = index[source] {
            if place != newest {
                unlink(place)
                link(place)
            }
            return Int(place)
        }
        let place: Int32
        if slots.count < capacity {
            place = Int32(slots.count)
            slots.append(
                Slot(source: source, state: SourceState(at: time), newer: Self.none, older: Self.none))
        } else {
            place = oldest
            unlink(place)
            index[slots[Int(place)].source] = nil
            slots[Int(place)].source = source
            slots[Int(place)].state = SourceState(at: time)
        }
        index[source] = place
        link(place)
        return Int(place)
    }

    /// The place of a source that is known, without making it newer.
    func known(_ source: SourceID) -> Int? { index[source].map(Int.init) }

    subscript(place: Int) -> SourceState {
        _read { yield slots[place].state }
        _modify { yield &slots[place].state }
    }

    /// All, oldest first: the order in which inserting them makes an equal table.
    func forEach(_ body: (SourceID, SourceState) -> Void) {
        var place = oldest
        while place != Self.none {
            body(slots[Int(place)].source, slots[Int(place)].state)
            place = slots[Int(place)].newer
        }
    }

    private mutating func unlink(_ place: Int32) {
        let (newer, older) = (slots[Int(place)].newer, slots[Int(place)].older)
        if newer == Self.none { newest = older } else { slots[Int(newer)].older = older }
        if older == Self.none { oldest = newer } else { slots[Int(older)].newer = newer }
    }

    private mutating func link(_ place: Int32) {
        slots[Int(place)].newer = Self.none
        slots[Int(place)].older = newest
        if newest == Self.none { oldest = place } else { slots[Int(newest)].newer = place }
        newest = place
    }
}
