import CPrefetch

/// Records by number, in memory that never moves: room for all of them is reserved, and used as they come.
///
/// One thread owns it at a time. Everything that changes lies behind pointers that do not: looking up needs no exclusive
/// access to an object. Numbers outside are a programming error and stop the program. Records own no objects.
final class Slab<Record: BitwiseCopyable> {
    private let base: UnsafeMutablePointer<Record>
    private let used: UnsafeMutablePointer<Int>
    /// Records that may be stored; `append` beyond it gives `nil`.
    let limit: Int

    var count: Int { used.pointee }

    init(limit: Int) {
        self.limit = max(1, limit)
        base = Pages.allocate(self.limit * MemoryLayout<Record>.stride).bindMemory(
            to: Record.self, capacity: self.limit)
        used = .allocate(capacity: 1)
        used.initialize(to: 0)
    }

    deinit {
        Pages.deallocate(UnsafeMutableRawPointer(base), limit * MemoryLayout<Record>.stride)
        used.deallocate()
    }

    /// The number of the new record, or `nil` when the slab is full.
    func append(_ record: Record) -> UInt32? {
        let number = used.pointee
        guard number < limit else { return nil }
        (base + number).initialize(to: record)
        used.pointee = number + 1
        return UInt32(number)
    }

    /// The record's place; valid until the slab goes.
    @inline(__always)
    func pointer(_ number: UInt32) -> UnsafeMutablePointer<Record> {
        precondition(Int(number) < used.pointee, "no such record")
        return base + Int(number)
    }

    /// Brings a record's first `lines` cache lines near; a number that is none does no harm.
    @inline(__always)
    func approach(_ number: UInt32, lines: Int = 1) {
        guard Int(number) < used.pointee else { return }
        let place = UnsafeRawPointer(base + Int(number))
        for line in 0..<lines { sluice_prefetch(place + line * 64) }
    }

    @inline(__always)
    subscript(number: UInt32) -> Record { pointer(number).pointee }
}

/// "None" for record numbers.
let noRecord = UInt32.max
