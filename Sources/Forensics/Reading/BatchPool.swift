import Foundation

/// Memory of batches that are done, for those to come: asking the system for it again costs more than reading the lines.
///
/// Unchecked, since all that changes is behind the lock; batches end on whichever thread lets go of them last.
final class BatchPool: @unchecked Sendable {
    /// Bytes of a batch: with its events it stays within a core's second cache.
    let capacity: Int
    private let lock = NSLock()
    private var buffers: [UnsafeMutableRawBufferPointer] = []
    private var events: [[TimedEvent]] = []

    /// Kept at most; more than are ever under way.
    private static let limit = 8

    init(capacity: Int) { self.capacity = capacity }

    deinit { for buffer in buffers { buffer.deallocate() } }

    func take() -> (UnsafeMutableRawBufferPointer, [TimedEvent]) {
        let kept = lock.withLock { (buffers.popLast(), events.popLast()) }
        var room = kept.1 ?? []
        if room.capacity == 0 { room.reserveCapacity(capacity / 128) }
        return (kept.0 ?? .allocate(byteCount: capacity, alignment: 16), room)
    }

    func give(_ buffer: UnsafeMutableRawBufferPointer, _ used: consuming [TimedEvent]) {
        var room = used
        room.removeAll(keepingCapacity: true)
        let isFull = lock.withLock {
            guard buffers.count < BatchPool.limit else { return true }
            buffers.append(buffer)
            events.append(room)
            return false
        }
        if isFull { buffer.deallocate() }
    }
}
