/// Why the gateway cannot start, or go on with a new configuration.
package struct GatewayError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The configuration cannot be used; the message has its problems, one a line.
        case configuration
        /// An address cannot be bound.
        case listening
        /// The state directory cannot be used.
        case state
        /// The log cannot be written.
        case log
        /// The user or group does not exist, or the process may not become it.
        case privileges
        /// The certificate or its key cannot be used.
        case tls
        /// Name resolution cannot be set up.
        case dns
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
