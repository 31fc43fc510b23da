/// Why a clean-up could not go on. What concerns one message only is an outcome, not an error.
package struct CleanupError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// A file of the work folder or an archive cannot be read or written.
        case file
        /// An archive or record that is damaged or of another version.
        case damaged
        /// What was asked makes no sense.
        case usage
        /// Another run is under way.
        case busy
        /// Nobody takes restored messages.
        case restore
    }

    package var code: Code
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
