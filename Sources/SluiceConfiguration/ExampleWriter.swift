import MailTypes

/// Writes the catalogue of keys as a commented file.
///
/// Keys with a default stand with it; the others are commented out, with a value to show the form. A line that begins with
/// `#` and one space is a comment; taking the `#` off any other gives a setting.
struct ExampleWriter {
    private static let width = 110

    private var text = ""
    /// Above 0 within lists and optional sections: everything in them is commented out.
    private var commentedLevels = 0
    private var indentation = 0
    private var startsItem = false

    static func write(_ catalogue: Catalogue) -> String {
        var writer = ExampleWriter()
        writer.text = """
            # Sluice's configuration: every key with its default. Keys without a default are commented out, with an example.
            # `sluice config check FILE` says what is wrong with a file; SIGHUP makes a running gateway read it again.

            """
        var open: [Catalogue.Presence] = []
        for item in catalogue.items {
            switch item {
            case .key(let key): writer.key(key)
            case .begin(let name, let about, let presence):
                writer.begin(name, about, presence)
                open.append(presence)
            case .end:
                let presence = open.popLast() ?? .always
                writer.indentation -= presence == .list ? 4 : 2
                if presence != .always { writer.commentedLevels -= 1 }
            }
        }
        return writer.text
    }

    /// The text as a YAML value: quoted where it would not be taken as it is.
    static func quoted(_ text: String) -> String {
        let isPlain =
            text.utf8.first.map { ASCII.isAlphanumeric($0) || [0x2f, 0x2e].contains($0) } == true
            && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || [0x2e, 0x2d, 0x2f, 0x5f, 0x40].contains($0) }
        if isPlain || text.hasPrefix("'") { return text }
        return "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
    }

    private mutating func begin(_ name: String, _ about: String, _ presence: Catalogue.Presence) {
        if indentation == 0 { text += "\n" }
        comment(about)
        if presence != .always { commentedLevels += 1 }
        setting(name + ":", isCommented: false)
        indentation += 2
        if presence == .list {
            startsItem = true
            indentation += 2
        }
    }

    private mutating func key(_ key: Catalogue.Key) {
        let value = key.standard ?? key.example
        let shown = key.isList ? value : Self.quoted(value)
        if indentation == 0 { text += "\n" }
        if key.isAlternative {
            comment("\(key.name): \(shown): \(key.about)")
            return
        }
        comment(key.about.isEmpty ? "" : key.about)
        setting("\(key.name): \(shown)", isCommented: key.standard == nil)
    }

    private mutating func setting(_ line: String, isCommented: Bool) {
        var indent = String(repeating: " ", count: indentation)
        if startsItem {
            indent = String(indent.dropLast(2)) + "- "
            startsItem = false
        }
        text += (isCommented || commentedLevels > 0 ? "#" : "") + indent + line + "\n"
    }

    /// Comments within a list's item stand before the item's first key, as all do.
    private mutating func comment(_ about: String) {
        guard !about.isEmpty else { return }
        let indent = String(repeating: " ", count: indentation)
        let marker = commentedLevels > 0 ? "#" + indent + "# " : indent + "# "
        var line = marker
        for word in about.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            if line.count + word.count > Self.width, line != marker {
                text += line.trimmedEnd + "\n"
                line = marker
            }
            line += word + " "
        }
        text += line.trimmedEnd + "\n"
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension Configuration {
    /// A file with every key, its meaning and its default: what `sluice config example` prints.
    package static var example: String { ExampleWriter.write(catalogue) }

    /// Every key, from a run of the decoder itself.
    static var catalogue: Catalogue {
        let decoding = Decoding(file: nil, files: .none, checkCredential: { _ in nil })
        decoding.catalogue = Catalogue()
        _ = Configuration(Section(decoding, path: "", node: nil))
        return decoding.catalogue ?? Catalogue()
    }
}
