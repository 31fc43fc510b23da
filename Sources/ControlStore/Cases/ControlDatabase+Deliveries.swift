package import Enforcement
import GRDB
import MailTypes

/// What became of our letters.
extension ControlDatabase {
    /// Recipients of one letter that are followed.
    private static let recipientLimit = 100

    /// Keeps what receivers said of letters about cases; others (reports of delivery) are passed over. One transaction.
    package func noteDeliveries(_ deliveries: [NoticeDelivery]) throws(ControlError) {
        guard !deliveries.isEmpty else { return }
        try write { db in
            for delivery in deliveries {
                let message = delivery.message.rawValue
                let cases = try Int64.fetchAll(
                    db, sql: "SELECT incident FROM sent WHERE message = ? LIMIT 100", arguments: [message])
                guard !cases.isEmpty else { continue }
                try db.execute(
                    sql: """
                        INSERT INTO sent_delivery (message, recipient, state, reply, at) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (message, recipient)
                        DO UPDATE SET state = excluded.state, reply = excluded.reply, at = excluded.at
                        """,
                    arguments: [
                        message, delivery.recipient.description, delivery.state.rawValue, delivery.reply,
                        delivery.time.microseconds,
                    ])
                // Nobody was told: a person has to know.
                for id in cases where delivery.state == .bounced {
                    try Self.append(
                        db, "daemon", "notice.bounced", CaseID(rawValue: id).description,
                        "\(delivery.recipient): \(SafeText.printable(delivery.reply, limit: 300))", delivery.time)
                }
            }
        }
    }

    /// What became of a letter at each recipient that answered.
    static func deliveries(_ db: Database, of message: SubmissionID) throws -> [NoticeDelivery] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM sent_delivery WHERE message = ? ORDER BY recipient LIMIT ?",
            arguments: [message.rawValue, recipientLimit]
        ).compactMap { row in
            guard let recipient = EmailAddress(row["recipient"] as String),
                let state = NoticeDelivery.State(rawValue: row["state"])
            else { return nil }
            return NoticeDelivery(
                message: message, recipient: recipient, state: state, reply: row["reply"],
                time: Timestamp(microseconds: row["at"]))
        }
    }
}
