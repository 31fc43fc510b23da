/// A set of (source, destination) pairs: disjoint destination intervals in order, each with its sources.
struct Region: Sendable {
    struct Cell: Sendable {
        var destinations: AddressRange
        var sources: RangeSet
    }

    private(set) var cells: [Cell]

    init(_ cells: [Cell] = []) { self.cells = cells }

    init(sources: RangeSet, destinations: RangeSet) {
        cells = sources.isEmpty ? [] : destinations.ranges.map { Cell(destinations: $0, sources: sources) }
    }

    var isEmpty: Bool { cells.isEmpty }

    /// The pairs that are in both sets (`nil`: no limit), taken out of the region when `removing`.
    mutating func take(sources: RangeSet?, destinations: RangeSet?, removing: Bool) -> Region {
        guard sources?.isEmpty != true, destinations?.isEmpty != true else { return Region() }
        if sources == nil, destinations == nil {
            let all = self
            if removing { cells = [] }
            return all
        }
        guard let destinations else { return take(sources: sources, removing: removing) }
        return take(sources: sources, in: destinations, removing: removing)
    }

    private mutating func take(sources: RangeSet?, removing: Bool) -> Region {
        guard let sources else { return Region() }
        var taken: [Cell] = []
        var emptied = false
        for index in cells.indices {
            let part = cells[index].sources.intersection(sources)
            guard !part.isEmpty else { continue }
            taken.append(Cell(destinations: cells[index].destinations, sources: part))
            guard removing else { continue }
            cells[index].sources.subtract(sources)
            if cells[index].sources.isEmpty { emptied = true }
        }
        if emptied { cells.removeAll { $0.sources.isEmpty } }
        return Region(taken)
    }

    private mutating func take(sources: RangeSet?, in destinations: RangeSet, removing: Bool) -> Region {
        guard let first = destinations.ranges.first?.first, let last = destinations.ranges.last?.last else {
            return Region()
        }
        let start = firstCell(endingAtOrAfter: first)
        var end = start
        while end < cells.count, cells[end].destinations.first <= last { end += 1 }
        guard start < end else { return Region() }
        var taken: [Cell] = []
        var kept: [Cell] = []
        for cell in cells[start..<end] {
            let inside = RangeSet(cell.destinations).intersection(destinations)
            let part = sources.map { cell.sources.intersection($0) } ?? cell.sources
            guard !inside.isEmpty, !part.isEmpty else {
                kept.append(cell)
                continue
            }
            taken += inside.ranges.map { Cell(destinations: $0, sources: part) }
            guard removing else { continue }
            let outside = RangeSet(cell.destinations).subtracting(inside)
            let rest = sources.map { cell.sources.subtracting($0) } ?? RangeSet()
            var pieces = outside.ranges.map { Cell(destinations: $0, sources: cell.sources) }
            if !rest.isEmpty { pieces += inside.ranges.map { Cell(destinations: $0, sources: rest) } }
            if !outside.isEmpty { pieces.sort { $0.destinations.first < $1.destinations.first } }
            kept += pieces
        }
        if removing { cells.replaceSubrange(start..<end, with: kept) }
        return Region(taken)
    }

    private func firstCell(endingAtOrAfter value: UInt128) -> Int {
        var (low, high) = (0, cells.count)
        while low < high {
            let middle = (low + high) / 2
            if cells[middle].destinations.last < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Every source of any cell.
    var sources: RangeSet { RangeSet(normalizing: cells.flatMap(\.sources.ranges)) }

    /// Every destination of any cell.
    var destinations: RangeSet { RangeSet(normalizing: cells.map(\.destinations)) }

    func union(_ other: Region) -> Region {
        if other.isEmpty { return self }
        if isEmpty { return other }
        return Region.merging(cells + other.cells)
    }

    /// The region of cells in any order that may overlap.
    static func merging(_ cells: [Cell]) -> Region {
        guard let first = cells.first, cells.count > 1 else { return Region(cells) }
        if cells.allSatisfy({ $0.destinations == first.destinations }) {
            let sources = RangeSet(normalizing: cells.flatMap(\.sources.ranges))
            return Region([Cell(destinations: first.destinations, sources: sources)])
        }
        // Edges: where some cell begins, or where the first destination behind one is (`nil` is the end of the space).
        var starts = Set<UInt128>()
        for cell in cells {
            starts.insert(cell.destinations.first)
            if cell.destinations.last < UInt128.max { starts.insert(cell.destinations.last + 1) }
        }
        let edges = starts.sorted()
        var buckets = [[AddressRange]](repeating: [], count: edges.count)
        for cell in cells {
            var index = edges.partitioningIndex { $0 >= cell.destinations.first }
            while index < edges.count, edges[index] <= cell.destinations.last {
                buckets[index] += cell.sources.ranges
                index += 1
            }
        }
        var merged: [Cell] = []
        for (index, bucket) in buckets.enumerated() where !bucket.isEmpty {
            let sources = RangeSet(normalizing: bucket)
            let last = index + 1 < edges.count ? edges[index + 1] - 1 : UInt128.max
            if let previous = merged.last, previous.destinations.last + 1 == edges[index], previous.sources == sources {
                merged[merged.count - 1].destinations.last = last
            } else {
                merged.append(Cell(destinations: AddressRange(edges[index], last), sources: sources))
            }
        }
        return Region(merged)
    }
}

extension Array {
    /// The first index whose element satisfies a predicate that is false up to there and true from there on.
    func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
