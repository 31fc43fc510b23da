import CPrefetch

/// Finds record numbers by hash: open addressing, the upper half of the hash kept beside the number.
///
/// A reference to memory of its own, so that looking up needs no exclusive access to the owner.
final class HashIndex {
    private struct Slots {
        var base: UnsafeMutablePointer<UInt64>
        var mask: Int
        var used = 0

        init(_ count: Int) {
            base = Pages.allocate(count * 8).bindMemory(to: UInt64.self, capacity: count)
            mask = count - 1
        }

        func deallocate() { Pages.deallocate(UnsafeMutableRawPointer(base), (mask + 1) * 8) }

        func place(_ hash: UInt64, _ number: UInt32) {
            var at = Int(truncatingIfNeeded: hash) & mask
            while base[at] != 0 { at = (at + 1) & mask }
            base[at] = (hash >> 32) << 32 | UInt64(number &+ 1)
        }
    }

    private let slots: UnsafeMutablePointer<Slots>

    init() {
        slots = .allocate(capacity: 1)
        slots.initialize(to: Slots(1024))
    }

    deinit {
        slots.pointee.deallocate()
        slots.deallocate()
    }

    /// Brings the hash's place near.
    @inline(__always)
    func approach(_ hash: UInt64) {
        sluice_prefetch(slots.pointee.base + (Int(truncatingIfNeeded: hash) & slots.pointee.mask))
    }

    /// The number that most likely is the one stored under `hash`, from its place alone.
    @inline(__always)
    func guess(_ hash: UInt64) -> UInt32? {
        let slot = slots.pointee.base[Int(truncatingIfNeeded: hash) & slots.pointee.mask]
        return slot == 0 ? nil : UInt32(truncatingIfNeeded: slot) &- 1
    }

    /// The number stored under `hash` for which `matches` holds.
    @inline(__always)
    func find(_ hash: UInt64, _ matches: (UInt32) -> Bool) -> UInt32? {
        let (base, mask) = (slots.pointee.base, slots.pointee.mask)
        let tag = hash >> 32
        var at = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = base[at]
            if slot == 0 { return nil }
            if slot >> 32 == tag {
                let number = UInt32(truncatingIfNeeded: slot) &- 1
                if matches(number) { return number }
            }
            at = (at + 1) & mask
        }
    }

    /// Stores a number that is not there yet. `rehash` tells the hash of a stored number, for growing.
    func insert(_ hash: UInt64, _ number: UInt32, rehash: (UInt32) -> UInt64) {
        let count = slots.pointee.mask + 1
        if slots.pointee.used * 10 >= count * 7 {
            let old = slots.pointee
            var grown = Slots(count * 2)
            grown.used = old.used
            for index in 0..<count where old.base[index] != 0 {
                let number = UInt32(truncatingIfNeeded: old.base[index]) &- 1
                grown.place(rehash(number), number)
            }
            slots.pointee = grown
            old.deallocate()
        }
        slots.pointee.place(hash, number)
        slots.pointee.used += 1
    }
}
