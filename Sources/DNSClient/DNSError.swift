/// Why the resolver could not be started.
package struct DNSError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// The library refused a setting.
        case setting
        /// The system had no memory, thread or descriptor left.
        case resources
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
