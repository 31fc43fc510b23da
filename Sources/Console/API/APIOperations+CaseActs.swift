import ControlStore
import Enforcement
import HTTPTypes
import MailTypes
import ReportSigning
import Response

/// What is done about cases.
extension APIOperations {
    /// Characters of a reason, a note, an appeal.
    static let textLimit = 900

    /// On the way back: notes, checks, reports.
    static let caseActs: [APIOperation] = [
        act("notes", ["text"]) { id, body, call, stores in
            "note \(try stores.control.addNote(try sentence(body, "text"), to: id, author: call.author, at: call.now).id)"
        },
        act("verify") { id, _, call, stores in try stores.cases.verify(id, author: call.author, at: call.now) },
        act("ask") { id, _, call, stores in
            try stores.cases.askReinstatement(id, text: "", author: call.author, at: call.now)
        },
        act("attest", ["check", "detail", "holds"]) { id, body, call, stores in
            try stores.cases.attest(
                try body.text("check", limit: 60), try body.flag("holds", default: true), of: id,
                text: try sentence(body, "detail"), author: call.author, at: call.now)
        },
        act("waive", ["check", "reason"]) { id, body, call, stores in
            let name = try body.value("check", limit: 60) { RequiredCheck.Name(rawValue: $0) }
            try stores.cases.service.waive(
                name, reason: try sentence(body, "reason"), of: id, author: call.author, at: call.now)
            return "\(name.rawValue) is waived"
        },
        act("kind", ["kind"]) { id, body, call, stores in
            let kind = try body.value("kind", limit: 60) { IncidentKind(rawValue: $0) }
            _ = try stores.control.classify(id, as: [kind], author: call.author, at: call.now)
            return "\(id) is \(kind.rawValue)"
        },
        act("merge", ["case"]) { id, body, call, stores in
            let other = try body.value("case") { CaseID($0) }
            let incident = try stores.control.merge(other, into: id, author: call.author, at: call.now)
            return "\(other) is part of \(incident.id)"
        },
        act("split", ["sources"]) { id, body, call, stores in
            let sources = try body.texts("sources", atMost: IncidentCase.sourceLimit).map { text in
                guard let source = SourceID(text) else {
                    throw Problem(.invalid, "'\(SafeText.printable(text, limit: 80))' is no source")
                }
                return source
            }
            let new = try stores.control.split(sources, from: id, author: call.author, at: call.now)
            return "\(new.id) is new"
        },
        act("reports", ["token", "report"], bodyLimit: 2 * SignedReport.maximumSize.bytes) { id, body, call, stores in
            let token = try body.value("token", limit: 100) { CapabilityToken($0) }
            guard let link = try stores.control.caseToken(token), link.caseID == id, link.isGood(at: call.now) else {
                throw Problem(.invalid, "the token is none of \(id)'s, or its time is over")
            }
            let report = Array(try body.text("report", limit: SignedReport.maximumSize.bytes).utf8)
            return try stores.cases.take(report: report, signedWith: token, for: id, at: call.now)
        },
    ]

    /// Letting in again, and ending.
    static let caseEnds: [APIOperation] = [
        act("reinstate", ["reason", "force"]) { id, body, call, stores in
            try stores.cases.reinstate(
                id, reason: try sentence(body, "reason"), force: try body.flag("force"), author: call.author,
                at: call.now)
        },
        act("close", ["reason"]) { id, body, call, stores in
            let reason = try sentence(body, "reason")
            let incident = try stores.cases.service.close(id, author: call.author, at: call.now)
            return try ended(incident, reason, call, stores)
        },
        act("false-alarm", ["reason"]) { id, body, call, stores in
            let reason = try sentence(body, "reason")
            let before = try stores.incident(id)
            guard !before.state.isFinal else {
                throw Problem(.conflict, "\(id) is \(before.state.rawValue) already")
            }
            let incident = try stores.control.apply([.falseAlarm], to: id, author: call.author, at: call.now).incident
            return try ended(incident, reason, call, stores)
        },
        act("reopen", ["reason"]) { id, body, call, stores in
            let (incident, actions) = try stores.control.apply(
                [.reopened(reason: try sentence(body, "reason"))], to: id, author: call.author, at: call.now)
            guard actions.first != IncidentCase.Action.none else {
                throw Problem(
                    .conflict, "\(id) is \(incident.state.rawValue): it need not, or cannot, be opened again")
            }
            return "\(id) is \(incident.state.rawValue)"
        },
    ]

    /// `POST /api/v1/cases/{case}/NAME`; the case is there before anything of the body is looked at twice.
    private static func act(
        _ name: String, _ members: Set<String> = [], bodyLimit: Int = APIOperation.bodyLimit,
        _ work: @escaping @Sendable (CaseID, JSONBody, APICall, ConsoleStores) throws -> String
    ) -> APIOperation {
        APIOperation(.post, "/api/v1/cases/{case}/\(name)", .act, bodyLimit: bodyLimit) { call, stores in
            let body = try JSONBody(call.body, allowed: members)
            let id = try stores.incident(try call.caseID()).id
            return try APIAnswer(OutcomeView(outcome: try work(id, body, call, stores)))
        }
    }

    /// Why, or what: one line.
    private static func sentence(_ body: JSONBody, _ name: String) throws -> String {
        SafeText.printable(try body.text(name, limit: textLimit), limit: textLimit)
    }

    private static func ended(_ incident: IncidentCase, _ reason: String, _ call: APICall, _ stores: ConsoleStores)
        throws
        -> String
    {
        guard incident.state.isFinal else {
            throw Problem(
                .conflict,
                "\(incident.id) is \(incident.state.rawValue), and was not ended: see what its checks miss")
        }
        try stores.control.record(
            author: call.author, act: "case.reason", subject: incident.id.description, detail: reason, at: call.now)
        return "\(incident.id) is \(incident.state.rawValue)"
    }
}
