import ControlStore
import Enforcement
import HTTPTypes
import MailTypes

/// Cases and their links.
extension OperatorAPI {
    /// Characters of a reason, a note, an appeal.
    static let textLimit = 900

    /// A sentence about what was done.
    struct OutcomeView: Encodable {
        let outcome: String
    }

    struct NewLinkView: Encodable {
        let link: LinkView
        /// Shown once; left out when the answer is given again.
        let url: String?
    }

    struct RevokedView: Encodable {
        let revoked: Int
    }

    var caseOperations: [APIOperation] {
        [
            APIOperation(.get, "/api/v1/cases", .read, query: ["state", "customer", "after", "limit"]) { call, stores in
                var filter = ControlDatabase.CaseFilter(
                    customer: try call.query.value("customer") { CustomerID($0) }, onlyOpen: true)
                if let state = call.query.text("state"), state != "open" {
                    filter.onlyOpen = false
                    if state != "all" { filter.state = try call.query.value("state") { .init(rawValue: $0) } }
                }
                let limit = try call.query.limit()
                let cases = try stores.control.caseSummaries(
                    filter, before: try call.query.value("after") { CaseID($0) }, limit: limit)
                return try APIAnswer(PageView(cases.map(CaseSummaryView.init), limit: limit) { $0.id })
            },
            APIOperation(.get, "/api/v1/cases/{case}", .read) { call, stores in
                try APIAnswer(CaseDetailView(try Self.incident(call, stores), stores, at: call.now))
            },
            APIOperation(.get, "/api/v1/cases/{case}/timeline", .read, query: ["after", "limit"]) { call, stores in
                let limit = try call.query.limit()
                let after = try call.query.value("after") { text in Int64(text).flatMap { $0 > 0 ? $0 : nil } }
                let entries = try stores.control.caseTimeline(
                    try Self.incident(call, stores).id, after: after ?? 0, limit: limit)
                return try APIAnswer(PageView(entries.map(AuditView.init), limit: limit) { String($0.sequence) })
            },
            act("notes", text: "text") { id, text, call, stores in
                "note \(try stores.control.addNote(text, to: id, author: call.author, at: call.now).id)"
            },
            APIOperation(.post, "/api/v1/cases/{case}/reinstate", .act) { call, stores in
                let body = try JSONBody(call.body, allowed: ["reason", "force"])
                let reason = SafeText.printable(try body.text("reason", limit: Self.textLimit), limit: Self.textLimit)
                let outcome = try stores.cases.reinstate(
                    try Self.incident(call, stores).id, reason: reason, force: try body.flag("force"),
                    author: call.author, at: call.now)
                return try APIAnswer(OutcomeView(outcome: outcome))
            },
            act("close", text: "reason") { id, reason, call, stores in
                try Self.end(.closed, id, reason, call, stores)
            },
            act("false-alarm", text: "reason") { id, reason, call, stores in
                try Self.end(.falseAlarm, id, reason, call, stores)
            },
            act("reopen", text: "reason") { id, reason, call, stores in
                let (incident, actions) = try stores.control.apply(
                    [.reopened(reason: reason)], to: id, author: call.author, at: call.now)
                guard actions.first != IncidentCase.Action.none else {
                    throw Problem(.conflict, "\(id) is \(incident.state.rawValue), and cannot be reopened")
                }
                return "\(id) is \(incident.state.rawValue)"
            },
            APIOperation(.post, "/api/v1/cases/{case}/merge", .act) { call, stores in
                let other = try JSONBody(call.body, allowed: ["case"]).value("case") { CaseID($0) }
                let incident = try stores.control.merge(
                    other, into: try Self.incident(call, stores).id, author: call.author, at: call.now)
                return try APIAnswer(OutcomeView(outcome: "\(other) is part of \(incident.id)"))
            },
            APIOperation(.post, "/api/v1/cases/{case}/waive", .act) { call, stores in
                let body = try JSONBody(call.body, allowed: ["check", "reason"])
                let name = try body.value("check", limit: 60) { RequiredCheck.Name(rawValue: $0) }
                let reason = SafeText.printable(try body.text("reason", limit: Self.textLimit), limit: Self.textLimit)
                let (_, actions) = try stores.control.apply(
                    [.waived(name, .init(author: call.author, reason: reason, time: call.now))],
                    to: try Self.incident(call, stores).id, author: call.author, at: call.now)
                guard actions.first != IncidentCase.Action.none else {
                    throw Problem(.conflict, "the case does not ask for \(name.rawValue), or has ended")
                }
                return try APIAnswer(OutcomeView(outcome: "\(name.rawValue) is waived"))
            },
            APIOperation(.post, "/api/v1/cases/{case}/verify", .act) { call, stores in
                _ = try JSONBody(call.body, allowed: [])
                let incident = try Self.incident(call, stores)
                return try APIAnswer(
                    OutcomeView(outcome: try stores.cases.verify(incident.id, author: call.author, at: call.now)))
            },
            APIOperation(.get, "/api/v1/cases/{case}/links", .read) { call, stores in
                let links = try stores.control.caseTokens(of: try Self.incident(call, stores).id)
                return try APIAnswer(PageView(links.map(LinkView.init), limit: .max) { String($0.id) })
            },
            makeLink,
            APIOperation(.delete, "/api/v1/cases/{case}/links", .act) { call, stores in
                let id = try Self.incident(call, stores).id
                return try APIAnswer(
                    RevokedView(revoked: try stores.control.revokeCaseTokens(of: id, author: call.author, at: call.now))
                )
            },
            APIOperation(.delete, "/api/v1/cases/{case}/links/{link}", .act) { call, stores in
                let id = try Self.incident(call, stores).id
                guard let number = call.names["link"].flatMap({ Int64($0) }) else {
                    throw Problem(.notFound, "there is no such link")
                }
                let count = try stores.control.revokeCaseTokens(
                    of: id, number: number, author: call.author, at: call.now)
                guard count > 0 else { throw Problem(.notFound, "there is no such link, or it has ended") }
                return try APIAnswer(RevokedView(revoked: count))
            },
        ]
    }

    private var makeLink: APIOperation {
        let (base, token) = (baseURL, newToken)
        return APIOperation(.post, "/api/v1/cases/{case}/links", .act) { call, stores in
            let body = try JSONBody(call.body, allowed: ["days"])
            let days = try body.integer("days", in: 1...90, default: 30)
            let token = token()
            let made = try stores.control.mintCaseToken(
                token, for: try call.caseID(), lifetime: .seconds(86_400 * days), author: call.author, at: call.now)
            let url = CaseLink.url(base: base, caseID: made.caseID, token: token)
            return try APIAnswer(
                NewLinkView(link: LinkView(made), url: url), kept: NewLinkView(link: LinkView(made), url: nil),
                status: .created)
        }
    }

    /// `POST /api/v1/cases/{case}/NAME` with one text.
    private func act(
        _ name: String, text: String,
        _ work: @escaping @Sendable (CaseID, String, APICall, ConsoleStores) throws -> String
    ) -> APIOperation {
        APIOperation(.post, "/api/v1/cases/{case}/\(name)", .act) { call, stores in
            let body = try JSONBody(call.body, allowed: [text])
            let given = SafeText.printable(try body.text(text, limit: Self.textLimit), limit: Self.textLimit)
            let id = try Self.incident(call, stores).id
            return try APIAnswer(OutcomeView(outcome: try work(id, given, call, stores)))
        }
    }

    static func incident(_ call: APICall, _ stores: ConsoleStores) throws -> IncidentCase {
        guard let incident = try stores.control.incident(try call.caseID()) else {
            throw Problem(.notFound, "there is no such case")
        }
        return incident
    }

    private static func end(
        _ event: IncidentCase.Event, _ id: CaseID, _ reason: String, _ call: APICall, _ stores: ConsoleStores
    ) throws -> String {
        let (incident, actions) = try stores.control.apply([event], to: id, author: call.author, at: call.now)
        guard incident.state.isFinal, actions.first != IncidentCase.Action.none else {
            throw Problem(.conflict, "\(id) is \(incident.state.rawValue), and was not ended: see what its checks miss")
        }
        try stores.control.record(
            author: call.author, act: "case.reason", subject: id.description, detail: reason, at: call.now)
        return "\(id) is \(incident.state.rawValue)"
    }
}
