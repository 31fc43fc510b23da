/// A YAML value with the place where it stands.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        /// The text, and whether it was quoted (a quoted `null` is text).
        case scalar(String, isQuoted: Bool)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    struct Entry: Sendable {
        var key: String
        var place: Place
        var value: YAMLNode
    }

    var content: Content
    var place: Place

    /// An empty value, `~` or `null`: the same as leaving the key out.
    var isNull: Bool {
        if case .scalar(let text, isQuoted: false) = content { return ["", "~", "null"].contains(text) }
        return false
    }

    /// For error messages.
    var kindName: String {
        switch content {
        case .scalar: isNull ? "nothing" : "a single value"
        case .sequence: "a list"
        case .mapping: "a section (key: value)"
        }
    }
}

/// A line and a column in the file, both from 1; columns count Unicode scalars.
package struct Place: Hashable, Sendable, Comparable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (a: Place, b: Place) -> Bool { (a.line, a.column) < (b.line, b.column) }
}
