/// Why a mail server's queue could not be read or changed as a whole. What concerns one message only is an outcome, not an
/// error.
package struct MTAError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// No such mail server, program or folder.
        case notFound
        /// Needs root.
        case forbidden
        /// A program ended badly, wrote too much or took too long.
        case program
        /// A folder or file cannot be read.
        case unreadable
        /// More messages than are looked at.
        case tooMany
    }

    package var code: Code
    /// For people; made of the system's words and paths, so to be shown through `SafeText`.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
