/// Copies of bytes that must outlive the line they came from, for as long as the events of one batch are in use.
///
/// A ring of blocks: a copy stays valid until `capacity` later ones have been made, which is more than the batches that
/// are under way hold.
///
/// Unchecked, since a block is written once, before anybody else can see it.
struct StableBytes: @unchecked Sendable {
    private final class Block {
        let memory: UnsafeMutablePointer<UInt8>
        init(_ bytes: [UInt8]) {
            memory = .allocate(capacity: max(1, bytes.count))
            for (i, byte) in bytes.enumerated() { memory[i] = byte }
        }
        deinit { memory.deallocate() }
    }

    private static let capacity = 65_536
    private var ring: [Block] = []
    private var next = 0

    mutating func keep(_ bytes: [UInt8]) -> ByteSlice {
        let block = Block(bytes)
        if ring.count < StableBytes.capacity {
            ring.append(block)
        } else {
            ring[next] = block
            next = (next + 1) % StableBytes.capacity
        }
        return ByteSlice(base: UnsafePointer(block.memory), count: bytes.count)
    }
}
