/// Records by number, in blocks that never move: growing copies nothing, so memory never stands twice.
///
/// A reference type that one thread owns at a time. Numbers outside are a programming error and stop the program.
final class Slab<Record> {
    private static var blockBits: Int { 12 }
    private var blocks: [UnsafeMutablePointer<Record>] = []
    private(set) var count = 0
    /// Records that may be stored; `append` beyond it gives `nil`.
    let limit: Int

    init(limit: Int) { self.limit = limit }

    deinit {
        for (index, block) in blocks.enumerated() {
            let used = min(1 << Slab.blockBits, count - index << Slab.blockBits)
            if used > 0 { block.deinitialize(count: used) }
            block.deallocate()
        }
    }

    /// The number of the new record, or `nil` when the slab is full.
    func append(_ record: Record) -> UInt32? {
        guard count < limit else { return nil }
        let offset = count & (1 << Slab.blockBits - 1)
        if offset == 0 { blocks.append(.allocate(capacity: 1 << Slab.blockBits)) }
        (blocks[count >> Slab.blockBits] + offset).initialize(to: record)
        count += 1
        return UInt32(count - 1)
    }

    /// The record's place; valid until the slab goes.
    @inline(__always)
    func pointer(_ number: UInt32) -> UnsafeMutablePointer<Record> {
        precondition(Int(number) < count, "no such record")
        return blocks[Int(number) >> Slab.blockBits] + Int(number) & (1 << Slab.blockBits - 1)
    }

    @inline(__always)
    subscript(number: UInt32) -> Record { pointer(number).pointee }
}

/// "None" for record numbers.
let noRecord = UInt32.max
