/// How well scores rank spam above ham.
package struct RankingQuality: Sendable, Equatable {
    /// 1 − the area under the ROC curve, 0…1: the share of (spam, ham) pairs in the wrong order, ties counted half.
    package var oneMinusAUC: Double
    /// Recall at 0.1 % and at 1 % false positives.
    package var recallAtTenthPercent: Double
    package var recallAtOnePercent: Double

    /// `nil` unless both classes occur. A threshold lies at the ham score of rank ⌊rate × ham⌋ from the top; spam must
    /// lie above it.
    package init?(spam: [Double], ham: [Double]) {
        guard !spam.isEmpty, !ham.isEmpty else { return nil }
        let sorted = ham.sorted()
        var right = 0.0
        for score in spam {
            let below = Self.lowerBound(sorted) { $0 < score }
            let notAbove = Self.lowerBound(sorted) { $0 <= score }
            right += Double(below + notAbove) / 2
        }
        oneMinusAUC = 1 - right / Double(spam.count) / Double(ham.count)
        func recall(_ rate: Double) -> Double {
            let rank = min(sorted.count - 1, Int(rate * Double(sorted.count)))
            let threshold = sorted[sorted.count - 1 - rank]
            return Double(spam.count { $0 > threshold }) / Double(spam.count)
        }
        recallAtTenthPercent = recall(0.001)
        recallAtOnePercent = recall(0.01)
    }

    private static func lowerBound(_ sorted: [Double], _ isBefore: (Double) -> Bool) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
