/// How well a model told spam from ham; encodes to JSON with these names.
package struct EvaluationResult: Encodable, Sendable, CustomStringConvertible {
    package var spam: Int
    package var ham: Int
    /// Shares, 0…1.
    package var oneMinusAUC: Double
    package var recallAtTenthPercent: Double
    package var recallAtOnePercent: Double
    package var calibration: CalibrationTable
    /// Spam that the model takes for ham, worst first.
    package var missedSpam: [Mistake]
    /// Ham that the model takes for spam, worst first.
    package var suspectedHam: [Mistake]

    package struct Mistake: Encodable, Hashable, Sendable {
        package var id: String
        package var logOdds: Double
    }

    /// Lines for people.
    package var description: String {
        var lines = [
            "messages                \(spam) spam, \(ham) ham",
            "1 - AUC                 \(Self.percent(oneMinusAUC, 3)) %",
            "recall at 0.1 % false   \(Self.percent(recallAtTenthPercent, 1)) %",
            "recall at 1 % false     \(Self.percent(recallAtOnePercent, 1)) %",
            "calibration             \(calibration)",
        ]
        if !missedSpam.isEmpty { lines.append("missed spam             " + Self.list(missedSpam)) }
        if !suspectedHam.isEmpty { lines.append("suspected ham           " + Self.list(suspectedHam)) }
        return lines.joined(separator: "\n")
    }

    private static func list(_ mistakes: [Mistake]) -> String {
        mistakes.map { "\($0.id) (\(rounded($0.logOdds, 1)))" }.joined(separator: ", ")
    }

    private static func percent(_ share: Double, _ digits: Int) -> Double { rounded(share * 100, digits) }

    static func rounded(_ value: Double, _ digits: Int) -> Double {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        return (value * scale).rounded() / scale
    }
}
