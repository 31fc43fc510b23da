/// Something wrong, or doubtful, in the configuration: where it stands, what it is, and what would be right.
package struct Problem: Hashable, Sendable, CustomStringConvertible {
    package enum Severity: String, Hashable, Sendable {
        /// The configuration cannot be used.
        case error
        /// It can, but probably not as meant, or not safely.
        case warning
    }

    package var severity: Severity
    /// The file's name as it was given; `nil` for the embedded default.
    package var file: String?
    /// `nil` where the problem has no place in the text: a file that cannot be read.
    package var place: Place?
    /// `customers[2].servers[0]`; empty for the whole file.
    package var keyPath: String
    package var message: String

    /// `sluice.yaml:12:5: error: limits.message-size: …`
    package var description: String {
        var text = file.map { $0 + ":" } ?? ""
        if let place { text += "\(place.line):\(place.column):" }
        if !text.isEmpty { text += " " }
        text += severity.rawValue + ": "
        if !keyPath.isEmpty { text += keyPath + ": " }
        return text + message
    }
}
