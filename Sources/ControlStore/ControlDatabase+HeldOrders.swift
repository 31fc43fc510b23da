package import Enforcement
import GRDB
package import MailTypes

/// Orders about held mail: written by acts on stops and cases in whichever process, carried out by the daemon.
extension ControlDatabase {
    /// What is to be carried out, oldest first, at most `pageLimit`.
    package func heldOrders(limit: Int) throws(ControlError) -> [HeldOrder] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM held_order ORDER BY sequence LIMIT ?",
                arguments: [max(0, min(limit, Self.pageLimit))]
            ).map(Self.order)
        }
    }

    /// The order was carried out: so many messages were released and deleted; an entry in the audit log tells it.
    package func finish(_ order: HeldOrder, released: Int, deleted: Int, at time: Timestamp) throws(ControlError) {
        try write { db in
            try db.execute(sql: "DELETE FROM held_order WHERE sequence = ?", arguments: [order.sequence])
            guard db.changesCount == 1, released + deleted > 0 else { return }
            try Self.append(
                db, "daemon", "held.\(order.occasion.rawValue)", order.source?.description ?? order.caseID.description,
                "\(order.caseID): \(released) released, \(deleted) deleted, after \(order.author)", time)
        }
    }

    /// Writes an order within a transaction.
    static func order(
        _ db: Database, _ caseID: CaseID, _ source: SourceID?, _ occasion: HeldOrder.Occasion, _ author: String,
        _ time: Timestamp
    ) throws {
        try db.execute(
            sql: "INSERT INTO held_order (incident, source, occasion, author, at) VALUES (?, ?, ?, ?, ?)",
            arguments: [caseID.rawValue, source?.description, occasion.rawValue, author, time.microseconds])
    }

    private static func order(_ row: Row) throws -> HeldOrder {
        let (text, occasion): (String?, String) = (row["source"], row["occasion"])
        let source = text.flatMap { SourceID($0) }
        guard let occasion = HeldOrder.Occasion(rawValue: occasion), text == nil || source != nil else {
            throw ControlError(.unusable, "an order in the control database is damaged")
        }
        return HeldOrder(
            sequence: row["sequence"], caseID: CaseID(rawValue: row["incident"]), source: source, occasion: occasion,
            author: row["author"], time: Timestamp(microseconds: row["at"]))
    }
}
