package import Enforcement
import Foundation
import GRDB
package import MailTypes

/// What was told, word for word, to whom, and what became of it; and what is still on its way to web hooks.
extension ControlDatabase {
    /// Attempts at a web hook wait twice as long each time, from a minute to six hours.
    static let firstWait = Duration.seconds(60)
    static let longestWait = Duration.seconds(6 * 3600)
    /// A web hook that takes nothing for so long loses the notice; the letter went out all the same.
    static let hookLifetime = Duration.seconds(3 * 86_400)
    /// Bytes kept of one notice.
    package static let sentSize = ByteCount.kib(256)

    /// One thing that was sent.
    package struct SentNotice: Hashable, Sendable {
        package enum Channel: String, Hashable, Sendable, CaseIterable {
            case mail, report, webhook, escalation
        }

        package var id: Int64
        package var caseID: CaseID
        package var time: Timestamp
        package var channel: Channel
        package var stage: String
        package var audience: String
        /// Addresses, or the hook's URL.
        package var target: String
        /// The message in the spool, for mail.
        package var message: SubmissionID?
        package var attempts: Int
        /// What the web hook said last; empty: nothing yet.
        package var outcome: String
        package var ended: Timestamp?
        /// What became of a letter at each recipient that answered.
        package var deliveries: [NoticeDelivery] = []

        /// How it stands as a whole: the worst of its recipients; without an answer `queued`.
        package var state: NoticeDelivery.State {
            if channel == .webhook {
                guard ended != nil else { return attempts == 0 ? .queued : .deferred }
                return isTaken ? .delivered : .bounced
            }
            for state in [NoticeDelivery.State.bounced, .deferred, .queued]
            where deliveries.contains(where: { $0.state == state }) { return state }
            return deliveries.isEmpty ? .queued : .delivered
        }

        /// A web hook took it: any 2xx.
        private var isTaken: Bool { outcome.hasPrefix("HTTP 2") }
    }

    /// Keeps what was sent; a web hook's is due at once.
    @discardableResult
    package func keepSent(
        _ content: [UInt8], channel: SentNotice.Channel, stage: String, audience: String, target: String,
        message: SubmissionID? = nil, of id: CaseID, at time: Timestamp
    ) throws(ControlError) -> Int64 {
        try write { db in
            let isHook = channel == .webhook
            try db.execute(
                sql: """
                    INSERT INTO sent (incident, at, channel, stage, audience, target, message, content, due, ended)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id.rawValue, time.microseconds, channel.rawValue, stage, audience, target, message?.rawValue,
                    Data(content.prefix(Self.sentSize.bytes)), isHook ? time.microseconds : nil,
                    isHook ? nil : time.microseconds,
                ])
            let row = db.lastInsertedRowID
            try Self.append(db, "daemon", "notice.\(channel.rawValue)", id.description, "\(stage) to \(target)", time)
            return row
        }
    }

    /// What was sent about a case, latest first.
    package func sent(of id: CaseID, limit: Int) throws(ControlError) -> [SentNotice] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM sent WHERE incident = ? ORDER BY id DESC LIMIT ?",
                arguments: [id.rawValue, max(0, min(limit, Self.pageLimit))]
            ).compactMap(Self.sent).map { notice in
                guard let message = notice.message else { return notice }
                var told = notice
                told.deliveries = try Self.deliveries(db, of: message)
                return told
            }
        }
    }

    /// The words of it.
    package func sentContent(_ notice: Int64, of id: CaseID) throws(ControlError) -> [UInt8]? {
        try read { db in
            try Data.fetchOne(
                db, sql: "SELECT content FROM sent WHERE id = ? AND incident = ?", arguments: [notice, id.rawValue]
            ).map([UInt8].init)
        }
    }

    /// The next notice of a web hook: always its oldest that has not ended, so that they arrive in order; `nil` if that is not
    /// due yet. A clock that was put back does not silence it.
    package func nextHook(_ target: String, at time: Timestamp) throws(ControlError) -> (SentNotice, [UInt8])? {
        try read { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT * FROM sent WHERE channel = 'webhook' AND target = ? AND ended IS NULL ORDER BY id LIMIT 1
                        """, arguments: [target]), let notice = Self.sent(row)
            else { return nil }
            let due: Int64 = row["due"]
            let isDue = due <= time.microseconds || due > (time + Self.longestWait).microseconds
            let content: Data = row["content"]
            return isDue ? (notice, [UInt8](content)) : nil
        }
    }

    /// What a web hook said. Without success it is tried again later, until its time is over.
    package func answered(_ notice: SentNotice, isDone: Bool, outcome: String, at time: Timestamp) throws(ControlError)
    {
        try write { db in
            let wait = min(Self.firstWait * (1 << min(notice.attempts, 9)), Self.longestWait)
            let isOver = isDone || time - notice.time > Self.hookLifetime
            try db.execute(
                sql: "UPDATE sent SET attempts = attempts + 1, outcome = ?, due = ?, ended = ? WHERE id = ?",
                arguments: [
                    String(outcome.prefix(300)), (time + wait).microseconds, isOver ? time.microseconds : nil,
                    notice.id,
                ])
            if isOver, !isDone {
                try Self.append(
                    db, "daemon", "notice.lost", notice.caseID.description, "\(notice.stage) to \(notice.target)", time)
            }
        }
    }

    /// How many notices were sent by a channel from `time` on.
    package func sentCount(_ channel: SentNotice.Channel, of id: CaseID, since time: Timestamp) throws(ControlError)
        -> Int
    {
        try read { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM sent WHERE incident = ? AND channel = ? AND at >= ?",
                arguments: [id.rawValue, channel.rawValue, time.microseconds]) ?? 0
        }
    }

    private static func sent(_ row: Row) -> SentNotice? {
        guard let channel = SentNotice.Channel(rawValue: row["channel"]) else { return nil }
        let (message, ended): (Int64?, Int64?) = (row["message"], row["ended"])
        return SentNotice(
            id: row["id"], caseID: CaseID(rawValue: row["incident"]), time: Timestamp(microseconds: row["at"]),
            channel: channel, stage: row["stage"], audience: row["audience"], target: row["target"],
            message: message.map(SubmissionID.init(rawValue:)), attempts: row["attempts"], outcome: row["outcome"],
            ended: ended.map(Timestamp.init(microseconds:)))
    }
}
