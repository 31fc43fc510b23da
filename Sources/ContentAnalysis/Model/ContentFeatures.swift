/// The features of one message, without its text: what a lesson keeps, so that it can be learnt again later.
package struct ContentFeatures: Sendable {
    let values: FeatureSet

    package init(_ sample: ContentSample) { values = FeatureExtractor.features(of: sample) }

    /// About 4 bytes a feature.
    package var encoded: [UInt8] { values.encoded }

    /// `nil` for what `encoded` does not write: hostile bytes give no index outside of a table.
    package init?(decoding bytes: ArraySlice<UInt8>) {
        guard let values = FeatureSet(decoding: bytes) else { return nil }
        self.values = values
    }
}

extension FeatureSet {
    /// More than any message has: tokens, pairs and structure are bounded where they are collected.
    private static let mostEncoded = 1 << 18

    /// Which features these are: those of another form mean nothing here. No count of tokens is as large.
    private static let form = 0x0002_0000

    fileprivate var encoded: [UInt8] {
        withView { view in
            let head = [
                Self.form, view.segments.headerEnd, view.segments.headEnd, view.segments.tokens,
                view.segments.headerPairsEnd, view.segments.pairs, view.structure.count,
            ]
            var bytes: [UInt8] = []
            bytes.reserveCapacity(4 * (head.count + view.segments.tokens + view.segments.pairs + view.structure.count))
            func add(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
            for value in head { add(UInt32(clamping: value)) }
            for part in [view.tokens, view.pairs, view.structure] { for index in part { add(index) } }
            return bytes
        }
    }

    fileprivate init?(decoding bytes: ArraySlice<UInt8>) {
        guard bytes.count % 4 == 0, bytes.count >= 28, bytes.count <= 4 * Self.mostEncoded else { return nil }
        var values: [UInt32] = []
        values.reserveCapacity(bytes.count / 4)
        var rest = bytes
        while !rest.isEmpty {
            values.append(rest.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) })
            rest = rest.dropFirst(4)
        }
        guard values.first == UInt32(Self.form) else { return nil }
        let head = values.dropFirst().prefix(6).map { Int($0) }
        let segments = FeatureSegments(
            headerEnd: head[0], headEnd: head[1], tokens: head[2], headerPairsEnd: head[3], pairs: head[4])
        let (indexes, structure) = (Array(values.dropFirst(7)), head[5])
        guard segments.headerEnd <= segments.headEnd, segments.headEnd <= segments.tokens,
            segments.headerPairsEnd <= segments.pairs, segments.tokens + segments.pairs + structure == indexes.count,
            indexes.prefix(segments.tokens + segments.pairs).allSatisfy({ $0 < UInt32(Self.count) }),
            indexes.suffix(structure).allSatisfy({ $0 < UInt32(Self.structureCount) })
        else { return nil }
        self.init(indexes: indexes, segments: segments)
    }
}

extension ContentModel {
    /// As `learn(_:isSpam:weight:)`, of a message whose features were kept.
    package mutating func learn(_ features: ContentFeatures, isSpam: Bool, weight: Float = 1) {
        learn(features.values, isSpam: isSpam, weight: weight)
    }

    package func logOdds(_ features: ContentFeatures) -> Double { logOdds(features.values) }
}

extension ContentTrainer {
    /// Adds a message whose features were kept.
    package mutating func add(_ features: ContentFeatures, isSpam: Bool) { add(features.values, isSpam: isSpam) }
}
