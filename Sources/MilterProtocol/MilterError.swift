/// Why a connection of a mail server cannot go on: what it sent is no milter protocol, or too much.
package struct MilterError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// A packet that does not have the form of its command.
        case syntax
        /// A packet longer than any that was agreed on.
        case tooLong
        /// A command at a time when it has no meaning.
        case order
        /// A version of the protocol, or a set of abilities, that this side cannot work with.
        case unsupported
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
