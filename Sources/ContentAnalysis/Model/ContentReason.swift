/// One readable reason behind a score: what was found, and what it added.
package struct ContentReason: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable {
        case word, subject, field, markup, host, url, attachment, trait
    }

    package var kind: Kind
    /// Printable, at most 40 characters; upper and lower case as the message has them.
    package var text: String
    /// What it added to the log-odds; positive speaks for spam.
    package var logOdds: Double

    /// `word "prize" +0.41`
    package var description: String {
        let rounded = (abs(logOdds) * 100).rounded() / 100
        return "\(kind.rawValue) \"\(text)\" \(logOdds < 0 ? "-" : "+")\(rounded)"
    }
}
