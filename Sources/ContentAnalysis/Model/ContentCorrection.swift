import MailTypes

/// What people have said about one customer's mail, beside the model that all share: it moves that customer's scores, by
/// at most `limit`, and nobody else's.
///
/// A small linear model over hashed tokens. 8 KiB, whatever is learnt.
package struct ContentCorrection: Hashable, Sendable {
    /// What a correction adds to the model's log-odds at most, either way. Below what holds a message by itself: who calls
    /// all of his spam good takes away this much and no more.
    package static let limit = 2.0
    /// What one lesson moves the score of its own text.
    private static let step: Float = 0.6
    private static let buckets = 2048
    private static let largestWeight: Float = 4

    private var weights = [Float](repeating: 0, count: buckets)

    package init() {}

    /// Learns a text. One that is already where it should be changes nothing, so that repeating it gains nothing.
    package mutating func learn(_ features: ContentFeatures, isSpam: Bool) {
        features.values.withView { view in
            let sign: Float = isSpam ? 1 : -1
            guard !view.tokens.isEmpty, sign * sum(view) < Float(Self.limit) else { return }
            let change = sign * Self.step / Float(view.tokens.count).squareRoot()
            for token in view.tokens {
                let place = Self.place(token)
                weights[place] = min(max(weights[place] + change, -Self.largestWeight), Self.largestWeight)
            }
        }
    }

    /// Log-odds to be added to the model's, within ±`limit`.
    package func logOdds(_ features: ContentFeatures) -> Double { features.values.withView(logOdds) }

    func logOdds(_ view: FeatureView) -> Double { min(max(Double(sum(view)), -Self.limit), Self.limit) }

    private func sum(_ view: FeatureView) -> Float {
        guard !view.tokens.isEmpty else { return 0 }
        var sum: Float = 0
        for token in view.tokens { sum += weights[Self.place(token)] }
        return sum / Float(view.tokens.count).squareRoot()
    }

    private static func place(_ token: UInt32) -> Int { Int((token &* 0x9e37_79b1) >> 21) }
}

extension ContentModel {
    /// The model's log-odds and a customer's correction; features are taken once.
    package func logOdds(_ sample: ContentSample, corrected correction: ContentCorrection) -> Double {
        guard messages != MessageCounts() else { return 0 }
        return FeatureExtractor.withFeatures(of: sample) { view, _ in
            calibration.logOdds(scores(view)) + correction.logOdds(view)
        }
    }
}
