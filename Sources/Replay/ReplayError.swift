/// Why a replay cannot go on.
package struct ReplayError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable {
        /// A file is not there or cannot be read.
        case unreadable
        /// A program that unpacks it could not be run, or failed.
        case unpacking
        /// A line or a file is not of the form.
        case malformed
        /// The decisions or the report cannot be written.
        case unwritable
    }

    package var code: Code
    package var message: String
    package var description: String { "replay: \(message)" }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
