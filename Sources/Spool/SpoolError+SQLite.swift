import GRDB
import GRDBSQLite

extension SpoolError {
    /// What an SQLite result means for the client. An unknown one is temporary.
    init(sqlite code: Int32, message: String) {
        switch code & 0xff {
        case SQLITE_FULL: self.init(.full, "the spool's disk is full")
        case SQLITE_NOTADB, SQLITE_CORRUPT: self.init(.unusable, "the spool database is damaged: \(message)")
        case SQLITE_CONSTRAINT: self.init(.conflict, "the spool has that already: \(message)")
        default: self.init(.inputOutput, "the spool could not be used: \(message)")
        }
    }

    init(_ error: any Error) {
        if let own = error as? SpoolError {
            self = own
        } else if let database = error as? DatabaseError {
            self.init(sqlite: database.resultCode.rawValue, message: database.message ?? "")
        } else {
            self.init(.inputOutput, "the spool failed: \(error)")
        }
    }
}
