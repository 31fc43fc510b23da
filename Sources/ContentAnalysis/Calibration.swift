/// Turns the learners' raw scores into one calibrated log-odds: each is standardised by its own mean and spread over
/// held-out messages, the sum goes through a logistic fit (Platt).
struct Calibration: Sendable {
    typealias Scores = [Double]

    /// Beyond this the model claims more than its training can know.
    package static let limit = 12.0

    var means: Scores = [0, 0, 0]
    var deviations: Scores = [1, 1, 1]
    var slope = 1.0
    var offset = 0.0

    func logOdds(_ scores: Scores) -> Double {
        let value = slope * sum(scores) + offset
        return min(max(value, -Self.limit), Self.limit)
    }

    private func sum(_ scores: Scores) -> Double {
        zip(scores, zip(means, deviations)).reduce(0) { $0 + ($1.0 - $1.1.0) / $1.1.1 }
    }

    /// Fits to held-out scores. Classes are weighted alike, so that the result is evidence and not a prior: how much spam
    /// is sent is the sources' business.
    init(fitting held: [(scores: Scores, isSpam: Bool)]) {
        let spam = held.count { $0.isSpam }
        guard spam > 0, spam < held.count else { return }
        for learner in 0..<3 {
            let mean = held.reduce(0) { $0 + $1.scores[learner] } / Double(held.count)
            let variance = held.reduce(0) { $0 + ($1.scores[learner] - mean) * ($1.scores[learner] - mean) }
            means[learner] = mean
            deviations[learner] = max((variance / Double(held.count)).squareRoot(), 1e-3)
        }
        let samples = held.map { (x: sum($0.scores), y: $0.isSpam ? 1.0 : 0.0) }
        let weight = (spam: 0.5 / Double(spam), ham: 0.5 / Double(held.count - spam))
        // Newton's method on the two parameters, with a little ridge so that separable data stay finite.
        for _ in 0..<60 {
            var (g0, g1, h00, h01, h11) = (0.0, 1e-4 * slope, 1e-9, 0.0, 1e-4)
            for (x, y) in samples {
                let w = y > 0.5 ? weight.spam : weight.ham
                let p = Logistic.probability(slope * x + offset)
                g0 += w * (p - y)
                g1 += w * (p - y) * x
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

    init() {}
}
