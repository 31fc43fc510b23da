import Foundation
import GRDB
package import MailTypes
import NIOConcurrencyHelpers

/// Held mail: found a page at a time, and acted on many at a time. Works the same in the gateway and in a command.
extension Spool {
    /// Which held messages are asked for; what is `nil` does not matter.
    package struct HeldFilter: Hashable, Sendable {
        package var customer: CustomerID?
        package var account: AccountName?
        package var campaign: CampaignID?
        package var caseID: CaseID?
        package var server: IPAddress?

        package init(
            customer: CustomerID? = nil, account: AccountName? = nil, campaign: CampaignID? = nil,
            caseID: CaseID? = nil, server: IPAddress? = nil
        ) {
            self.customer = customer
            self.account = account
            self.campaign = campaign
            self.caseID = caseID
            self.server = server
        }

        /// All that came from the source.
        package init(source: SourceID) {
            self.init(customer: source.customer)
            switch source {
            case .campaign(let campaign, _): self.campaign = campaign
            case .account(let account, _): self.account = account
            case .server(let address, _): server = address
            case .customer: break
            }
        }

        /// The index that leaves the fewest rows; named, so that no planner's guess makes a page slow.
        var index: String {
            if caseID != nil { return "held_case" }
            if campaign != nil { return "held_campaign" }
            if customer != nil { return account == nil ? "held_customer" : "held_account" }
            return "held_id"
        }

        /// The condition and its values, in order.
        var condition: (sql: String, values: [(any DatabaseValueConvertible)?]) {
            let parts: [(String, (any DatabaseValueConvertible)?)] = [
                ("customer", customer?.description), ("account", account?.description),
                ("campaign", campaign.map { Int64(bitPattern: $0.rawValue) }), ("case_id", caseID?.rawValue),
                ("server", server?.description),
            ]
            let given = parts.filter { $0.1 != nil }
            return ("held_until IS NOT NULL" + given.map { " AND \($0.0) = ?" }.joined(), given.map(\.1))
        }
    }

    /// What a person or a policy may do with held mail.
    package enum HeldAct: String, Hashable, Sendable, CaseIterable {
        /// Into the queue, to leave through the risky pool.
        case release
        /// For good.
        case delete
    }

    /// Messages that one act takes at most.
    package static let actLimit = 1000

    /// Held messages in the order of their arrival, a page at a time; an empty page is the end.
    package func held(_ filter: HeldFilter = HeldFilter(), after id: SubmissionID?, limit: Int) throws(SpoolError)
        -> [SpooledMessage]
    {
        let (sql, values) = filter.condition
        return try read {
            try MessageRow.fetch(
                $0, "INDEXED BY \(filter.index) WHERE \(sql) AND id > ? ORDER BY id",
                StatementArguments(values + [id?.rawValue ?? -1]), limit: limit)
        }
    }

    /// How many there are, and how large.
    package func heldTotal(_ filter: HeldFilter = HeldFilter()) throws(SpoolError) -> SpoolStatus.Group {
        let (sql, values) = filter.condition
        return try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*) AS messages, coalesce(sum(size), 0) AS size, min(received) AS oldest
                    FROM message INDEXED BY \(filter.index) WHERE \(sql)
                    """, arguments: StatementArguments(values))
            guard let row else { return SpoolStatus.Group() }
            let oldest: Int64? = row["oldest"]
            return SpoolStatus.Group(
                messages: row["messages"], size: ByteCount(row["size"]),
                oldest: oldest.map(Timestamp.init(microseconds:)))
        }
    }

    /// Releases or deletes held messages, all in one transaction, each with its record; those that are not held (any more)
    /// are left alone. The relay takes the released ones up at its next look, within a second, whichever process acted.
    ///
    /// Blocks; not for an answer of the spool's.
    /// - Parameter ids: at most `actLimit`; more are left alone.
    /// - Returns: those on which it was done.
    package func act(_ act: HeldAct, onHeld ids: [SubmissionID], author: String, at time: Timestamp) throws(SpoolError)
        -> [SubmissionID]
    {
        let ids = Array(ids.prefix(Self.actLimit))
        let author = Self.name(author)
        let done = try answer { .actOnHeld(act, ids, author: author, time, done: $0) }
        // A command's write shows by itself; the gateway's own is looked for because of this.
        if !done.isEmpty { handoff.withLockedValue { $0.hasMore = true } }
        return done
    }

    /// Names the case that messages belong to; one that has a case keeps it. Blocks.
    ///
    /// - Returns: those that are in the spool; the others are not committed yet, or gone.
    package func assign(_ ids: [SubmissionID], to caseID: CaseID) throws(SpoolError) -> [SubmissionID] {
        let ids = Array(ids.prefix(Self.actLimit))
        return try answer { .assign(ids, caseID, done: $0) }
    }

    /// Runs an operation and waits for its commit and its result.
    private func answer(_ operation: (@escaping @Sendable ([SubmissionID]) -> Void) -> SpoolOperation)
        throws(SpoolError) -> [SubmissionID]
    {
        let found = NIOLockedValueBox<[SubmissionID]>([])
        try writer.wait(operation { ids in found.withLockedValue { $0 = ids } })
        return found.withLockedValue { $0 }
    }
}
