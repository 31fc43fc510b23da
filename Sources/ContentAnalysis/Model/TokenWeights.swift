/// Logistic regression over tokens, three views at once: one weight a view in each lane, so that a token costs one
/// look-up.
///
/// Goodman and Yih (2006) and the TREC spam tracks: gradient descent on log loss, one message at a time over binary
/// features of unit length, is the strongest simple filter known, and it learns from a single correction. The views err
/// on different messages: without the rest of the text an essay cannot drown a pitch, without the header a new sender
/// is no surprise.
struct TokenWeights: Sendable {
    /// Lanes: header and head, everything, head alone; the fourth is unused.
    var weights: [SIMD4<Float>] = Array(repeating: .zero, count: FeatureSet.count)
    var bias = SIMD4<Float>.zero

    /// The three views' log-odds; 0 for an untrained model.
    func score(_ features: FeatureSet) -> SIMD4<Float> {
        let head = sum(features, features.head)
        let header = sum(features, features.header)
        let all = header + head + sum(features, features.rest)
        return SIMD4(header.x + head.x, all.y, head.z, 0) * scale(features) + bias
    }

    /// One step toward the label.
    mutating func learn(_ features: FeatureSet, isSpam: Bool, rate: Float) {
        let score = score(features)
        let truth: Float = isSpam ? 1 : 0
        let errors = SIMD4(
            truth - Logistic.probability(score.x), truth - Logistic.probability(score.y),
            truth - Logistic.probability(score.z), 0)
        let step = rate * errors * scale(features)
        add(SIMD4(step.x, step.y, 0, 0), features, features.header)
        add(step, features, features.head)
        add(SIMD4(0, step.y, 0, 0), features, features.rest)
        bias += rate * errors * LinearScale.bias
    }

    mutating func move(toward other: TokenWeights, share: Float) {
        for index in weights.indices { weights[index] += (other.weights[index] - weights[index]) * share }
        bias += (other.bias - bias) * share
    }

    private func scale(_ features: FeatureSet) -> SIMD4<Float> {
        SIMD4(
            LinearScale.unit(features.headEnd), LinearScale.unit(features.tokens.count),
            LinearScale.unit(features.head.count), 0)
    }

    private func sum(_ features: FeatureSet, _ range: Range<Int>) -> SIMD4<Float> {
        var sum = SIMD4<Float>.zero
        let (weights, tokens) = (weights.span, features.tokens.span)
        for i in range { sum += weights[Int(tokens[i])] }
        return sum
    }

    private mutating func add(_ step: SIMD4<Float>, _ features: FeatureSet, _ range: Range<Int>) {
        var weights = weights.mutableSpan
        let tokens = features.tokens.span
        for i in range { weights[Int(tokens[i])] += step }
    }
}

enum LinearScale {
    /// The bias learns this much slower than the features.
    static let bias: Float = 0.05

    /// The value of each of `count` binary features in a vector of unit length.
    static func unit(_ count: Int) -> Float { 1 / Float(count + 1).squareRoot() }
}
