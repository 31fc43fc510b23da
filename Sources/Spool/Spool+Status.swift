import Foundation
import GRDB
package import MailTypes
import NIOConcurrencyHelpers

/// What `spool status` shows.
package struct SpoolStatus: Hashable, Sendable {
    package struct Group: Hashable, Sendable {
        package var messages = 0
        package var size = ByteCount(0)
        package var oldest: Timestamp?
    }

    package var queued = Group()
    package var held = Group()
    /// Of the queued ones: our own notices and reports.
    package var queuedOwn = 0
    /// The soonest deadline among the held ones.
    package var nextDeadline: Timestamp?
    /// The database file, its write-ahead log, and the part of the file that is free.
    package var file = ByteCount(0)
    package var log = ByteCount(0)
    package var free = ByteCount(0)
}

extension Spool {
    /// Counts, sizes and ages. Reads every message's row: for people and for metrics every minute, not for each message.
    package func status() throws(SpoolError) -> SpoolStatus {
        var status = try read { db in
            var status = SpoolStatus()
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT held_until IS NOT NULL AS is_held, count(*) AS messages, sum(size) AS size,
                    min(received) AS oldest, min(held_until) AS deadline, sum(kind <> 'submission') AS own
                    FROM message GROUP BY 1
                    """)
            for row in rows {
                let group = SpoolStatus.Group(
                    messages: row["messages"], size: ByteCount(row["size"]),
                    oldest: Timestamp(microseconds: row["oldest"]))
                if row["is_held"] {
                    status.held = group
                    let deadline: Int64? = row["deadline"]
                    status.nextDeadline = deadline.map(Timestamp.init(microseconds:))
                } else {
                    status.queued = group
                    status.queuedOwn = row["own"]
                }
            }
            let page = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            status.file = ByteCount(page * (try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0))
            status.free = ByteCount(page * (try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0))
            return status
        }
        status.log = ByteCount(Self.fileSize(path + "-wal"))
        return status
    }

    /// Bytes of content that the gateway counts now, with what is on its way in; costs nothing.
    package var size: ByteCount { ByteCount(account.withLockedValue { $0.bytes }) }

    static func fileSize(_ path: String) -> Int {
        var found = stat()
        return stat(path, &found) == 0 ? Int(found.st_size) : 0
    }
}
