/// Logistic regression over byte 4-grams, as `TokenWeights`, one view: it knows no words and therefore sees what spelling
/// tricks and foreign scripts hide from them.
struct GramWeights: Sendable {
    var weights: [Float] = Array(repeating: 0, count: FeatureSet.count)
    var bias: Float = 0

    func score(_ features: FeatureSet) -> Float {
        var sum: Float = 0
        let (weights, grams) = (weights.span, features.grams.span)
        for i in 0..<grams.count { sum += weights[Int(grams[i])] }
        return sum * LinearScale.unit(grams.count) + bias
    }

    mutating func learn(_ features: FeatureSet, isSpam: Bool, rate: Float) {
        let error = (isSpam ? 1 : 0) - Logistic.probability(score(features))
        let grams = features.grams.span
        let step = rate * error * LinearScale.unit(grams.count)
        var weights = weights.mutableSpan
        for i in 0..<grams.count { weights[Int(grams[i])] += step }
        bias += rate * error * LinearScale.bias
    }

    mutating func move(toward other: GramWeights, share: Float) {
        for index in weights.indices { weights[index] += (other.weights[index] - weights[index]) * share }
        bias += (other.bias - bias) * share
    }
}
