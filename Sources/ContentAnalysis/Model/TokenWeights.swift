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

    /// One lane a view; the fourth is unused.
    var weights: [SIMD4<Float>] = Array(repeating: .zero, count: FeatureSet.count)
    var bias = SIMD4<Float>.zero

    /// The three views' log-odds; 0 for an untrained model.
    func score(_ features: FeatureView) -> SIMD4<Float> {
        weights.withUnsafeBufferPointer { weights in
            let segments = features.segments
            let header = Self.sum(weights, features.tokens, 0, segments.headerEnd)
            let head = Self.sum(weights, features.tokens, segments.headerEnd, segments.headEnd)
            let headerPairs = Self.sum(weights, features.pairs, 0, segments.headerPairsEnd)
            let rest =
                Self.sum(weights, features.tokens, segments.headEnd, segments.tokens)
                + Self.sum(weights, features.pairs, segments.headerPairsEnd, segments.pairs)
            let all = header.y + head.y + headerPairs.y + rest.y
            return SIMD4(header.x + head.x, all, head.z + rest.z, 0) * Self.scale(features) + bias
        }
    }

    /// One step toward the label.
    mutating func learn(_ features: FeatureView, isSpam: Bool, rate: Float) {
        let score = score(features)
        let truth: Float = isSpam ? 1 : 0
        let errors = SIMD4(
            truth - Logistic.probability(score.x), truth - Logistic.probability(score.y),
            truth - Logistic.probability(score.z), 0)
        let step = rate * errors * Self.scale(features)
        weights.withUnsafeMutableBufferPointer { weights in
            let segments = features.segments
            let wide = SIMD4(0, step.y, 0, 0)
            let body = SIMD4(0, step.y, step.z, 0)
            Self.add(SIMD4(step.x, step.y, 0, 0), weights, features.tokens, 0, segments.headerEnd)
            Self.add(step, weights, features.tokens, segments.headerEnd, segments.headEnd)
            Self.add(body, weights, features.tokens, segments.headEnd, segments.tokens)
            Self.add(wide, weights, features.pairs, 0, segments.headerPairsEnd)
            Self.add(body, weights, features.pairs, segments.headerPairsEnd, segments.pairs)
        }
        bias += rate * errors * LinearScale.bias
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

    static func scale(_ features: FeatureView) -> SIMD4<Float> {
        let sizes = features.sizes
        return SIMD4(LinearScale.unit(sizes.head), LinearScale.unit(sizes.all), LinearScale.unit(sizes.body), 0)
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
        _ step: SIMD4<Float>, _ weights: UnsafeMutableBufferPointer<SIMD4<Float>>,
        _ features: UnsafeBufferPointer<UInt32>, _ start: Int, _ end: Int
    ) {
        var i = start
        while i < end {
            weights[Int(features[i])] += step
            i += 1
        }
    }
}

enum LinearScale {
    /// The bias learns this much slower than the features.
    static let bias: Float = 0.05

    /// The value of each of `count` binary features in a vector of unit length.
    static func unit(_ count: Int) -> Float { 1 / Float(count + 1).squareRoot() }
}
