/// The features of one message, hashed, each at most once, in storage of their own: for training.
///
/// Tokens and pairs index one table, structural traits and their pairs another. Both lie in segments, so that each view of the model is a few
/// ranges of them.
struct FeatureSet: Sendable {
    /// Features of the table of tokens and pairs: 2^19. Half as many cost a little ranking, twice as many gain none.
    static let bits = 19
    static let count = 1 << bits
    /// Features of the table of structure.
    static let structureBits = 18
    static let structureCount = 1 << structureBits

    /// Tokens, then pairs, then structure.
    private let indexes: [UInt32]
    private let segments: FeatureSegments

    /// - Parameter indexes: as many as the segments and the structure behind them say, each within its table.
    init(indexes: [UInt32], segments: FeatureSegments) {
        self.indexes = indexes
        self.segments = segments
    }

    init(_ view: FeatureView) {
        indexes = Array(view.tokens) + Array(view.pairs) + Array(view.structure)
        segments = view.segments
    }

    /// Lends the features to the learners.
    @inline(__always)
    func withView<R>(_ body: (FeatureView) -> R) -> R {
        indexes.withUnsafeBufferPointer { all in
            let pairs = segments.tokens
            let structure = pairs + segments.pairs
            return body(
                FeatureView(
                    tokens: UnsafeBufferPointer(rebasing: all[..<pairs]),
                    pairs: UnsafeBufferPointer(rebasing: all[pairs..<structure]),
                    structure: UnsafeBufferPointer(rebasing: all[structure...]), segments: segments))
        }
    }
}

/// Where the segments of a message's features end.
struct FeatureSegments: Hashable, Sendable {
    /// Tokens of the header; behind them those of the body.
    var headerEnd = 0
    /// Tokens of header and body's head: subject, first words, markup, URLs, sizes; behind them the rest of the text.
    var headEnd = 0
    /// Tokens in all.
    var tokens = 0
    /// Pairs within header fields; behind them those of the body.
    var headerPairsEnd = 0
    /// Pairs in all.
    var pairs = 0
}

/// A message's features, borrowed.
struct FeatureView {
    let tokens: UnsafeBufferPointer<UInt32>
    let pairs: UnsafeBufferPointer<UInt32>
    let structure: UnsafeBufferPointer<UInt32>
    let segments: FeatureSegments

    /// What each view of `TokenWeights` sees: header and head; everything; the body.
    var sizes: (head: Int, all: Int, body: Int) {
        (
            segments.headEnd, segments.tokens + segments.pairs,
            segments.tokens - segments.headerEnd + segments.pairs - segments.headerPairsEnd
        )
    }
}
