import ControlStore
import Enforcement
import HTTPTypes
import MailTypes

/// Cases and their links.
extension APIOperations {
    static func cases(_ links: LinkMaker) -> [APIOperation] {
        [
            APIOperation(.get, "/api/v1/cases", .read, query: ["state", "customer", "after", "limit"]) { call, stores in
                try APIAnswer(try stores.casePage(call.query))
            },
            APIOperation(.get, "/api/v1/cases/{case}", .read) { call, stores in
                try APIAnswer(try CaseView(try stores.incident(try call.caseID()), stores, at: call.now))
            },
            APIOperation(.get, "/api/v1/cases/{case}/timeline", .read, query: ["after", "limit"]) { call, stores in
                try APIAnswer(try stores.timeline(try stores.incident(try call.caseID()).id, call.query))
            },
            APIOperation(.get, "/api/v1/cases/{case}/links", .read) { call, stores in
                let links = try stores.control.caseTokens(of: try stores.incident(try call.caseID()).id)
                return try APIAnswer(PageView(links.map(LinkView.init), limit: .max) { String($0.id) })
            },
            APIOperation(.post, "/api/v1/cases/{case}/links", .act) { call, stores in
                let body = try JSONBody(call.body, allowed: ["days", "seconds"])
                let days = try body.integer("days", in: 1...90, default: 30)
                let seconds = try body.integer("seconds", in: 60...(90 * 86_400), default: days * 86_400)
                let (link, url) = try links.make(
                    for: try call.caseID(), lifetime: .seconds(seconds), author: call.author, at: call.now,
                    in: stores.control)
                return try APIAnswer(
                    NewLinkView(link: link, url: url), kept: NewLinkView(link: link, url: nil), status: .created)
            },
            APIOperation(.delete, "/api/v1/cases/{case}/links", .act) { call, stores in
                let id = try stores.incident(try call.caseID()).id
                let count = try stores.control.revokeCaseTokens(of: id, author: call.author, at: call.now)
                return try APIAnswer(RevokedView(revoked: count))
            },
            APIOperation(.delete, "/api/v1/cases/{case}/links/{link}", .act) { call, stores in
                let id = try stores.incident(try call.caseID()).id
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
}
