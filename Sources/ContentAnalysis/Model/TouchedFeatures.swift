/// Which features occur in some messages: the only weights that training moves.
struct TouchedFeatures: Sendable {
    /// Tokens and pairs, each once.
    private(set) var tokens: [UInt32] = []
    private(set) var structure: [UInt32] = []

    init(_ messages: some Sequence<FeatureSet>) {
        var seen = [Bool](repeating: false, count: FeatureSet.count)
        var seenStructure = [Bool](repeating: false, count: FeatureSet.structureCount)
        for message in messages {
            message.withView { view in
                for feature in view.tokens { Self.note(feature, &seen, &tokens) }
                for feature in view.pairs { Self.note(feature, &seen, &tokens) }
                for feature in view.structure { Self.note(feature, &seenStructure, &structure) }
            }
        }
    }

    private static func note(_ feature: UInt32, _ seen: inout [Bool], _ features: inout [UInt32]) {
        guard !seen[Int(feature)] else { return }
        seen[Int(feature)] = true
        features.append(feature)
    }
}
