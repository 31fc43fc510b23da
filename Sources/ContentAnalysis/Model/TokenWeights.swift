/// Logistic regression over tokens and pairs, three views at once: one weight a view in each lane, so that a feature
/// costs one look-up.
///
/// Goodman and Yih (2006) and the TREC spam tracks: gradient descent on log loss, one message at a time over binary
/// features of unit length, is the strongest simple filter known, and it learns from a single correction. The views err
/// on different messages: without pairs and the rest of the text an essay cannot drown a pitch, without the header a
/// new sender is no surprise.
struct TokenWeights: Sendable {
    /// Views: the tokens of header and body's head; everything; the body.
    static let views = 3

    /// One lane a view; the fourth is the feature's commonness.
    var weights: [SIMD4<Float>] = Array(repeating: .zero, count: FeatureSet.count)
    /// What a feature of one training message is worth in the view of everything: the logarithm of how many times as many
    /// messages there were. One that is more common is worth its commonness less (inverse document frequency), so that
    /// what all mail holds neither learns nor counts much.
    var rarest: Float = 1
    var bias = SIMD4<Float>.zero

    /// The three views' log-odds; 0 for an untrained model.
    func score(_ features: FeatureView) -> SIMD4<Float> {
        let (sums, scale) = sumsAndScale(features)
        return sums * scale + bias
    }

    private func sumsAndScale(_ features: FeatureView) -> (sums: SIMD4<Float>, scale: SIMD4<Float>) {
        weights.withUnsafeBufferPointer { weights in
            let segments = features.segments
            let header = Self.sum(weights, features.tokens, 0, segments.headerEnd)
            let head = Self.sum(weights, features.tokens, segments.headerEnd, segments.headEnd)
            let headerPairs = Self.sum(weights, features.pairs, 0, segments.headerPairsEnd)
            let rest =
                Self.sum(weights, features.tokens, segments.headEnd, segments.tokens)
                + Self.sum(weights, features.pairs, segments.headerPairsEnd, segments.pairs)
            let all = header + head + headerPairs + rest
            let sizes = features.sizes
            let worth = max(0, rarest * Float(sizes.all) - all.w)
            return (
                SIMD4(header.x + head.x, all.y, head.z + rest.z, 0),
                SIMD4(LinearScale.unit(sizes.head), LinearScale.unit(worth), LinearScale.unit(sizes.body), 0)
            )
        }
    }

    /// What each view's sum is multiplied by.
    func scale(_ features: FeatureView) -> SIMD4<Float> { sumsAndScale(features).scale }

    /// One step toward the label.
    mutating func learn(_ features: FeatureView, isSpam: Bool, rate: Float) {
        let (sums, scale) = sumsAndScale(features)
        let score = sums * scale + bias
        let truth: Float = isSpam ? 1 : 0
        let errors = SIMD4(
            truth - Logistic.probability(score.x), truth - Logistic.probability(score.y),
            truth - Logistic.probability(score.z), 0)
        let step = rate * errors * scale
        let rarest = rarest
        weights.withUnsafeMutableBufferPointer { weights in
            let segments = features.segments
            let wide = SIMD4(0, step.y, 0, 0)
            let body = SIMD4(0, step.y, step.z, 0)
            Self.add(SIMD4(step.x, step.y, 0, 0), rarest, weights, features.tokens, 0, segments.headerEnd)
            Self.add(step, rarest, weights, features.tokens, segments.headerEnd, segments.headEnd)
            Self.add(body, rarest, weights, features.tokens, segments.headEnd, segments.tokens)
            Self.add(wide, rarest, weights, features.pairs, 0, segments.headerPairsEnd)
            Self.add(body, rarest, weights, features.pairs, segments.headerPairsEnd, segments.pairs)
        }
        bias += rate * errors * LinearScale.bias
    }

    /// Learns how common each feature is from the messages that training is done with.
    ///
    /// - Parameter occurrences: of each feature, messages that hold it.
    mutating func setCommonness(_ occurrences: [Int32], messages: Int) {
        func worth(_ occurrences: Int32) -> Float {
            Float(Logistic.naturalLog(Double(messages + 1) / (Double(occurrences) + 0.5)))
        }
        rarest = max(worth(1), 1)
        for (index, count) in occurrences.enumerated() where count > 1 {
            weights[index].w = Commonness(min(rarest - worth(count), rarest - 0.1)).value
        }
    }

    mutating func move(toward other: TokenWeights, share: Float, _ touched: [UInt32]) {
        weights.withUnsafeMutableBufferPointer { mine in
            other.weights.withUnsafeBufferPointer { theirs in
                for feature in touched {
                    let index = Int(feature)
                    mine[index] += (theirs[index] - mine[index]) * share
                }
            }
        }
        bias += (other.bias - bias) * share
    }

    @inline(__always)
    private static func sum(
        _ weights: UnsafeBufferPointer<SIMD4<Float>>, _ features: UnsafeBufferPointer<UInt32>, _ start: Int,
        _ end: Int
    ) -> SIMD4<Float> {
        var sum = SIMD4<Float>.zero
        var i = start
        while i < end {
            sum += weights[Int(features[i])]
            i += 1
        }
        return sum
    }

    @inline(__always)
    private static func add(
        _ step: SIMD4<Float>, _ rarest: Float, _ weights: UnsafeMutableBufferPointer<SIMD4<Float>>,
        _ features: UnsafeBufferPointer<UInt32>, _ start: Int, _ end: Int
    ) {
        var i = start
        while i < end {
            let index = Int(features[i])
            let old = weights[index]
            weights[index] = old + step * SIMD4(1, rarest - old.w, 1, 0)
            i += 1
        }
    }
}

enum LinearScale {
    /// The bias learns this much slower than the features.
    static let bias: Float = 0.05

    /// The value of each of `count` binary features in a vector of unit length.
    static func unit(_ count: Int) -> Float { unit(Float(count)) }

    static func unit(_ worth: Float) -> Float { 1 / (worth + 1).squareRoot() }
}

/// How much less a feature is worth than one of a single message, in steps that a model file keeps exactly.
struct Commonness {
    private static let step: Float = 0.05
    let level: UInt8

    init(_ value: Float) { level = UInt8(min(max((value / Self.step).rounded(), 0), 255)) }

    init(level: UInt8) { self.level = level }

    var value: Float { Float(level) * Self.step }
}
