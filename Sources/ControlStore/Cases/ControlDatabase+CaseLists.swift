package import Enforcement
import GRDB
package import MailTypes

/// Lists of cases, a page at a time: one query a page, whatever is in the cases.
extension ControlDatabase {
    /// Which cases are asked for; what is `nil` does not matter.
    package struct CaseFilter: Hashable, Sendable {
        package var customer: CustomerID?
        package var state: IncidentCase.State?
        package var onlyOpen: Bool

        package init(customer: CustomerID? = nil, state: IncidentCase.State? = nil, onlyOpen: Bool = false) {
            self.customer = customer
            self.state = state
            self.onlyOpen = onlyOpen
        }

        /// The index that leaves the fewest rows.
        var index: String {
            if customer != nil { return "INDEXED BY " + (onlyOpen ? "incident_open" : "incident_customer") }
            if state != nil { return "INDEXED BY incident_state" }
            return onlyOpen ? "INDEXED BY incident_open_id" : ""
        }
    }

    /// A line of a list.
    package struct CaseSummary: Hashable, Sendable {
        package var id: CaseID
        package var customer: CustomerID
        package var state: IncidentCase.State
        package var kinds: Set<IncidentKind>
        package var source: SourceID?
        package var sourceCount: Int
        package var stopCount: Int
        package var counts: IncidentCase.Counts
        package var first: Timestamp
        package var last: Timestamp
        package var ended: Timestamp?
        /// Since when somebody waits for reinstatement.
        package var asked: Timestamp?
        package var mergedInto: CaseID?
    }

    /// Cases before `id`, youngest first, at most `pageLimit`; the next page begins before the last one's number.
    package func caseSummaries(_ filter: CaseFilter = CaseFilter(), before id: CaseID? = nil, limit: Int)
        throws(ControlError) -> [CaseSummary]
    {
        try read { db in
            var conditions = ["incident.id < ?"]
            var values: [(any DatabaseValueConvertible)?] = [id?.rawValue ?? Int64.max]
            if let customer = filter.customer {
                conditions.append("customer = ?")
                values.append(customer.description)
            }
            if let state = filter.state {
                conditions.append("state = ?")
                values.append(state.rawValue)
            }
            if filter.onlyOpen { conditions.append("is_final = 0") }
            values.append(max(0, min(limit, Self.pageLimit)))
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, customer, state, kinds, delivered, held, refused, first, last, ended, asked, merged_into,
                    (SELECT source FROM incident_source WHERE incident = incident.id ORDER BY position LIMIT 1) AS source,
                    (SELECT count(*) FROM incident_source WHERE incident = incident.id) AS sources,
                    (SELECT count(*) FROM incident_source WHERE incident = incident.id AND is_stopped) AS stops
                    FROM incident \(filter.index) WHERE \(conditions.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?
                    """, arguments: StatementArguments(values))
            return try rows.map(Self.summary)
        }
    }

    /// How many cases are in each state.
    package func caseTotals() throws(ControlError) -> [IncidentCase.State: Int] {
        try read { db in
            var totals: [IncidentCase.State: Int] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT state, count(*) AS number FROM incident GROUP BY state") {
                if let state = IncidentCase.State(rawValue: row["state"]) { totals[state] = row["number"] }
            }
            return totals
        }
    }

    /// Cases that others took the place of, with all they had taken before: their held mail belongs to this one.
    package func absorbed(by id: CaseID) throws(ControlError) -> [CaseID] {
        try read { try Self.absorbed($0, by: id) }
    }

    static func absorbed(_ db: Database, by id: CaseID) throws -> [CaseID] {
        try Int64.fetchAll(
            db,
            sql: """
                WITH RECURSIVE gone(id) AS (
                    SELECT id FROM incident WHERE merged_into = ?
                    UNION SELECT incident.id FROM incident JOIN gone ON merged_into = gone.id)
                SELECT id FROM gone ORDER BY id LIMIT 1000
                """, arguments: [id.rawValue]
        ).map(CaseID.init(rawValue:))
    }

    /// Everything that was done about a case, oldest first: entries of the audit log that name it.
    package func caseTimeline(_ id: CaseID, after sequence: Int64 = 0, limit: Int) throws(ControlError) -> [AuditEntry]
    {
        try read {
            try Self.auditEntries($0, subject: id.description, after: sequence, limit: min(limit, Self.pageLimit))
        }
    }

    private static func summary(_ row: Row) throws -> CaseSummary {
        let id: Int64 = row["id"]
        guard let customer = CustomerID(row["customer"]), let state = IncidentCase.State(rawValue: row["state"]) else {
            throw ControlError(.unusable, "case-\(id) in the control database is damaged")
        }
        let (kinds, source): (String, String?) = (row["kinds"], row["source"])
        let (ended, asked, merged): (Int64?, Int64?, Int64?) = (row["ended"], row["asked"], row["merged_into"])
        return CaseSummary(
            id: CaseID(rawValue: id), customer: customer, state: state,
            kinds: Set(kinds.split(separator: " ").compactMap { IncidentKind(rawValue: String($0)) }),
            source: source.flatMap { SourceID($0) }, sourceCount: row["sources"], stopCount: row["stops"],
            counts: .init(delivered: row["delivered"], held: row["held"], refused: row["refused"]),
            first: Timestamp(microseconds: row["first"]), last: Timestamp(microseconds: row["last"]),
            ended: ended.map(Timestamp.init(microseconds:)), asked: asked.map(Timestamp.init(microseconds:)),
            mergedInto: merged.map(CaseID.init(rawValue:)))
    }
}
