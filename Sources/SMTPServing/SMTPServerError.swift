/// Why the intake could not start.
package struct SMTPServerError: Error, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// An address could not be bound.
        case bind
        /// A listener that takes logins has no certificate.
        case tlsNeeded
        /// Started twice, or after its end.
        case alreadyStarted
    }

    package var code: Code
    package var message: String
    package var cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { cause.map { "\(message): \($0)" } ?? message }
}
