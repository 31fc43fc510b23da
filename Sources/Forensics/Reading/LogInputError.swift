/// Why an input could not be read.
package struct LogInputError: Error, CustomStringConvertible {
    package enum Code: Sendable { case missing, unreadable, damaged, nothingFound }

    package var code: Code
    /// The file, or what was asked for.
    package var path: String
    package var message: String

    package init(code: Code, path: String, message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    package var description: String { "\(path): \(message)" }
}
