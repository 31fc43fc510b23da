import Detection
import Foundation
import GRDB
import MailTypes

/// Between `SpooledMessage` and its row.
enum MessageRow {
    static func insert(_ db: Database, _ message: SpooledMessage) throws {
        let identity = message.identity
        try db.cachedStatement(
            sql: """
                INSERT INTO message (id, kind, customer, server, account, basis, envelope, size, chunks, received, held_until,
                pool, action, log_odds, campaign, reasons, case_id, expires)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            message.id.rawValue, message.kind.rawValue, identity?.customer.description, identity?.server.description,
            identity?.account?.description, identity?.evidence.rawValue,
            Data(EnvelopeCodec.encode(message.envelope, message.recipients)), message.size.bytes, message.chunkCount,
            message.received.microseconds, heldUntil(message.state), message.pool.rawValue, message.action.rawValue,
            message.logOdds, message.campaign.map { Int64(bitPattern: $0.rawValue) }, message.reasons,
            message.caseID?.rawValue, message.expires.microseconds,
        ])
    }

    static func update(_ db: Database, _ message: SpooledMessage) throws {
        try db.cachedStatement(sql: "UPDATE message SET envelope = ? WHERE id = ?").execute(arguments: [
            Data(EnvelopeCodec.encode(message.envelope, message.recipients)), message.id.rawValue,
        ])
        guard db.changesCount == 1 else { throw SpoolError(.notFound, "there is no message \(message.id)") }
    }

    static func delete(_ db: Database, _ id: SubmissionID) throws {
        try db.cachedStatement(sql: "DELETE FROM body WHERE message = ?").execute(arguments: [id.rawValue])
        try db.cachedStatement(sql: "DELETE FROM message WHERE id = ?").execute(arguments: [id.rawValue])
    }

    static func move(
        _ db: Database, _ id: SubmissionID, _ state: SpooledMessage.State, _ author: String, _ time: Timestamp
    ) throws {
        let until = heldUntil(state)
        try db.execute(
            sql: "UPDATE message SET held_until = ? WHERE id = ? AND (held_until IS NULL) <> (? IS NULL)",
            arguments: [until, id.rawValue, until])
        guard db.changesCount == 1 else {
            throw SpoolError(.notFound, "message \(id) is not there, or already \(until == nil ? "queued" : "held")")
        }
        try db.execute(
            sql: "INSERT INTO fate (message, at, what, author) VALUES (?, ?, ?, ?)",
            arguments: [id.rawValue, time.microseconds, until == nil ? "released" : "held", author])
    }

    static func fetch(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> [SpooledMessage] {
        try Row.fetchAll(db, sql: "SELECT * FROM message " + condition, arguments: arguments).map(message)
    }

    private static func heldUntil(_ state: SpooledMessage.State) -> Int64? {
        if case .held(let until) = state { return until.microseconds }
        return nil
    }

    private static func message(_ row: Row) throws -> SpooledMessage {
        let id = SubmissionID(rawValue: row["id"])
        let envelopeData: Data = row["envelope"]
        guard let (envelope, states) = EnvelopeCodec.decode([UInt8](envelopeData)),
            let kind = SpooledMessage.Kind(rawValue: row["kind"]),
            let pool = SpooledMessage.Pool(rawValue: row["pool"]),
            let action = Verdict.Action(rawValue: row["action"])
        else { throw SpoolError(.unusable, "message \(id) in the spool is damaged") }
        let until: Int64? = row["held_until"]
        let campaign: Int64? = row["campaign"]
        let caseID: Int64? = row["case_id"]
        var message = SpooledMessage(
            id: id, kind: kind, identity: identity(row), envelope: envelope, size: ByteCount(row["size"]),
            chunkCount: row["chunks"], received: Timestamp(microseconds: row["received"]),
            state: until.map { .held(until: Timestamp(microseconds: $0)) } ?? .queued, pool: pool, action: action,
            logOdds: row["log_odds"], campaign: campaign.map { CampaignID(rawValue: UInt64(bitPattern: $0)) },
            reasons: row["reasons"], caseID: caseID.map(CaseID.init(rawValue:)),
            expires: Timestamp(microseconds: row["expires"]))
        message.recipients = states
        return message
    }

    private static func identity(_ row: Row) -> SubmissionIdentity? {
        let (customer, server, account, basis): (String?, String?, String?, String?) =
            (row["customer"], row["server"], row["account"], row["basis"])
        guard let customer = customer.flatMap({ CustomerID($0) }), let server = server.flatMap({ IPAddress($0) }),
            let basis = basis.flatMap(SubmissionIdentity.Basis.init(rawValue:))
        else { return nil }
        return SubmissionIdentity(
            customer: customer, server: server, account: account.flatMap(AccountName.init), evidence: basis)
    }
}
