import Foundation
import GRDB
package import MailTypes

/// Answers kept for their idempotency key: who asks again because the answer was lost on its way gets the same answer, and
/// nothing is done twice.
extension ControlDatabase {
    /// How long a key is remembered.
    package static let answerLifetime = Duration.seconds(86_400)
    /// Answers kept of one caller; beyond it the oldest go.
    package static let answerLimit = 10_000
    /// The most bytes of one answer that are kept.
    package static let answerSize = ByteCount.kib(256)

    /// What is known under a key.
    package enum KnownAnswer: Hashable, Sendable {
        /// Nothing until now: do it, then `keepAnswer`. The key is taken.
        case new
        /// Under way, or broken off: nobody knows.
        case underway
        /// The key was used for another request.
        case other
        case done(status: Int, body: [UInt8])
    }

    /// Takes the key, or says what it stands for.
    ///
    /// - Parameter request: a digest of what is asked for.
    package func answer(caller: String, key: String, request: [UInt8], at time: Timestamp) throws(ControlError)
        -> KnownAnswer
    {
        try write { db in
            try db.execute(
                sql: "DELETE FROM api_answer WHERE at < ?", arguments: [(time - Self.answerLifetime).microseconds])
            if let row = try Row.fetchOne(
                db, sql: "SELECT * FROM api_answer WHERE caller = ? AND name = ?", arguments: [caller, key])
            {
                let (known, status, body): (Data, Int?, Data?) = (row["request"], row["status"], row["body"])
                guard [UInt8](known) == request else { return .other }
                guard let status else { return .underway }
                return .done(status: status, body: [UInt8](body ?? Data()))
            }
            try db.execute(
                sql: """
                    DELETE FROM api_answer WHERE caller = ? AND name IN
                    (SELECT name FROM api_answer WHERE caller = ? ORDER BY at DESC LIMIT 1000 OFFSET ?)
                    """, arguments: [caller, caller, Self.answerLimit])
            try db.execute(
                sql: "INSERT INTO api_answer (caller, name, at, request) VALUES (?, ?, ?, ?)",
                arguments: [caller, key, time.microseconds, Data(request)])
            return .new
        }
    }

    /// Keeps the answer of a key that was taken.
    package func keepAnswer(caller: String, key: String, status: Int, body: [UInt8]) throws(ControlError) {
        try write { db in
            try db.execute(
                sql: "UPDATE api_answer SET status = ?, body = ? WHERE caller = ? AND name = ?",
                arguments: [status, Data(body.prefix(Self.answerSize.bytes)), caller, key])
        }
    }

    /// Gives a key free whose request was not carried out.
    package func dropAnswer(caller: String, key: String) throws(ControlError) {
        try write { db in
            try db.execute(
                sql: "DELETE FROM api_answer WHERE caller = ? AND name = ? AND status IS NULL",
                arguments: [caller, key])
        }
    }
}
