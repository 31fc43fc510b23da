import MailTypes

/// A notice's content before it is text or HTML: both are made from the same blocks, so they never differ.
///
/// Every string here is already safe to show (`SafeQuote`); HTML escaping happens in one place, `html`.
struct NoticeDocument {
    var title: String
    var blocks: [Block] = []

    enum Block {
        case heading(String)
        case paragraph(String)
        case list([String])
        /// To be done one after the other.
        case steps([String])
        /// Label and value.
        case facts([(String, String)])
        /// Lines to type.
        case commands([String])
        /// What a message said.
        case quote([String])
        /// A link of our own.
        case link(String)
    }

    // MARK: - Text

    /// Lines of at most about 76 columns, ending in LF.
    var text: String {
        var lines = [title, String(repeating: "=", count: min(76, title.unicodeScalars.count)), ""]
        for block in blocks {
            switch block {
            case .heading(let text): lines += [text, String(repeating: "-", count: min(76, text.unicodeScalars.count))]
            case .paragraph(let text): lines += Self.wrapped(text, indent: "", first: "") + [""]
            case .list(let items):
                for item in items { lines += Self.wrapped(item, indent: "  ", first: "- ") }
                lines.append("")
            case .steps(let items):
                for (number, item) in items.enumerated() {
                    lines += Self.wrapped(item, indent: "       ", first: "[ ] \(number + 1). ")
                }
                lines.append("")
            case .facts(let facts):
                let width = facts.map(\.0.count).max() ?? 0
                for (label, value) in facts {
                    lines.append(label + ": " + String(repeating: " ", count: width - label.count) + value)
                }
                lines.append("")
            case .commands(let commands): lines += commands.map { "    " + $0 } + [""]
            case .quote(let quoted): lines += quoted.map { $0.isEmpty ? "  |" : "  | " + $0 } + [""]
            case .link(let url): lines += [url, ""]
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func wrapped(_ text: String, indent: String, first: String) -> [String] {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + word.count + 1 > 76 {
                lines.append(line)
                line = indent
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }

    // MARK: - HTML

    /// A page without scripts, images, styles from elsewhere, or links but our own, in the template's frame.
    func html(_ template: NoticeTemplate) -> String {
        let body = blocks.flatMap(Self.html).joined(separator: "\n")
        return template.text(
            "html", ["language": template.text("language"), "title": MarkupText.escaped(title), "body": body]) + "\n"
    }

    private static func html(_ block: Block) -> [String] {
        switch block {
        case .heading(let text): ["<h2 style=\"font-size:1.1em\">\(MarkupText.escaped(text))</h2>"]
        case .paragraph(let text): ["<p>\(MarkupText.escaped(text))</p>"]
        case .list(let items): ["<ul>"] + items.map { "<li>\(MarkupText.escaped($0))</li>" } + ["</ul>"]
        case .steps(let items): ["<ol>"] + items.map { "<li>\(MarkupText.escaped($0))</li>" } + ["</ol>"]
        case .facts(let facts):
            ["<table>"]
                + facts.map {
                    "<tr><th style=\"text-align:left;padding-right:1em\">\(MarkupText.escaped($0.0))</th><td>\(MarkupText.escaped($0.1))</td></tr>"
                } + ["</table>"]
        case .commands(let commands): ["<pre>"] + commands.map(MarkupText.escaped) + ["</pre>"]
        case .quote(let quoted):
            ["<pre style=\"border-left:3px solid #999;padding-left:1em;white-space:pre-wrap\">"]
                + quoted.map(MarkupText.escaped)
                + ["</pre>"]
        case .link(let url): ["<p><a href=\"\(MarkupText.escaped(url))\">\(MarkupText.escaped(url))</a></p>"]
        }
    }
}
