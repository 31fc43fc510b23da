/// Why facts could not be gathered.
package struct AuditError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// No connection, or it ended.
        case connection
        /// No answer in time.
        case timeout
        /// The peer spoke no SMTP.
        case malformed
        /// TLS could not be begun.
        case tls
        /// What was given cannot be used.
        case input
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
