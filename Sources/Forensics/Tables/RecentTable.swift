import CPrefetch

/// A table of bounded size that forgets the oldest: eight entries a bucket, the one longest unused gives way.
///
/// For what is in flight (queue ids) and for recent counts, where exactness beyond the bound is not needed.
final class RecentTable<Value: BitwiseCopyable> {
    struct Entry {
        var key: UInt64 = 0
        var used: UInt32 = 0
        var value: Value
    }

    private static var ways: Int { 8 }
    private let entries: UnsafeMutablePointer<Entry>
    private let buckets: Int

    /// - Parameter bits: 2^bits buckets of eight entries.
    init(bits: Int, empty: Value) {
        buckets = 1 << bits
        let count = buckets * RecentTable.ways
        entries = Pages.allocate(count * MemoryLayout<Entry>.stride).bindMemory(to: Entry.self, capacity: count)
        entries.initialize(repeating: Entry(value: empty), count: count)
    }

    deinit {
        Pages.deallocate(
            UnsafeMutableRawPointer(entries), buckets * RecentTable.ways * MemoryLayout<Entry>.stride)
    }

    @inline(__always)
    private func bucket(_ key: UInt64) -> UnsafeMutablePointer<Entry> {
        entries + (Int(truncatingIfNeeded: key >> 20) & (buckets - 1)) &* RecentTable.ways
    }

    /// Brings the key's place near: a bucket is four lines of the cache or so.
    @inline(__always)
    func approach(_ key: UInt64) {
        let bucket = UnsafeRawPointer(bucket(key))
        var at = 0
        while at < RecentTable.ways * MemoryLayout<Entry>.stride {
            sluice_prefetch(bucket + at)
            at += 64
        }
    }

    /// The value's place, if it is there; valid until the next insertion.
    @inline(__always)
    func find(_ key: UInt64) -> UnsafeMutablePointer<Value>? {
        let bucket = bucket(key)
        for way in 0..<RecentTable.ways where (bucket + way).pointee.key == key {
            return pointer(bucket + way)
        }
        return nil
    }

    @inline(__always)
    private func pointer(_ entry: UnsafeMutablePointer<Entry>) -> UnsafeMutablePointer<Value> {
        UnsafeMutableRawPointer(entry).advanced(by: MemoryLayout<Entry>.offset(of: \.value) ?? 0)
            .assumingMemoryBound(to: Value.self)
    }

    /// The value's place, made with `fresh` when it is new. Touches the entry.
    func at(_ key: UInt64, now: UInt32, fresh: @autoclosure () -> Value) -> UnsafeMutablePointer<Value> {
        let bucket = bucket(key)
        var oldest = bucket
        for way in 0..<RecentTable.ways {
            let entry = bucket + way
            if entry.pointee.key == key {
                entry.pointee.used = now
                return pointer(entry)
            }
            if entry.pointee.key == 0 {
                if oldest.pointee.key != 0 { oldest = entry }
            } else if oldest.pointee.key != 0, entry.pointee.used < oldest.pointee.used {
                oldest = entry
            }
        }
        oldest.pointee = Entry(key: key, used: now, value: fresh())
        return pointer(oldest)
    }

    func remove(_ key: UInt64) {
        let bucket = bucket(key)
        for way in 0..<RecentTable.ways where (bucket + way).pointee.key == key {
            (bucket + way).pointee.key = 0
            (bucket + way).pointee.used = 0
        }
    }

    /// Every entry in use.
    func forEach(_ body: (UInt64, Value) -> Void) {
        for i in 0..<(buckets * RecentTable.ways) where entries[i].key != 0 { body(entries[i].key, entries[i].value) }
    }
}
