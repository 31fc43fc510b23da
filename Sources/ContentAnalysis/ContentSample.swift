/// What content analysis looks at: bounded pieces of one message, already decoded to UTF-8.
///
/// A value without addresses of memory or files, so that the gateway, `sluice score`, training and replay all judge
/// exactly the same bytes.
package struct ContentSample: Sendable {
    /// A header field: the name in lower case, the value decoded and unfolded.
    package struct Field: Sendable {
        package var name: [UInt8]
        package var value: [UInt8]

        package init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// The author's header fields in their order; at most `Bounds.fields` are looked at.
    package var fields: [Field]
    /// The decoded text/plain parts.
    package var text: [UInt8]
    /// The HTML source, decoded from its transfer encoding.
    package var html: [UInt8]
    /// What a reader sees of the HTML.
    package var visibleHTML: [UInt8]
    /// URLs as found in text and HTML.
    package var urls: [[UInt8]]
    /// Content types of the leaf parts (`text/plain`), with the attachments' file names.
    package var parts: [Part]
    /// Bytes of HTML text that styles hide from readers.
    package var hiddenBytes: Int
    /// Links whose text shows another host than they lead to.
    package var misleadingLinks: Int

    package struct Part: Sendable {
        package var contentType: [UInt8]
        package var fileName: [UInt8]

        package init(contentType: [UInt8], fileName: [UInt8]) {
            self.contentType = contentType
            self.fileName = fileName
        }
    }

    package init(
        fields: [Field], text: [UInt8], html: [UInt8] = [], visibleHTML: [UInt8] = [], urls: [[UInt8]] = [],
        parts: [Part] = [], hiddenBytes: Int = 0, misleadingLinks: Int = 0
    ) {
        self.fields = fields
        self.text = text
        self.html = html
        self.visibleHTML = visibleHTML
        self.urls = urls
        self.parts = parts
        self.hiddenBytes = hiddenBytes
        self.misleadingLinks = misleadingLinks
    }

    /// How much of a message is looked at, whatever its size: the cost of one judgement is bounded by these.
    package enum Bounds {
        package static let fields = 64
        package static let fieldNameBytes = 64
        package static let fieldBytes = 1024
        package static let bodyBytes = 24 * 1024
        /// The body's head, a view of its own: where a pitch stands, before an essay drowns it.
        package static let headBytes = 1500
        package static let words = 4000
        package static let markupBytes = 32 * 1024
        package static let markupFeatures = 2000
        package static let urls = 64
        package static let parts = 32
    }
}
