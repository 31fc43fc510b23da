/// The raw scores of the model's learners for one message.
struct LearnerScores: Sendable {
    /// Learners: structure; logistic regression over header and head, over everything, over the body; Fisher over header
    /// and head, over the header alone.
    static let count = 6
    /// What each is worth in the sum, once standardised. Weights learnt from held-out scores were no better than these.
    static let worth = SIMD8<Double>(1, 0.5, 2, 1, 1, 3, 0, 0)
    /// Fisher's learners count only when they clearly speak for spam: of spam unlike any before they know nothing, and
    /// their order among the rest says nothing.
    static let floor = SIMD8<Double>(-100, -100, -100, -100, 0.2, 0.2, 0, 0)

    var values: SIMD8<Double>
}

/// Turns the learners' raw scores into one calibrated log-odds: each is standardised by its own mean and spread over
/// held-out messages, both classes weighted alike, the sum goes through a logistic fit (Platt).
struct Calibration: Sendable {
    /// Beyond this the model claims more than its training can know.
    package static let limit = 12.0

    private static let ceiling = SIMD8<Double>(repeating: 100)

    /// Midway between the classes' means.
    var means = SIMD8<Double>.zero
    var deviations = SIMD8<Double>(repeating: 1)
    var slope = 1.0
    var offset = 0.0

    init() {}

    func logOdds(_ scores: LearnerScores) -> Double {
        let value = slope * sum(scores) + offset
        return min(max(value, -Self.limit), Self.limit)
    }

    /// What one unit of a learner's raw score adds to the log-odds.
    func gain(of learner: Int) -> Double { slope * LearnerScores.worth[learner] / deviations[learner] }

    private func sum(_ scores: LearnerScores) -> Double {
        let standard = (scores.values - means) / deviations
        return (LearnerScores.worth * standard.clamped(lowerBound: LearnerScores.floor, upperBound: Self.ceiling)).sum()
    }

    /// Fits to held-out scores. Classes are weighted alike, so that the result is evidence and not a prior: how much
    /// spam is sent is the sources' business.
    init(fitting held: [(scores: LearnerScores, isSpam: Bool)]) {
        let spam = held.count { $0.isSpam }
        guard spam > 0, spam < held.count else { return }
        let weight = (spam: 0.5 / Double(spam), ham: 0.5 / Double(held.count - spam))
        for item in held { means += item.scores.values * (item.isSpam ? weight.spam : weight.ham) }
        var squares = SIMD8<Double>.zero
        for item in held {
            let difference = item.scores.values - means
            squares += difference * difference * (item.isSpam ? weight.spam : weight.ham)
        }
        let spreads = squares.squareRoot()
        for learner in 0..<LearnerScores.count { deviations[learner] = max(spreads[learner], 1e-3) }
        fit(held.map { (sum($0.scores), $0.isSpam) }, spam: spam)
    }

    /// Newton's method on the two parameters, with a little ridge so that separable data stay finite.
    private mutating func fit(_ samples: [(x: Double, isSpam: Bool)], spam: Int) {
        let weight = (spam: 0.5 / Double(spam), ham: 0.5 / Double(samples.count - spam))
        for _ in 0..<60 {
            var (g0, g1, h00, h01, h11) = (0.0, 1e-4 * slope, 1e-9, 0.0, 1e-4)
            for (x, isSpam) in samples {
                let w = isSpam ? weight.spam : weight.ham
                let p = Logistic.probability(slope * x + offset)
                g0 += w * (p - (isSpam ? 1 : 0))
                g1 += w * (p - (isSpam ? 1 : 0)) * x
                let c = w * max(p * (1 - p), 1e-6)
                h00 += c
                h01 += c * x
                h11 += c * x * x
            }
            let determinant = h00 * h11 - h01 * h01
            guard determinant > 1e-12 else { break }
            let (d0, d1) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant)
            offset -= min(max(d0, -2), 2)
            slope -= min(max(d1, -2), 2)
        }
    }
}
