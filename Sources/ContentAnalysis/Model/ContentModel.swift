/// The content model: six learners that err on different messages, standardised, summed and calibrated to log-odds.
///
/// `Documentation/content-model.md` tells why these and what they reach. A value: copying it is cheap until one copy
/// learns. About 12 MiB.
package struct ContentModel: Sendable {
    var tokens = TokenWeights()
    var structure = StructureWeights()
    var counts = FisherCounts()
    var calibration = Calibration()

    /// Messages learnt from.
    package internal(set) var messages = MessageCounts()
    /// Which program made the model; at most `createdByBytes`.
    package var createdBy = ""

    package static let createdByBytes = 64
    /// The step of one correction: about that of a training's last pass.
    private static let correctionRate: Float = 8

    /// A model that knows nothing: every message has log-odds 0.
    package init() {}

    package var spamMessages: Int { messages.spam }
    package var hamMessages: Int { messages.ham }

    /// The calibrated log-odds that the sample is spam, within ±12: evidence, without a prior.
    package func logOdds(_ sample: ContentSample) -> Double {
        guard messages != MessageCounts() else { return 0 }
        return calibration.logOdds(FeatureExtractor.withFeatures(of: sample) { view, _ in scores(view) })
    }

    func logOdds(_ features: FeatureSet) -> Double {
        messages == MessageCounts() ? 0 : calibration.logOdds(features.withView(scores))
    }

    func scores(_ features: FeatureView) -> LearnerScores {
        let views = tokens.score(features)
        let segments = features.segments
        return LearnerScores(
            values: SIMD8(
                Double(structure.score(features)), Double(views.x), Double(views.y), Double(views.z),
                Double(counts.score(features.tokens[..<segments.headEnd])),
                Double(counts.score(features.tokens[..<segments.headerEnd])), 0, 0))
    }

    /// Learns one labelled message, as a person's correction or an incident gives it.
    ///
    /// - Parameter weight: 1 for one correction; more for a certain one, at most 10.
    package mutating func learn(_ sample: ContentSample, isSpam: Bool, weight: Float = 1) {
        learn(FeatureExtractor.features(of: sample), isSpam: isSpam, weight: weight)
    }

    mutating func learn(_ features: FeatureSet, isSpam: Bool, weight: Float) {
        count(features, isSpam: isSpam)
        step(features, isSpam: isSpam, rate: Self.correctionRate * min(max(weight, 0), 10))
    }

    mutating func count(_ features: FeatureSet, isSpam: Bool) {
        if isSpam { messages.spam += 1 } else { messages.ham += 1 }
        features.withView { counts.learn($0.tokens, isSpam: isSpam, of: messages) }
    }

    mutating func step(_ features: FeatureSet, isSpam: Bool, rate: Float) {
        features.withView { view in
            tokens.learn(view, isSpam: isSpam, rate: rate)
            structure.learn(view, isSpam: isSpam, rate: rate)
        }
    }

    /// Moves the touched weights toward another model's: by all of the way when `share` is 1.
    mutating func moveWeights(toward other: ContentModel, share: Float, _ touched: TouchedFeatures) {
        tokens.move(toward: other.tokens, share: share, touched.tokens)
        structure.move(toward: other.structure, share: share, touched.structure)
    }

    /// Sets the touched weights back to another model's.
    mutating func takeWeights(of other: ContentModel, _ touched: TouchedFeatures) {
        moveWeights(toward: other, share: 1, touched)
    }

    /// Brings what depends on the number of messages up to date, after many were counted.
    mutating func refresh() { counts.refresh(messages) }
}
