/// Combines the strongest features' probabilities by Fisher's method, from a histogram of their levels: no sorting, no
/// logarithm a feature.
struct FisherScore {
    /// The strongest features that are combined: more of them let a long text drown a few plain words.
    private static let strongest = 60
    /// Log-odds a level.
    static let step = 12.0 / 127

    /// The difference of the two chi-square statistics as standard normal deviates: positive for spam, 0 when nothing
    /// known occurs.
    static func value(_ features: UnsafeBufferPointer<UInt32>, _ levels: UnsafeBufferPointer<Int8>) -> Float {
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 256) { histogram in
            histogram.initialize(repeating: 0)
            for feature in features { histogram[Int(levels[Int(feature)]) + 128] &+= 1 }
            return value(histogram)
        }
    }

    private static func value(_ histogram: UnsafeMutableBufferPointer<UInt16>) -> Float {
        var left = strongest
        var (againstHam, againstSpam) = (0.0, 0.0)
        logarithms.withUnsafeBufferPointer { logarithms in
            for level in stride(from: 127, through: 1, by: -1) {
                for sign in stride(from: 1, through: -1, by: -2) {
                    let signed = level * sign
                    let count = min(left, Int(histogram[signed + 128]))
                    guard count > 0 else { continue }
                    left -= count
                    againstHam += Double(count) * logarithms[128 - signed]
                    againstSpam += Double(count) * logarithms[128 + signed]
                }
                if left == 0 { break }
            }
        }
        guard left < strongest else { return 0 }
        let freedom = Double(2 * (strongest - left))
        return Float(deviate(-2 * againstHam, freedom) - deviate(-2 * againstSpam, freedom))
    }

    /// ln of the probability at each level.
    private static let logarithms: [Double] = (0...256).map { index in
        Logistic.naturalLog(Logistic.probability(Double(index - 128) * step))
    }

    /// Wilson and Hilferty: a chi-square value as a standard normal deviate.
    private static func deviate(_ chiSquare: Double, _ freedom: Double) -> Double {
        let spread = 2 / (9 * freedom)
        return (Logistic.cubeRoot(chiSquare / freedom) - (1 - spread)) / spread.squareRoot()
    }
}
