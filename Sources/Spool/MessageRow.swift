import Detection
import Foundation
import GRDB
import MailTypes

/// Between `SpooledMessage` and its row.
enum MessageRow {
    static func fetch(_ db: Database, _ id: SubmissionID) throws -> SpooledMessage? {
        try Row.fetchOne(db, sql: "SELECT * FROM message WHERE id = ?", arguments: [id.rawValue]).map(message)
    }

    /// Up to `limit` messages. A row that cannot be read is left out, so that one damaged message does not keep the others
    /// from going; `Spool.integrityProblems` names it.
    static func fetch(_ db: Database, _ condition: String, _ arguments: StatementArguments, limit: Int) throws
        -> [SpooledMessage]
    {
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM message " + condition, arguments: arguments)
        var messages: [SpooledMessage] = []
        while messages.count < limit, let row = try rows.next() {
            if let message = try? message(row) { messages.append(message) }
        }
        return messages
    }

    /// The numbers of messages whose rows cannot be read, at most `limit`.
    static func damaged(_ db: Database, limit: Int) throws -> [SubmissionID] {
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM message")
        var damaged: [SubmissionID] = []
        while damaged.count < limit, let row = try rows.next() {
            if (try? message(row)) == nil { damaged.append(SubmissionID(rawValue: row["id"])) }
        }
        return damaged
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
