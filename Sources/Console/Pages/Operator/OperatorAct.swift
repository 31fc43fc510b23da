import Foundation
import MailTypes
import Spool

/// An act of the operator's pages, as the request to the API that it is.
struct OperatorAct: Sendable {
    /// The acts on a case, by the last part of the operation's path.
    private static let caseActs: [String: [String]] = [
        "notes": ["text"], "verify": [], "ask": [], "attest": ["check", "detail"], "waive": ["check", "reason"],
        "kind": ["kind"], "merge": ["case"], "reinstate": ["reason"], "close": ["reason"], "false-alarm": ["reason"],
        "reopen": ["reason"], "links": [],
    ]

    private enum Member: Encodable {
        case text(String)
        case number(Int)
        case flag(Bool)
        case list([String])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .flag(let flag): try container.encode(flag)
            case .list(let texts): try container.encode(texts)
            }
        }
    }

    private let method: APIRequest.Method
    private let path: [String]
    private var members: [String: Member] = [:]
    /// Where its outcome is shown.
    let page: String

    /// - Parameter name: `case-close`, `held-release`, `stop-lift` …
    init?(name: String, form: FormBody) {
        func text(_ name: String) -> String { form.text(name) ?? "" }
        if name.hasPrefix("case-") {
            let (act, id) = (String(name.dropFirst(5)), text("on"))
            guard CaseID(id) != nil else { return nil }
            page = "/cases/" + id
            guard act != "unlink" else {
                (method, path) = (.delete, ["cases", id, "links"])
                return
            }
            guard let names = Self.caseActs[act] else { return nil }
            (method, path) = (.post, ["cases", id, act])
            for name in names { members[name] = .text(text(name)) }
            if act == "reinstate", !text("force").isEmpty { members["force"] = .flag(true) }
            return
        }
        method = .post
        switch name {
        case "held-release", "held-delete":
            page = "/held"
            let act = String(name.dropFirst(5))
            path = ["held", act]
            members["ids"] = .list(form.list)
            if act == "delete", !text("spam").isEmpty { members["spam"] = .flag(true) }
        case "stop-add":
            page = "/stops"
            path = ["stops"]
            members = ["source": .text(text("source")), "reason": .text(text("reason"))]
            if let hours = Int(text("hours")) { members["hours"] = .number(hours) }
        case "stop-lift":
            page = "/stops"
            path = ["stops", "lift"]
            members = ["source": .text(text("source")), "reason": .text(text("reason"))]
        case "audit-verify":
            page = "/audit"
            path = ["audit", "verify"]
        default: return nil
        }
    }

    func request() throws -> APIRequest {
        APIRequest(method, path, body: method == .post ? try JSONText.bytes(members) : [])
    }

    /// What came of it, in a sentence.
    func sentence(_ answer: [UInt8]) -> String {
        func read<T: Decodable>(_ type: T.Type) -> T? { try? JSONDecoder().decode(type, from: Data(answer)) }
        if let outcome = read(HeldOutcomeView.self) {
            let word = path.last == "release" ? "released" : "deleted"
            let missing = outcome.missing.isEmpty ? "" : "; \(outcome.missing.count) are not held any more"
            return "\(outcome.count) message\(outcome.count == 1 ? "" : "s") \(word)\(missing)."
        }
        if let outcome = read(StopOutcomeView.self) { return "\(outcome.stop.source): \(outcome.outcome)." }
        if let link = read(NewLinkView.self) {
            return "The customer's link, shown this once: \(link.url ?? "")"
        }
        if let revoked = read(RevokedView.self) { return "\(revoked.revoked) links are no longer good." }
        if let chain = read(ChainView.self) {
            return chain.intact
                ? "All \(chain.entry) entries are as they were written."
                : "Entry \(chain.entry) is not as it was written."
        }
        return read(OutcomeView.self).map { $0.outcome.prefix(1).uppercased() + $0.outcome.dropFirst() } ?? "Done."
    }
}
