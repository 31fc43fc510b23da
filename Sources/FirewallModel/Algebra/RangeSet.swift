/// A closed interval of numbers: addresses of one family, or ports.
package struct AddressRange: Hashable, Sendable {
    package var first: UInt128
    package var last: UInt128

    /// `first` must not be above `last`; swapped when it is.
    package init(_ first: UInt128, _ last: UInt128) {
        self.first = min(first, last)
        self.last = max(first, last)
    }

    package func contains(_ value: UInt128) -> Bool { first <= value && value <= last }
}

/// A set of numbers as sorted, disjoint, non-touching intervals. Union, intersection and difference are linear in the
/// number of intervals; with a few intervals on one side they are logarithmic plus one move.
package struct RangeSet: Hashable, Sendable {
    package private(set) var ranges: [AddressRange]

    package init() { ranges = [] }
    package init(_ range: AddressRange) { ranges = [range] }
    package init(_ value: UInt128) { ranges = [AddressRange(value, value)] }

    /// The union of intervals in any order.
    package init(normalizing unsorted: [AddressRange]) {
        guard unsorted.count > 1 else {
            ranges = unsorted
            return
        }
        let sorted = unsorted.sorted { $0.first < $1.first }
        var merged: [AddressRange] = []
        merged.reserveCapacity(sorted.count)
        for range in sorted { RangeSet.append(range, to: &merged) }
        ranges = merged
    }

    package var isEmpty: Bool { ranges.isEmpty }

    package func contains(_ value: UInt128) -> Bool {
        let index = firstIndex(endingAtOrAfter: value)
        return index < ranges.count && ranges[index].first <= value
    }

    package func contains(_ other: RangeSet) -> Bool { other.subtracting(self).isEmpty }

    package func intersects(_ other: RangeSet) -> Bool {
        if other.ranges.count < ranges.count { return other.intersects(self) }
        return ranges.contains { range in
            let index = other.firstIndex(endingAtOrAfter: range.first)
            return index < other.ranges.count && other.ranges[index].first <= range.last
        }
    }

    package func union(_ other: RangeSet) -> RangeSet {
        if other.isEmpty { return self }
        if isEmpty { return other }
        var result = RangeSet()
        result.ranges.reserveCapacity(ranges.count + other.ranges.count)
        var (i, j) = (0, 0)
        while i < ranges.count || j < other.ranges.count {
            if j == other.ranges.count || (i < ranges.count && ranges[i].first <= other.ranges[j].first) {
                RangeSet.append(ranges[i], to: &result.ranges)
                i += 1
            } else {
                RangeSet.append(other.ranges[j], to: &result.ranges)
                j += 1
            }
        }
        return result
    }

    package func intersection(_ other: RangeSet) -> RangeSet {
        let (small, large) = ranges.count <= other.ranges.count ? (self, other) : (other, self)
        var result = RangeSet()
        var index = 0
        let seek = small.ranges.count * 16 < large.ranges.count
        for range in small.ranges {
            if seek {
                index = large.firstIndex(endingAtOrAfter: range.first)
            } else {
                while index < large.ranges.count, large.ranges[index].last < range.first { index += 1 }
            }
            while index < large.ranges.count, large.ranges[index].first <= range.last {
                let other = large.ranges[index]
                result.ranges.append(AddressRange(max(range.first, other.first), min(range.last, other.last)))
                guard other.last <= range.last else { break }
                index += 1
            }
        }
        return result
    }

    package func subtracting(_ other: RangeSet) -> RangeSet {
        var result = self
        result.subtract(other)
        return result
    }

    package mutating func formUnion(_ other: RangeSet) { self = union(other) }

    package mutating func subtract(_ other: RangeSet) {
        guard !isEmpty, !other.isEmpty else { return }
        if other.ranges.count * 16 < ranges.count {
            for range in other.ranges { subtract(range) }
            return
        }
        var result: [AddressRange] = []
        result.reserveCapacity(ranges.count)
        var index = 0
        for range in ranges {
            var start = range.first
            var consumed = false
            while index < other.ranges.count, other.ranges[index].last < start { index += 1 }
            var at = index
            while at < other.ranges.count, other.ranges[at].first <= range.last {
                let hole = other.ranges[at]
                if hole.first > start { result.append(AddressRange(start, hole.first - 1)) }
                if hole.last >= range.last {
                    consumed = true
                    break
                }
                start = hole.last + 1
                at += 1
            }
            index = at
            if !consumed { result.append(AddressRange(start, range.last)) }
        }
        ranges = result
    }

    /// Everything of `universe` that is not in the set.
    package func complement(in universe: AddressRange) -> RangeSet {
        RangeSet(universe).subtracting(self)
    }

    private mutating func subtract(_ hole: AddressRange) {
        let start = firstIndex(endingAtOrAfter: hole.first)
        var end = start
        var pieces: [AddressRange] = []
        while end < ranges.count, ranges[end].first <= hole.last {
            let range = ranges[end]
            if range.first < hole.first { pieces.append(AddressRange(range.first, hole.first - 1)) }
            if range.last > hole.last { pieces.append(AddressRange(hole.last + 1, range.last)) }
            end += 1
        }
        guard end > start else { return }
        ranges.replaceSubrange(start..<end, with: pieces)
    }

    private func firstIndex(endingAtOrAfter value: UInt128) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].last < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func append(_ range: AddressRange, to ranges: inout [AddressRange]) {
        if let last = ranges.last, range.first <= last.last || range.first == last.last + 1 {
            if range.last > last.last { ranges[ranges.count - 1].last = range.last }
        } else {
            ranges.append(range)
        }
    }
}
