/// Things that belong together, pair by pair (union–find with path halving).
struct DisjointSets {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    mutating func root(_ element: Int) -> Int {
        var element = element
        while parents[element] != element {
            parents[element] = parents[parents[element]]
            element = parents[element]
        }
        return element
    }

    /// The lower root stays: results do not depend on the order of unions.
    mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (root(a), root(b))
        if a != b { parents[max(a, b)] = min(a, b) }
    }

    /// The sets, each in ascending order, by their first elements.
    mutating func sets() -> [[Int]] {
        var sets: [Int: [Int]] = [:]
        for element in parents.indices { sets[root(element), default: []].append(element) }
        return sets.sorted { $0.key < $1.key }.map(\.value)
    }
}
