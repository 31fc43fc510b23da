/// Logistic regression over byte 4-grams, as `TokenWeights`, one view: it knows no words and therefore sees what spelling
/// tricks and foreign scripts hide from them.
struct GramWeights: Sendable {
    var weights: [Float] = Array(repeating: 0, count: FeatureSet.gramCount)
    var bias: Float = 0

    func score(_ features: FeatureView) -> Float {
        weights.withUnsafeBufferPointer { weights in
            var sum: Float = 0
            for gram in features.grams { sum += weights[Int(gram)] }
            return sum * LinearScale.unit(features.grams.count) + bias
        }
    }

    mutating func learn(_ features: FeatureView, isSpam: Bool, rate: Float) {
        let error = (isSpam ? 1 : 0) - Logistic.probability(score(features))
        let step = rate * error * LinearScale.unit(features.grams.count)
        weights.withUnsafeMutableBufferPointer { weights in
            for gram in features.grams { weights[Int(gram)] += step }
        }
        bias += rate * error * LinearScale.bias
    }

    mutating func move(toward other: GramWeights, share: Float, _ touched: [UInt32]) {
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
}
