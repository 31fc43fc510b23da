/// Gathers the byte 4-grams of pieces of text, each once.
struct GramCollector {
    private(set) var grams: [UInt32] = []
    private var seen = BitSet(count: FeatureSet.count)
    /// Bytes still to be looked at.
    private var budget = ContentSample.Bounds.gramBytes
    private var window: UInt32 = 0
    private var filled = 0

    init() { grams.reserveCapacity(2048) }

    /// Adds up to `limit` bytes of `text`.
    mutating func add(_ text: borrowing Span<UInt8>, limit: Int) {
        let count = min(text.count, min(limit, budget))
        budget -= count
        for i in 0..<count { push(text[i]) }
    }

    /// Adds one byte between pieces.
    @inline(__always)
    mutating func push(_ byte: UInt8) {
        window = window << 8 | UInt32(byte)
        filled += 1
        guard filled >= 4 else { return }
        let index = FeatureHash.index(gram: window)
        if seen.insert(index) { grams.append(index) }
    }

    /// The next byte begins another text: no gram runs across.
    mutating func interrupt() { filled = 0 }
}
