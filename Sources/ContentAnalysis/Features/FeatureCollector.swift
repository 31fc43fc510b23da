/// Gathers hashed tokens, each once; notes what they say when reasons are asked for.
struct FeatureCollector {
    private(set) var tokens: [UInt32] = []
    /// What stands behind an index, first come; empty unless recording.
    private(set) var labels: [UInt32: FeatureLabel] = [:]
    private var seen = BitSet(count: FeatureSet.count)
    private let isRecording: Bool

    /// No message gives more tokens than this, whatever it holds.
    static let limit = 12_000

    init(recording: Bool) {
        isRecording = recording
        tokens.reserveCapacity(1024)
    }

    /// A feature that only machines can read.
    @inline(__always)
    mutating func add(_ hash: UInt64) { _ = insert(hash) }

    /// A feature with the bytes it was made of.
    @inline(__always)
    mutating func add(_ hash: UInt64, _ kind: FeatureLabel.Kind, _ text: borrowing Span<UInt8>) {
        let index = insert(hash)
        if isRecording { record(index, kind, text) }
    }

    private mutating func record(_ index: UInt32, _ kind: FeatureLabel.Kind, _ text: borrowing Span<UInt8>) {
        guard labels[index] == nil else { return }
        var bytes: [UInt8] = []
        for i in 0..<min(text.count, FeatureLabel.textBytes) { bytes.append(text[i]) }
        labels[index] = FeatureLabel(kind: kind, text: bytes)
    }

    @inline(__always)
    private mutating func insert(_ hash: UInt64) -> UInt32 {
        let index = UInt32(truncatingIfNeeded: FeatureHash.finished(hash)) & UInt32(FeatureSet.count - 1)
        if seen.insert(index), tokens.count < Self.limit { tokens.append(index) }
        return index
    }
}

/// What a feature was made of, for people.
struct FeatureLabel: Sendable {
    enum Kind: Sendable {
        case field, fieldWord, subjectWord, word, markup, host, urlWord, attachment
    }

    /// Bytes kept of one label.
    static let textBytes = 64

    var kind: Kind
    var text: [UInt8]
}

/// One bit a feature: exact, and cheaper than sorting for a few thousand features.
struct BitSet {
    private var words: [UInt64]

    init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

    /// Whether the index was new.
    @inline(__always)
    mutating func insert(_ index: UInt32) -> Bool {
        let word = Int(index >> 6)
        let bit = UInt64(1) << UInt64(index & 63)
        let old = words[word]
        words[word] = old | bit
        return old & bit == 0
    }
}
