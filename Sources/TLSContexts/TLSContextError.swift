/// Why a TLS context could not be made. `description` names the file and says what to do about it.
package struct TLSContextError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// A file is missing, not readable, too large, or not a regular file.
        case unreadable
        /// No PEM certificate or key in it, or one that does not parse.
        case malformed
        /// The key is not that of the first certificate.
        case keyMismatch
        /// The library refused the configuration.
        case configuration
    }

    package var code: Code
    package var message: String
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { cause.map { "\(message): \($0)" } ?? message }
}
