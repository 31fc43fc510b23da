/// What stays the same between the near-copies of one text: minima of hashed word triples (one-permutation MinHash,
/// Li, Owen and Zhang 2012).
///
/// Normalisation takes away what spammers vary: case, digits, punctuation, URLs and addresses, words that no language
/// would write, quoted lines, the first line's greeting. A greeting name or a hidden word then spoils at most three
/// triples of many. The share of equal bins estimates the share of common triples.
package struct CampaignFingerprint: Hashable, Sendable {
    /// Bins; more tell nearer texts apart and cost more to compare.
    static let binCount = 32
    /// Under this many triples a text is too short to be told from others of its kind.
    static let fewestTriples = 6

    /// The least hash of each bin.
    let bins: [UInt32]

    /// `nil` when there is too little text of the sender's own.
    package init?(_ sample: ContentSample) {
        var walk = TripleWalk()
        walk.read(sample.text.prefix(ContentSample.Bounds.bodyBytes))
        if walk.triples < Self.fewestTriples { walk.read(sample.visibleHTML.prefix(ContentSample.Bounds.bodyBytes)) }
        guard walk.triples >= Self.fewestTriples else { return nil }
        bins = walk.filledBins()
    }

    /// 0…1: the estimated share of common triples.
    func similarity(to other: CampaignFingerprint) -> Double {
        var equal = 0
        for (a, b) in zip(bins, other.bins) where a == b { equal += 1 }
        return Double(equal) / Double(Self.binCount)
    }

    /// Keys of which near-copies share at least one almost surely: pairs of neighbouring bins.
    var bands: [UInt64] {
        stride(from: 0, to: Self.binCount - 1, by: 2).map { index in
            FeatureHash.finished(
                UInt64(bins[index]) << 32 | UInt64(bins[index + 1]) ^ UInt64(index) &* 0x9e37_79b9_7f4a_7c15)
        }
    }
}

/// Walks text and keeps the least hash of each bin over triples of significant words.
private struct TripleWalk {
    private(set) var triples = 0
    private var bins = [UInt32](repeating: .max, count: CampaignFingerprint.binCount)
    private var before: (UInt64, UInt64) = (0, 0)

    mutating func read(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBufferPointer { text in
            var i = 0
            var atLineStart = true
            while i < text.count {
                if atLineStart, text[i] == 0x3e {
                    while i < text.count, text[i] != 0x0a { i += 1 }
                    continue
                }
                atLineStart = text[i] == 0x0a
                guard text[i] > 0x20 else {
                    i += 1
                    continue
                }
                let start = i
                while i < text.count, text[i] > 0x20 { i += 1 }
                readChunk(UnsafeBufferPointer(rebasing: text[start..<i]))
            }
        }
    }

    /// One run of non-blank bytes: URLs, addresses and everything with a digit are the varying parts, left out whole.
    private mutating func readChunk(_ chunk: UnsafeBufferPointer<UInt8>) {
        guard chunk.count <= 40 else { return }
        var hash = FeatureHash.basis
        var letters = 0
        var vowels = 0
        var run = 0
        for (index, byte) in chunk.enumerated() {
            if FeatureHash.isLetter(byte) || byte >= 0x80 {
                let low = FeatureHash.lowered(byte)
                hash = FeatureHash.extend(hash, low)
                letters += 1
                let isVowel =
                    byte >= 0x80 || low == 0x61 || low == 0x65 || low == 0x69 || low == 0x6f || low == 0x75
                    || low == 0x79
                if isVowel {
                    vowels += 1
                    run = 0
                } else {
                    run += 1
                    if run > 5 { return }
                }
            } else if FeatureHash.isDigit(byte) || byte == 0x40 || (byte == 0x2f && index > 0) || byte == 0x5f {
                return
            }
        }
        guard letters >= 3, letters <= 24, vowels > 0 else { return }
        add(FeatureHash.finished(hash))
    }

    private mutating func add(_ word: UInt64) {
        if before.0 != 0, before.1 != 0 {
            let triple = FeatureHash.finished(before.0 &* 31 &+ before.1 &* 17 &+ word)
            let bin = Int(triple >> 59)
            let value = UInt32(truncatingIfNeeded: triple)
            if value < bins[bin] { bins[bin] = value }
            triples += 1
        }
        before = (before.1, word)
    }

    /// Empty bins borrow from the next filled one (rotation densification, Shrivastava and Li 2014), marked by their
    /// distance so that two short texts do not look alike for sharing emptiness.
    func filledBins() -> [UInt32] {
        let count = bins.count
        return bins.indices.map { index in
            guard bins[index] == .max else { return bins[index] }
            for distance in 1..<count where bins[(index + distance) % count] != .max {
                return bins[(index + distance) % count] &+ UInt32(distance) &* 0x9e37_79b9
            }
            return .max
        }
    }
}
