/// Logistic regression over structural traits and their pairs, as `TokenWeights`, one view: it knows no words, and
/// therefore recognises the program behind a campaign whose words are new.
struct StructureWeights: Sendable {
    var weights: [Float] = Array(repeating: 0, count: FeatureSet.structureCount)
    var bias: Float = 0

    /// Steps against those of `TokenWeights`: its features are the same few in all mail.
    private static let pace: Float = 0.5

    func score(_ features: FeatureView) -> Float {
        weights.withUnsafeBufferPointer { weights in
            var sum: Float = 0
            for feature in features.structure { sum += weights[Int(feature)] }
            return sum * LinearScale.unit(features.structure.count) + bias
        }
    }

    mutating func learn(_ features: FeatureView, isSpam: Bool, rate: Float) {
        let error = (isSpam ? 1 : 0) - Logistic.probability(score(features))
        let step = Self.pace * rate * error * LinearScale.unit(features.structure.count)
        weights.withUnsafeMutableBufferPointer { weights in
            for feature in features.structure { weights[Int(feature)] += step }
        }
        bias += Self.pace * rate * error * LinearScale.bias
    }

    mutating func move(toward other: StructureWeights, share: Float, _ touched: [UInt32]) {
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
