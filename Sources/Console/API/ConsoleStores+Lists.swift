import ControlStore
import Enforcement
import MailTypes
import Response
import Spool

/// Lists, as the API and the operator's pages show them: a page each, found by key.
extension ConsoleStores {
    static let heldFilters: Set<String> = ["customer", "account", "campaign", "case"]

    func casePage(_ query: QueryValues) throws -> PageView<CaseSummaryView> {
        var filter = ControlDatabase.CaseFilter(
            customer: try query.value("customer") { CustomerID($0) }, onlyOpen: true)
        if let state = query.text("state"), state != "open" {
            filter.onlyOpen = false
            if state != "all" { filter.state = try query.value("state") { .init(rawValue: $0) } }
        }
        let limit = try query.limit()
        let cases = try control.caseSummaries(
            filter, before: try query.value("after") { CaseID($0) }, limit: limit)
        return PageView(cases.map(CaseSummaryView.init), limit: limit) { $0.id }
    }

    func incident(_ id: CaseID) throws -> IncidentCase {
        guard let incident = try control.incident(id) else { throw Problem(.notFound, "there is no \(id)") }
        return incident
    }

    func timeline(_ id: CaseID, _ query: QueryValues) throws -> PageView<AuditView> {
        let limit = try query.limit()
        let after = try query.value("after") { text in Int64(text).flatMap { $0 > 0 ? $0 : nil } }
        let entries = try control.caseTimeline(id, after: after ?? 0, limit: limit)
        return PageView(entries.map(AuditView.init), limit: limit) { String($0.sequence) }
    }

    func stopPage(_ query: QueryValues, at time: Timestamp) throws -> PageView<StopView> {
        let limit = try query.limit()
        let stops = try control.stops(after: try query.value("after") { SourceID($0) }, at: time, limit: limit)
        // The cursor is the name itself, not what is shown of it.
        let next = stops.count < limit ? nil : stops.last?.source.description
        return PageView(items: stops.map(StopView.init), next: next)
    }

    func heldPage(_ query: QueryValues) throws -> PageView<HeldView> {
        let filter = try Spool.HeldFilter(query)
        let limit = try query.limit()
        let messages = try held.list(filter, after: try query.value("after") { SubmissionID($0) }, limit: limit)
        return PageView(messages.map(HeldView.init), limit: limit) { $0.id }
    }

    func message(_ text: String?) throws -> MessageView {
        guard let id = text.flatMap({ SubmissionID($0) }), let details = try held.show(id) else {
            throw Problem(.notFound, "there is no such message")
        }
        return MessageView(details.message, beginning: details.beginning, fates: details.fates)
    }

    func auditPage(_ query: QueryValues) throws -> PageView<AuditView> {
        let limit = try query.limit()
        let after = try query.value("after") { text in Int64(text).flatMap { $0 > 0 ? $0 : nil } }
        let entries = try control.audit(before: after, limit: limit)
        let end = entries.last?.sequence ?? 1
        return PageView(items: entries.map(AuditView.init), next: end > 1 ? String(end) : nil)
    }

    func customerPage(_ query: QueryValues) throws -> PageView<CustomerView> {
        let limit = try query.limit()
        let after = try query.value("after") { CustomerID($0) }
        let rest = customers().sorted { $0.id < $1.id }.filter { customer in after.map { customer.id > $0 } ?? true }
        return PageView(rest.prefix(limit).map(CustomerView.init), limit: limit) { $0.id }
    }
}

extension Spool.HeldFilter {
    /// Of a query's `customer`, `account`, `campaign` and `case`.
    init(_ query: QueryValues) throws {
        self.init(
            customer: try query.value("customer") { CustomerID($0) },
            account: try query.value("account") { AccountName($0) },
            campaign: try query.value("campaign") { CampaignID($0) }, caseID: try query.value("case") { CaseID($0) })
        guard account == nil || customer != nil else { throw Problem(.malformed, "'account' needs its 'customer'") }
    }
}
