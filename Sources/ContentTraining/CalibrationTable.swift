import ContentAnalysis

/// Whether log-odds mean what they say: of the messages with log-odds in a range, how many are spam, both classes weighted
/// alike.
package struct CalibrationTable: Encodable, Sendable, CustomStringConvertible {
    package struct Row: Encodable, Hashable, Sendable {
        /// Log-odds from here, up to the next row's.
        package var from: Double
        package var spam: Int
        package var ham: Int
        /// The observed share of spam, both classes weighted alike; `nil` where there are no messages.
        package var share: Double?
        /// The mean of what the model said; `nil` likewise.
        package var said: Double?
    }

    package var rows: [Row]
    /// Mean log loss in bits, both classes weighted alike: 1 says nothing, 0 is perfect.
    package var logLoss: Double

    private static let limits = [-13.0, -6, -3, -1, 0, 1, 3, 6]

    init(spam: [Double], ham: [Double]) {
        rows = []
        let weights = (spam: 0.5 / Double(max(1, spam.count)), ham: 0.5 / Double(max(1, ham.count)))
        for (index, from) in Self.limits.enumerated() {
            let to = index + 1 < Self.limits.count ? Self.limits[index + 1] : .infinity
            let (inSpam, inHam) = (spam.filter { $0 >= from && $0 < to }, ham.filter { $0 >= from && $0 < to })
            let (a, b) = (Double(inSpam.count) * weights.spam, Double(inHam.count) * weights.ham)
            let said =
                inSpam.reduce(0) { $0 + Logistic.probability($1) * weights.spam }
                + inHam.reduce(0) { $0 + Logistic.probability($1) * weights.ham }
            rows.append(
                Row(
                    from: from, spam: inSpam.count, ham: inHam.count, share: a + b > 0 ? a / (a + b) : nil,
                    said: a + b > 0 ? said / (a + b) : nil))
        }
        logLoss =
            spam.reduce(0) { $0 + Logistic.bits(ofProbability: Logistic.probability($1)) * weights.spam }
            + ham.reduce(0) { $0 + Logistic.bits(ofProbability: Logistic.probability(-$1)) * weights.ham }
    }

    package var description: String {
        let parts = rows.filter { $0.spam + $0.ham > 0 }.map { row in
            "from \(Int(row.from)): \(row.spam) spam, \(row.ham) ham"
        }
        return "log loss \(EvaluationResult.rounded(logLoss, 3)) bits; " + parts.joined(separator: "; ")
    }
}
