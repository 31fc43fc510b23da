/// Robinson's and Fisher's combination of token probabilities (as SpamAssassin's and bogofilter's Bayes): how often each
/// feature was seen in spam and in ham.
///
/// It errs on other messages than the linear views do, which is why it is here: it trusts few strong tokens, they
/// weigh all.
struct TokenCounts: Sendable {
    /// Messages that held the feature, by index.
    var spam: [UInt16]
    var ham: [UInt16]
    var spamMessages: Int = 0
    var hamMessages: Int = 0

    /// Robinson's prior strength and probability, and how far from one half a token must be to count; SpamAssassin's
    /// values, measured best here too.
    private static let strength: Float = 0.03
    private static let prior: Float = 0.538
    private static let minimumDeviation: Float = 0.346
    /// The strongest tokens that are combined.
    private static let strongest = 150

    init(bits: Int) {
        spam = Array(repeating: 0, count: 1 << bits)
        ham = spam
    }

    mutating func learn(_ features: [UInt32], isSpam: Bool) {
        if isSpam { spamMessages += 1 } else { hamMessages += 1 }
        for index in features where Int(index) < spam.count {
            let i = Int(index)
            if isSpam {
                spam[i] = spam[i] == .max ? .max : spam[i] + 1
            } else {
                ham[i] = ham[i] == .max ? .max : ham[i] + 1
            }
        }
    }

    /// The difference of the two chi-square statistics as standard normal deviates: positive for spam, 0 when nothing
    /// known occurs.
    func score(_ features: [UInt32]) -> Float {
        guard spamMessages > 0, hamMessages > 0 else { return 0 }
        var probabilities: [Float] = []
        probabilities.reserveCapacity(features.count)
        let (spams, hams) = (Float(spamMessages), Float(hamMessages))
        for index in features where Int(index) < spam.count {
            let (inSpam, inHam) = (Float(spam[Int(index)]), Float(ham[Int(index)]))
            let seen = inSpam + inHam
            guard seen > 0 else { continue }
            let (a, b) = (inSpam / spams, inHam / hams)
            let probability = (Self.strength * Self.prior + seen * (a / (a + b))) / (Self.strength + seen)
            if abs(probability - 0.5) >= Self.minimumDeviation { probabilities.append(probability) }
        }
        if probabilities.count > Self.strongest {
            probabilities.sort { (abs($0 - 0.5), $0) > (abs($1 - 0.5), $1) }
            probabilities.removeLast(probabilities.count - Self.strongest)
        }
        guard !probabilities.isEmpty else { return 0 }
        var (againstHam, againstSpam) = (0.0, 0.0)
        for probability in probabilities {
            againstHam += Logistic.naturalLog(Double(1 - probability))
            againstSpam += Logistic.naturalLog(Double(probability))
        }
        let freedom = Double(2 * probabilities.count)
        return Float(Self.deviate(-2 * againstHam, freedom) - Self.deviate(-2 * againstSpam, freedom))
    }

    /// Wilson and Hilferty: a chi-square value as a standard normal deviate.
    private static func deviate(_ chiSquare: Double, _ freedom: Double) -> Double {
        let spread = 2 / (9 * freedom)
        return (Logistic.cubeRoot(chiSquare / freedom) - (1 - spread)) / spread.squareRoot()
    }
}
