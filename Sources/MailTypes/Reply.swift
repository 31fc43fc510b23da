/// An SMTP reply: code, enhanced code where it has one, and the lines of its text.
///
/// Text that came from outside (a peer's reply, an address) passes `SafeText` before it becomes part of a reply of ours:
/// a line break in it would be another reply (SMTP injection).
package struct Reply: Hashable, Sendable {
    package var code: ReplyCode
    package var enhanced: EnhancedStatusCode?
    /// At least one line, without line ends.
    package var lines: [String]

    package init(_ code: ReplyCode, _ enhanced: EnhancedStatusCode? = nil, _ text: String) {
        self.init(code, enhanced, lines: [text])
    }

    package init(_ code: ReplyCode, _ enhanced: EnhancedStatusCode? = nil, lines: [String]) {
        self.code = code
        self.enhanced = enhanced
        self.lines = lines.isEmpty ? [""] : lines
    }

    /// The lines joined by spaces, for logs and delivery status.
    package var text: String { lines.joined(separator: " ") }
}

extension Reply: CustomStringConvertible {
    /// `550 5.7.1 text`, on one line.
    package var description: String { enhanced.map { "\(code) \($0) \(text)" } ?? "\(code) \(text)" }
}
