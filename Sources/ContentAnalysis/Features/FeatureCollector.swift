/// Gathers hashed features, each once; notes what they say when reasons are asked for.
struct FeatureCollector {
    private let memory: FeatureMemory
    private(set) var tokenCount = 0
    private(set) var pairCount = 0
    private(set) var structureCount = 0
    /// What stands behind an index, first come; empty unless recording.
    private(set) var labels: [UInt32: FeatureLabel] = [:]
    private let isRecording: Bool

    /// The two words before, for pairs; 0 for none.
    private var previous: (UInt64, UInt64) = (0, 0)

    init(memory: FeatureMemory, recording: Bool) {
        self.memory = memory
        isRecording = recording
    }

    func view(_ segments: FeatureSegments) -> FeatureView {
        FeatureView(
            tokens: UnsafeBufferPointer(start: memory.tokens, count: tokenCount),
            pairs: UnsafeBufferPointer(start: memory.pairs, count: pairCount),
            structure: UnsafeBufferPointer(start: memory.structure, count: structureCount), segments: segments)
    }

    /// Leaves the memory as it was found.
    mutating func clear() {
        for i in 0..<tokenCount { memory.seen[Int(memory.tokens[i] >> 6)] = 0 }
        for i in 0..<pairCount { memory.seen[Int(memory.pairs[i] >> 6)] = 0 }
        for i in 0..<structureCount { memory.seenStructure[Int(memory.structure[i] >> 6)] = 0 }
        (tokenCount, pairCount, structureCount) = (0, 0, 0)
    }

    @inline(__always)
    private static func isNew(_ index: UInt32, in bits: UnsafeMutablePointer<UInt64>) -> Bool {
        let word = Int(index >> 6)
        let bit = UInt64(1) << UInt64(index & 63)
        let old = bits[word]
        bits[word] = old | bit
        return old & bit == 0
    }

    @inline(__always)
    private static func index(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: FeatureHash.finished(hash)) & UInt32(FeatureSet.count - 1)
    }

    // MARK: - Tokens

    /// A feature that only machines can read.
    @inline(__always)
    mutating func add(_ hash: UInt64) { insert(Self.index(hash)) }

    /// A feature with the bytes it was made of.
    @inline(__always)
    mutating func add(_ hash: UInt64, _ kind: FeatureLabel.Kind, _ text: UnsafeBufferPointer<UInt8>) {
        let index = Self.index(hash)
        insert(index)
        if isRecording, labels[index] == nil { record(index, kind, text) }
    }

    private mutating func record(_ index: UInt32, _ kind: FeatureLabel.Kind, _ text: UnsafeBufferPointer<UInt8>) {
        labels[index] = FeatureLabel(kind: kind, text: Array(text.prefix(FeatureLabel.textBytes)))
    }

    @inline(__always)
    private mutating func insert(_ index: UInt32) {
        guard tokenCount < FeatureMemory.tokenLimit, Self.isNew(index, in: memory.seen) else { return }
        memory.tokens[tokenCount] = index
        tokenCount += 1
    }

    // MARK: - Pairs

    /// A feature of the wide view only.
    @inline(__always)
    mutating func addWide(_ hash: UInt64) {
        let index = Self.index(hash)
        guard pairCount < FeatureMemory.pairLimit, Self.isNew(index, in: memory.seen) else { return }
        memory.pairs[pairCount] = index
        pairCount += 1
    }

    /// The next word of a text: a feature with each of the two before it.
    @inline(__always)
    mutating func pair(_ word: UInt64) {
        if previous.1 != 0 { addWide(previous.1 &* 0x9e37_79b9_7f4a_7c15 &+ word &* 3) }
        if previous.0 != 0 { addWide(previous.0 &* 0x9e37_79b9_7f4a_7c15 &+ word &* 5) }
        previous = (previous.1, word)
    }

    /// The next word begins another text, after `word` if there is one.
    mutating func beginPairs(after word: UInt64 = 0) { previous = (0, word) }

    // MARK: - Structure

    /// A structural trait or a pair of two.
    @inline(__always)
    mutating func addStructure(_ hash: UInt64) {
        let index = UInt32(truncatingIfNeeded: FeatureHash.finished(hash)) & UInt32(FeatureSet.structureCount - 1)
        guard structureCount < FeatureMemory.structureLimit, Self.isNew(index, in: memory.seenStructure) else { return }
        memory.structure[structureCount] = index
        structureCount += 1
    }
}

/// What a feature was made of, for people.
struct FeatureLabel: Sendable {
    enum Kind: Sendable {
        case field, fieldWord, subjectWord, word, markup, host, urlWord, attachment, trait
    }

    /// Bytes kept of one label.
    static let textBytes = 64

    var kind: Kind
    var text: [UInt8]
}
