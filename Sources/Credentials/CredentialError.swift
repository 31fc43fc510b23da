/// Why a stored password cannot be used, or none can be made.
package struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable {
        /// The text is no stored password.
        case malformed
        /// The method is guessed too quickly, or stores the password itself.
        case tooWeak
        /// One check would take too much memory or time.
        case tooCostly
        /// The method is not known here.
        case unsupported
        /// A library failed, as when there is no memory.
        case failed
    }

    package var code: Code
    /// For people; never holds any part of the stored password.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
