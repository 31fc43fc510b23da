import ControlStore
import Enforcement
import HTTPTypes
import MailTypes
import Response
import Spool

/// Stops, held mail, the spool, the audit log, customers.
extension APIOperations {
    /// Ids named in the answer to an act on held messages.
    static let namedLimit = 1000

    static let stops: [APIOperation] = [
        APIOperation(.get, "/api/v1/stops", .read, query: ["after", "limit"]) { call, stores in
            try APIAnswer(try stores.stopPage(call.query, at: call.now))
        },
        APIOperation(.post, "/api/v1/stops", .act) { call, stores in
            let body = try JSONBody(call.body, allowed: ["source", "reason", "hours", "seconds", "certainty"])
            let hours = try body.integer("hours", in: 0...8760, default: 0)
            let seconds = try body.integer("seconds", in: 1...(8760 * 3600), default: 3600 * hours)
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
                    certainty: certainty, until: seconds == 0 ? nil : call.now + .seconds(seconds),
                    author: .person(call.caller.name)), at: call.now)
            return try APIAnswer(
                StopOutcomeView(outcome: "\(outcome.addition)", stop: StopView(outcome.stop)), status: .created)
        },
        APIOperation(.get, "/api/v1/stops/{source}", .read) { call, stores in
            let source = call.names["source"].flatMap { SourceID($0) }
            guard let source, let stop = try stores.control.stop(of: source, at: call.now) else {
                throw Problem(.notFound, "that source is not stopped")
            }
            return try APIAnswer(StopView(stop))
        },
        APIOperation(.post, "/api/v1/stops/lift", .act) { call, stores in
            let body = try JSONBody(call.body, allowed: ["source", "reason"])
            let source = try body.value("source", limit: 400) { SourceID($0) }
            let reason = SafeText.printable(try body.text("reason"), limit: 300)
            guard
                let stop = try stores.control.lift(
                    source, author: .person(call.caller.name), reason: reason, at: call.now)
            else {
                throw Problem(.notFound, "\(SafeText.printable(source.description)) is not stopped")
            }
            return try APIAnswer(StopOutcomeView(outcome: "lifted", stop: StopView(stop)))
        },
    ]

    static let held: [APIOperation] = [
        APIOperation(.get, "/api/v1/held", .read, query: ConsoleStores.heldFilters.union(["after", "limit"])) {
            call, stores in try APIAnswer(try stores.heldPage(call.query))
        },
        APIOperation(.get, "/api/v1/held/{message}", .read) { call, stores in
            try APIAnswer(try stores.message(call.names["message"]))
        },
        actOnHeld(.release, "learn"), actOnHeld(.delete, "spam"),
    ]

    /// Messages by their ids, or all that a selection finds. What a person decides is learnt: released mail was good, and
    /// deleted mail was spam if they say so.
    private static func actOnHeld(_ act: Spool.HeldAct, _ lesson: String) -> APIOperation {
        APIOperation(.post, "/api/v1/held/\(act.rawValue)", .act) { call, stores in
            let body = try JSONBody(call.body, allowed: ["ids", "select", lesson])
            let teaches = try body.flag(lesson, default: act == .release)
            let selection = try body.object("select", allowed: ConsoleStores.heldFilters.union(["everything"]))
            func teach(_ ids: [SubmissionID]) { if teaches { stores.learn(ids, act == .delete) } }
            let outcome: HeldDesk.Outcome
            if let selection {
                guard !body.has("ids") else { throw Problem(.invalid, "'ids' and 'select' are not taken together") }
                let filter = try Spool.HeldFilter(selection)
                // Before the act: then the messages are gone.
                teach(try stores.held.list(filter, after: nil, limit: Spool.actLimit).map(\.id))
                outcome = try stores.held.act(act, onAll: filter, author: call.author, at: call.now)
            } else {
                let ids = try body.texts("ids", atMost: Spool.actLimit).map { text in
                    guard let id = SubmissionID(text) else {
                        throw Problem(.invalid, "'\(SafeText.printable(text, limit: 40))' is no message's id")
                    }
                    return id
                }
                teach(ids)
                outcome = try stores.held.act(act, on: ids, author: call.author, at: call.now)
            }
            return try APIAnswer(
                HeldOutcomeView(
                    count: outcome.done.count, done: outcome.done.prefix(namedLimit).map(\.description),
                    missing: outcome.missing.prefix(namedLimit).map(\.description)))
        }
    }

    static let others: [APIOperation] =
        [
            APIOperation(.get, "/api/v1/spool", .read) { call, stores in
                try APIAnswer(SpoolView(try stores.spoolStatus.value(of: stores.spool, at: call.now)))
            },
            APIOperation(.get, "/api/v1/audit", .read, query: ["after", "limit"]) { call, stores in
                try APIAnswer(try stores.auditPage(call.query))
            },
            APIOperation(.post, "/api/v1/audit/verify", .admin) { call, stores in
                _ = try JSONBody(call.body, allowed: [])
                switch try stores.control.verifyAudit() {
                case .intact(let count): return try APIAnswer(ChainView(intact: true, entry: count))
                case .broken(let entry): return try APIAnswer(ChainView(intact: false, entry: entry))
                }
            },
            APIOperation(.get, "/api/v1/customers", .read, query: ["after", "limit"]) { call, stores in
                try APIAnswer(try stores.customerPage(call.query))
            },
        ]
}

extension Spool.HeldFilter {
    /// Of a request's `select`. An empty one is refused: everything is said in so many words.
    fileprivate init(_ body: JSONBody) throws {
        self.init(
            customer: try body.optional("customer") { CustomerID($0) },
            account: try body.optional("account") { AccountName($0) },
            campaign: try body.optional("campaign") { CampaignID($0) }, caseID: try body.optional("case") { CaseID($0) }
        )
        let isAll = try body.flag("everything")
        guard isAll == (self == Spool.HeldFilter()) else {
            throw Problem(.invalid, "'select' names customer, account, campaign or case, or else everything: true")
        }
        guard account == nil || customer != nil else { throw Problem(.invalid, "'account' needs its 'customer'") }
    }
}
