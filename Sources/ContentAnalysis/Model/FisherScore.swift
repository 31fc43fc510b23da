/// Combines the strongest features' probabilities by Fisher's method, from a histogram of their levels: no sorting, no
/// logarithm a feature.
struct FisherScore {
    /// The strongest features that are combined.
    private static let strongest = 300
    /// Log-odds a level.
    static let step = 12.0 / 127

    private var histogram: [UInt16] = Array(repeating: 0, count: 256)

    mutating func add(_ features: [UInt32], _ counts: FisherCounts) {
        let (features, levels) = (features.span, counts.levels.span)
        for i in 0..<features.count { histogram[Int(levels[Int(features[i])]) + 128] &+= 1 }
    }

    /// The difference of the two chi-square statistics as standard normal deviates: positive for spam, 0 when nothing
    /// known occurs.
    var value: Float {
        var left = Self.strongest
        var (againstHam, againstSpam) = (0.0, 0.0)
        for level in stride(from: 127, through: 1, by: -1) {
            for signed in [level, -level] {
                let count = min(left, Int(histogram[signed + 128]))
                guard count > 0 else { continue }
                left -= count
                againstHam += Double(count) * Self.logarithms[128 - signed]
                againstSpam += Double(count) * Self.logarithms[128 + signed]
            }
            if left == 0 { break }
        }
        guard left < Self.strongest else { return 0 }
        let freedom = Double(2 * (Self.strongest - left))
        return Float(Self.deviate(-2 * againstHam, freedom) - Self.deviate(-2 * againstSpam, freedom))
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
