package import ContentAnalysis
package import MailTypes

/// What judges a message's text: the model, or a fixed answer in tests. Called on event loops: it must not block.
package protocol ContentScoring: Sendable {
    /// Calibrated log-odds of spam.
    func logOdds(_ sample: ContentSample) -> Double

    /// The same with what people have said about this customer's mail.
    func logOdds(_ sample: ContentSample, of customer: CustomerID?) -> Double
}

extension ContentScoring {
    package func logOdds(_ sample: ContentSample, of customer: CustomerID?) -> Double { logOdds(sample) }
}

extension ContentModel: ContentScoring {}
