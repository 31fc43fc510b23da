/// The few values that something usually takes at one source: its mail programs, zones, networks, host names.
///
/// The least recently seen goes when there are `capacity`. Counts saturate, days are whole ones since 1970: nothing
/// here grows.
struct TraitMemory: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var hash: UInt32
        var firstDay: UInt16
        var lastDay: UInt16
        var count: UInt16
    }

    var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    static func day(_ seconds: Int64) -> UInt16 { UInt16(clamping: seconds / 86_400) }

    /// How surprising a value is, 0…1: one less the chance of something new as Good and Turing estimate it (1953: the
    /// share of what was seen once). Where every value is another, another one is no surprise, nor where little was seen.
    ///
    /// Something that came up today only counts as half known however often it came: an intruder must not make himself at
    /// home within the hour.
    func novelty(of value: UInt64, at seconds: Int64) -> Double {
        let hash = Self.hash(value)
        let today = Self.day(seconds)
        var (all, once) = (0, 0)
        var isOlder = false
        var known: Entry?
        for entry in entries {
            if entry.hash == hash { known = entry }
            all += Int(entry.count)
            if entry.count == 1 { once += 1 }
            if entry.firstDay < today { isOlder = true }
        }
        if let known, known.firstDay < today || !isOlder { return 0 }
        let surprise = max(0, 1 - (Double(once) + 0.5) / (Double(all) + 0.5))
        return known == nil ? surprise : surprise / 2
    }

    func knows(_ value: UInt64) -> Bool {
        let hash = Self.hash(value)
        return entries.contains { $0.hash == hash }
    }

    mutating func note(_ value: UInt64, at seconds: Int64, capacity: Int) {
        let hash = Self.hash(value)
        let day = Self.day(seconds)
        if let index = entries.firstIndex(where: { $0.hash == hash }) {
            entries[index].lastDay = max(entries[index].lastDay, day)
            if entries[index].count < .max { entries[index].count += 1 }
            return
        }
        if entries.count >= capacity, let index = oldest { entries.remove(at: index) }
        entries.append(Entry(hash: hash, firstDay: day, lastDay: day, count: 1))
    }

    /// The least recently seen, of those the least often seen.
    private var oldest: Int? {
        entries.indices.min {
            (entries[$0].lastDay, entries[$0].count, $0) < (entries[$1].lastDay, entries[$1].count, $1)
        }
    }

    /// By which a value is remembered.
    static func hash(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: StableHash.mix(value) >> 32) }
}
