package import ContentAnalysis
package import MessageFormat

/// What judges a message's text: the model, or a fixed answer in tests. Called on event loops: it must not block.
package protocol ContentScoring: Sendable {
    /// Calibrated log-odds of spam.
    func logOdds(_ sample: ContentSample) -> Double
}

extension ContentModel: ContentScoring {}

extension ContentSample {
    /// The pieces of a message that content analysis looks at: one way for the gateway, `score`, training and replay.
    package init(_ message: ParsedMessage) {
        self.init(
            fields: message.header.fields.prefix(Bounds.fields).map { Field(name: $0.name, value: $0.decoded) },
            text: message.text, html: message.html, visibleHTML: message.htmlText,
            urls: message.urls.prefix(Bounds.urls).map(\.url),
            parts: message.parts.prefix(Bounds.parts).map { Part(contentType: $0.contentType, fileName: $0.fileName) })
    }
}
