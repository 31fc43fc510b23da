/// Puts short texts into groups of near-copies, each by its first.
struct ShortTextIndex {
    private var firsts: [ShortText] = []
    /// Groups whose first has the token; of words that all have, the first ones.
    private var places: [UInt32: [Int]] = [:]

    /// Half of the words, so that a name and a random word may differ in a line of five.
    private static let near = 0.5
    private static let candidates = 200
    private static let most = 100_000

    /// The number of its group; a new one when none is near.
    mutating func group(_ text: ShortText) -> Int {
        var tried: Set<Int> = []
        var best: (group: Int, likeness: Double)?
        // Rare words first: they have few candidates.
        let lists = text.tokens.compactMap { places[$0] }.sorted { $0.count < $1.count }
        for list in lists {
            for group in list where tried.count < Self.candidates && tried.insert(group).inserted {
                let likeness = text.likeness(to: firsts[group])
                if likeness >= Self.near, likeness > best?.likeness ?? 0 { best = (group, likeness) }
            }
        }
        if let best { return best.group }
        if text.tokens.isEmpty, let empty = firsts.firstIndex(where: \.tokens.isEmpty) { return empty }
        let group = firsts.count
        firsts.append(text)
        guard group < Self.most else { return group }
        for token in text.tokens where places[token]?.count ?? 0 < Self.candidates {
            places[token, default: []].append(group)
        }
        return group
    }
}
