import ControlStore
import Enforcement
import HTTPTypes
import MailTypes
import Response
import Spool

/// Stops, held mail, the spool, the audit log, customers.
extension OperatorAPI {
    struct HeldOutcomeView: Encodable {
        let done: [String]
        /// Those that are not held (any more).
        let missing: [String]

        init(_ outcome: HeldDesk.Outcome) {
            done = outcome.done.map(\.description)
            missing = outcome.missing.map(\.description)
        }
    }

    struct StopOutcomeView: Encodable {
        let outcome: String
        let stop: StopView
    }

    struct CustomerView: Encodable {
        let id: String
        let name: String
        let servers: [String]
        let domains: [String]
        let contacts: [String]

        init(_ customer: ConsoleStores.Customer) {
            id = customer.id.description
            name = SafeText.printable(customer.name)
            servers = customer.servers
            domains = customer.domains
            contacts = customer.contacts
        }
    }

    struct ChainView: Encodable {
        let intact: Bool
        /// Entries that are as they were written, or the number of the first that is not.
        let entry: Int64
    }

    var stopOperations: [APIOperation] {
        [
            APIOperation(.get, "/api/v1/stops", .read, query: ["after", "limit"]) { call, stores in
                let limit = try call.query.limit()
                let stops = try stores.control.stops(
                    after: try call.query.value("after") { SourceID($0) }, at: call.now, limit: limit)
                // The cursor is the name itself, not what is shown of it.
                let next = stops.count < limit ? nil : stops.last?.source.description
                return try APIAnswer(CursorPage(items: stops.map(StopView.init), next: next))
            },
            APIOperation(.post, "/api/v1/stops", .act) { call, stores in
                let body = try JSONBody(call.body, allowed: ["source", "reason", "hours", "certainty"])
                let hours = try body.integer("hours", in: 0...8760, default: 0)
                let certainty = try body.optionalText("certainty", limit: 20) ?? "confirmed"
                guard let certainty = Stop.Certainty(rawValue: certainty) else {
                    throw Problem(.invalid, "'certainty' is doubt or confirmed")
                }
                let source = try body.value("source", limit: 400) { SourceID($0) }
                guard stores.customers().contains(where: { $0.id == source.customer }) else {
                    throw Problem(.invalid, "there is no customer '\(source.customer)'")
                }
                let outcome = try stores.control.stop(
                    .init(
                        source: source, reason: SafeText.printable(try body.text("reason"), limit: 300),
                        certainty: certainty, until: hours == 0 ? nil : call.now + .seconds(3600 * hours),
                        author: .person(call.caller.name)), at: call.now)
                return try APIAnswer(
                    StopOutcomeView(outcome: "\(outcome.addition)", stop: StopView(outcome.stop)), status: .created)
            },
            APIOperation(.post, "/api/v1/stops/lift", .act) { call, stores in
                let body = try JSONBody(call.body, allowed: ["source", "reason"])
                let source = try body.value("source", limit: 400) { SourceID($0) }
                let reason = SafeText.printable(try body.text("reason"), limit: 300)
                guard
                    let stop = try stores.control.lift(
                        source, author: .person(call.caller.name), reason: reason, at: call.now)
                else { throw Problem(.notFound, "that source is not stopped") }
                return try APIAnswer(StopOutcomeView(outcome: "lifted", stop: StopView(stop)))
            },
        ]
    }

    var heldOperations: [APIOperation] {
        let filters: Set<String> = ["customer", "account", "campaign", "case"]
        return [
            APIOperation(.get, "/api/v1/held", .read, query: filters.union(["after", "limit"])) { call, stores in
                let filter = try Self.filter(call.query)
                let limit = try call.query.limit()
                let messages = try stores.held.list(
                    filter, after: try call.query.value("after") { SubmissionID($0) }, limit: limit)
                return try APIAnswer(PageView(messages.map(HeldView.init), limit: limit) { $0.id })
            },
            APIOperation(.get, "/api/v1/held/{message}", .read) { call, stores in
                guard let id = call.names["message"].flatMap({ SubmissionID($0) }),
                    let details = try stores.held.show(id)
                else { throw Problem(.notFound, "there is no such message") }
                return try APIAnswer(
                    MessageView(details.message, beginning: details.beginning, fates: details.fates))
            },
            actOnHeld(.release), actOnHeld(.delete),
        ]
    }

    private func actOnHeld(_ act: Spool.HeldAct) -> APIOperation {
        APIOperation(.post, "/api/v1/held/\(act.rawValue)", .act) { call, stores in
            let body = try JSONBody(call.body, allowed: ["ids"])
            let ids = try body.texts("ids", atMost: Spool.actLimit).map { text in
                guard let id = SubmissionID(text) else {
                    throw Problem(.invalid, "'\(SafeText.printable(text, limit: 40))' is no message's id")
                }
                return id
            }
            return try APIAnswer(
                HeldOutcomeView(try stores.held.act(act, on: ids, author: call.author, at: call.now)))
        }
    }

    private static func filter(_ query: QueryValues) throws -> Spool.HeldFilter {
        let filter = Spool.HeldFilter(
            customer: try query.value("customer") { CustomerID($0) },
            account: try query.value("account") { AccountName($0) },
            campaign: try query.value("campaign") { CampaignID($0) }, caseID: try query.value("case") { CaseID($0) })
        guard filter.account == nil || filter.customer != nil else {
            throw Problem(.malformed, "'account' needs its 'customer'")
        }
        return filter
    }

    var otherOperations: [APIOperation] {
        let status = spoolStatus
        return [
            APIOperation(.get, "/api/v1/spool", .read) { call, stores in
                try APIAnswer(SpoolView(try status.value(at: call.now) { try stores.spool.status() }))
            },
            APIOperation(.get, "/api/v1/audit", .read, query: ["after", "limit"]) { call, stores in
                let limit = try call.query.limit()
                let after = try call.query.value("after") { text in Int64(text).flatMap { $0 > 0 ? $0 : nil } }
                let entries = try stores.control.audit(before: after, limit: limit)
                let end = entries.last?.sequence ?? 1
                return try APIAnswer(
                    CursorPage(items: entries.map(AuditView.init), next: end > 1 ? String(end) : nil))
            },
            APIOperation(.post, "/api/v1/audit/verify", .admin) { call, stores in
                _ = try JSONBody(call.body, allowed: [])
                switch try stores.control.verifyAudit() {
                case .intact(let count): return try APIAnswer(ChainView(intact: true, entry: count))
                case .broken(let entry): return try APIAnswer(ChainView(intact: false, entry: entry))
                }
            },
            APIOperation(.get, "/api/v1/customers", .read, query: ["after", "limit"]) { call, stores in
                let limit = try call.query.limit()
                let after = try call.query.value("after") { CustomerID($0) }
                let rest = stores.customers().sorted { $0.id < $1.id }.filter { customer in
                    after.map { customer.id > $0 } ?? true
                }
                return try APIAnswer(PageView(rest.prefix(limit).map(CustomerView.init), limit: limit) { $0.id })
            },
        ]
    }
}
