/// A URL that a message shows or loads.
package struct FoundURL: Hashable, Sendable {
    /// As written, entities resolved, without white space; at most `ReadingBounds.urlBytes`. `www.…` has no scheme.
    package var url: [UInt8]
    /// The host in lower case, without user, port or a final dot; empty for a URL without one (`mailto:`, `data:`).
    package var host: [UInt8]
    package var origin: Origin
    /// The link's visible text names a host outside this host's domain: what phishing does.
    package var showsAnotherHost: Bool

    package init(url: [UInt8], host: [UInt8], origin: Origin, showsAnotherHost: Bool = false) {
        self.url = url
        self.host = host
        self.origin = origin
        self.showsAnotherHost = showsAnotherHost
    }

    package enum Origin: UInt8, Hashable, Sendable {
        /// Plain text, or the visible text of HTML.
        case text
        /// `href` of a link, `action` of a form.
        case link
        /// `src`, `background`: loaded when the message is shown.
        case resource
    }
}
