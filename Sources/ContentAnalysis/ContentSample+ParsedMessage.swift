import MailTypes
package import MessageFormat

extension ContentSample {
    /// The pieces of a message that content analysis looks at: one way for the gateway, `score`, training and replay.
    package init(_ message: ParsedMessage) {
        self.init(
            fields: message.header.fields.prefix(Bounds.fields).map { Field(name: $0.name, value: $0.decoded) },
            text: message.text, html: message.html, visibleHTML: message.htmlText,
            urls: message.urls.prefix(Bounds.urls).map(\.url),
            parts: message.parts.prefix(Bounds.parts).map { Part(contentType: $0.contentType, fileName: $0.fileName) },
            hiddenBytes: message.hiddenTextSize.bytes, misleadingLinks: message.urls.count { $0.showsAnotherHost })
    }
}
