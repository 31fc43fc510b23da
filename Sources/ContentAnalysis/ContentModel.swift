/// The content model: three learners that err on different messages, standardised, summed and calibrated to log-odds.
///
/// `Documentation/content-model.md` tells why these three and what they reach. A value: copying it is cheap until one
/// copy learns.
package struct ContentModel: Sendable {
    /// 2^18 features a view: twice as many gain nothing measurable, and these stay in the cache.
    package static let featureBits = 18

    var body: LinearView
    var grams: LinearView
    var tokens: TokenCounts
    var calibration: Calibration

    package init() {
        body = LinearView(bits: Self.featureBits)
        grams = LinearView(bits: Self.featureBits)
        tokens = TokenCounts(bits: Self.featureBits)
        calibration = Calibration()
    }

    /// Messages learnt from.
    package var spamMessages: Int { tokens.spamMessages }
    package var hamMessages: Int { tokens.hamMessages }

    /// The calibrated log-odds that the sample is spam, within ±`Calibration.limit`.
    package func logOdds(_ sample: ContentSample) -> Double { logOdds(features(sample)) }

    func features(_ sample: ContentSample) -> FeatureSet {
        FeatureExtractor.features(of: sample, bits: Self.featureBits)
    }

    func logOdds(_ features: FeatureSet) -> Double { calibration.logOdds(scores(features)) }

    /// The raw scores of the three learners.
    func scores(_ features: FeatureSet) -> Calibration.Scores {
        [
            Double(body.score(features.body)), Double(grams.score(features.grams)),
            Double(tokens.score(features.header + features.body)),
        ]
    }

    /// Learns one labelled message, as a person's correction or an incident gives it.
    package mutating func learn(_ sample: ContentSample, isSpam: Bool) {
        learn(features(sample), isSpam: isSpam, rate: 5)
        tokens.learn(features(sample).headerAndBody, isSpam: isSpam)
    }

    mutating func learn(_ features: FeatureSet, isSpam: Bool, rate: Float) {
        body.learn(features.body, isSpam: isSpam, rate: rate)
        grams.learn(features.grams, isSpam: isSpam, rate: rate)
    }
}

extension FeatureSet {
    var headerAndBody: [UInt32] { header + body }
}
