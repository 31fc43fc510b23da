import GRDB

/// Why the control database could not do what was asked.
package struct ControlError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The disk or the database's limit is full.
        case full
        /// The disk failed, or another process kept the database busy for longer than the busy timeout.
        case inputOutput
        /// It is not there, not one of ours, damaged, newer than this program, or not as durable as it must be.
        case unusable
        /// There is no such case or stop, or it has ended.
        case notFound
        /// The register of stops is full, or a value is too large.
        case refused
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    init(_ error: any Error) {
        if let own = error as? ControlError {
            self = own
            return
        }
        guard let database = error as? DatabaseError else {
            self.init(.inputOutput, "the control database failed: \(error)")
            return
        }
        let detail = database.message ?? "error \(database.resultCode.rawValue)"
        switch database.resultCode {
        case .SQLITE_FULL: self.init(.full, "the control database's disk is full")
        case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_CANTOPEN:
            self.init(.unusable, "the control database cannot be used: \(detail)")
        default: self.init(.inputOutput, "the control database failed: \(detail)")
        }
    }
}
