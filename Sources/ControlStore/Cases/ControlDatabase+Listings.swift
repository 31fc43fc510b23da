package import Enforcement
import GRDB
package import MailTypes

/// The history of our own addresses on lists, each with the case that brought it there.
extension ControlDatabase {
    /// How long before a listing the incident's mail may have come: lists that watch traps take a while, and their entries are
    /// seen at the next look only.
    static let listingLag = Duration.seconds(3 * 86_400)

    /// An address was seen on a list; nothing if that is known. The incident whose suspect mail came last before it, with the
    /// most that got out among those of the last days, is taken for the cause.
    ///
    /// - Returns: the listing as it is kept, or `nil` when it was known.
    @discardableResult
    package func listed(
        _ address: IPAddress, on list: String, said: String, removal: String, at time: Timestamp
    ) throws(ControlError) -> OwnListing? {
        let (said, removal) = (SafeText.printable(said, limit: 500), SafeText.printable(removal, limit: 500))
        return try write { db in
            let cause = try Int64.fetchOne(
                db,
                sql: """
                    SELECT id FROM incident WHERE last_match >= ? AND first <= ? AND state <> 'false-alarm'
                    AND state <> 'merged' ORDER BY delivered DESC, last_match DESC LIMIT 1
                    """,
                arguments: [(time - Self.listingLag).microseconds, time.microseconds])
            try db.execute(
                sql: """
                    INSERT INTO own_listing (address, list, since, incident, said, removal) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [address.description, list, time.microseconds, cause, said, removal])
            guard db.changesCount == 1 else { return nil }
            let listing = OwnListing(
                id: db.lastInsertedRowID, address: address, list: list, since: time, until: nil,
                caseID: cause.map(CaseID.init(rawValue:)), said: said, removal: removal)
            let detail = [list, said, removal].filter { !$0.isEmpty }.joined(separator: "; ")
            try Self.append(db, "gateway", "reputation.listed", "\(address)", detail, time)
            if let id = listing.caseID {
                try Self.append(db, "gateway", "case.listed", id.description, "\(address) on \(list)", time)
            }
            return listing
        }
    }

    /// The address is not on the list any more; gives the listing that ended.
    @discardableResult
    package func unlisted(_ address: IPAddress, on list: String, at time: Timestamp) throws(ControlError)
        -> OwnListing?
    {
        try write { db in
            guard
                var listing = try Self.listings(
                    db, "WHERE address = ? AND list = ? AND until IS NULL", [address.description, list]
                ).first
            else { return nil }
            listing.until = time
            try db.execute(
                sql: "UPDATE own_listing SET until = ? WHERE id = ?", arguments: [time.microseconds, listing.id])
            try Self.append(db, "gateway", "reputation.unlisted", "\(address)", list, time)
            if let id = listing.caseID {
                try Self.append(db, "gateway", "case.unlisted", id.description, "\(address) on \(list)", time)
            }
            return listing
        }
    }

    /// Listings of our own addresses, latest first, at most `pageLimit`.
    package func ownListings(onlyOpen: Bool = false, before id: Int64? = nil, limit: Int) throws(ControlError)
        -> [OwnListing]
    {
        try read { db in
            try Self.listings(
                db, "WHERE id < ? AND (until IS NULL OR ?) ORDER BY id DESC LIMIT ?",
                [id ?? Int64.max, !onlyOpen, max(0, min(limit, Self.pageLimit))])
        }
    }

    /// Those that the case brought, oldest first.
    package func ownListings(of id: CaseID) throws(ControlError) -> [OwnListing] {
        try read { try Self.listings($0, "WHERE incident = ? ORDER BY id LIMIT ?", [id.rawValue, Self.pageLimit]) }
    }

    static func listings(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> [OwnListing] {
        try Row.fetchAll(db, sql: "SELECT * FROM own_listing " + condition, arguments: arguments).compactMap { row in
            guard let address = IPAddress(row["address"] as String) else { return nil }
            let (until, incident): (Int64?, Int64?) = (row["until"], row["incident"])
            return OwnListing(
                id: row["id"], address: address, list: row["list"], since: Timestamp(microseconds: row["since"]),
                until: until.map(Timestamp.init(microseconds:)), caseID: incident.map(CaseID.init(rawValue:)),
                said: row["said"], removal: row["removal"])
        }
    }
}
