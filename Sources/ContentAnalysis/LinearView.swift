/// Logistic regression over one view's features: binary, scaled to unit length, trained online.
///
/// Goodman and Yih (2006) and the TREC spam tracks: gradient descent on log loss, one message at a time, is the
/// strongest simple filter known, and it learns from a single correction.
struct LinearView: Sendable {
    /// One weight a feature index; 2^bits of them.
    var weights: [Float]
    var bias: Float = 0

    init(bits: Int) { weights = Array(repeating: 0, count: 1 << bits) }

    /// The log-odds of spam; 0 for an untrained view.
    func score(_ features: [UInt32]) -> Float {
        var sum: Float = 0
        weights.withUnsafeBufferPointer { weights in
            for index in features where Int(index) < weights.count { sum += weights[Int(index)] }
        }
        return sum * scale(features) + bias
    }

    /// One step toward the label. `rate` is the step's length: 100 for a first training's first pass, about 5 for one
    /// correction of a trained model.
    mutating func learn(_ features: [UInt32], isSpam: Bool, rate: Float) {
        let probability = Logistic.probability(Double(score(features)))
        let error = (isSpam ? 1 : 0) - Float(probability)
        let step = rate * error * scale(features)
        weights.withUnsafeMutableBufferPointer { weights in
            for index in features where Int(index) < weights.count { weights[Int(index)] += step }
        }
        bias += rate * error * 0.05
    }

    private func scale(_ features: [UInt32]) -> Float { 1 / Float(features.count + 1).squareRoot() }
}
