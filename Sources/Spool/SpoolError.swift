/// Why the spool could not do what was asked. What the client is told follows from the code.
package struct SpoolError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The disk or the configured size is full: 452 4.3.1, and it passes when there is room again.
        case full
        /// The disk failed, or another process blocks the database: 451 4.3.0.
        case inputOutput
        /// Too much is waiting to be written: 451 4.3.2.
        case busy
        /// Another gateway uses this spool.
        case locked
        /// The database is not one of ours, is damaged, or is not as durable as it must be.
        case unusable
        /// A message or chunk of that number is there already: a fault of the caller, who must take a new number.
        case conflict
        /// There is no such message, or it is not in the state that the act needs.
        case notFound
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
