package import ContentAnalysis

/// What judges a message's text: the model, or a fixed answer in tests. Called on event loops: it must not block.
package protocol ContentScoring: Sendable {
    /// Calibrated log-odds of spam.
    func logOdds(_ sample: ContentSample) -> Double
}

extension ContentModel: ContentScoring {}
