import ControlStore
import Enforcement
import Foundation
import HTTPTypes
import MailTypes
import NIOConcurrencyHelpers
import ReportSigning
import Testing

@testable import Console

@Suite(.timeLimit(.minutes(5)))
struct OperatorAPITests {
    /// Every operation of the document is called, rightly and wrongly; every answer must be as the document says.
    @Test func theServerDoesWhatItsDocumentSays() async throws {
        let console = try TestConsole()
        console.requireChecks()
        let id = try console.makeCase("server:acme/192.0.2.9")
        let held = try await console.hold(6, in: id)
        _ = try console.makeCase("account:keep/joe x")
        let token = try console.link(id)
        _ = try console.link(id)
        try await console.serve { console in
            let report = SignedReport(
                producer: "sluice 1", host: "mail.acme.example", time: String(console.now.iso8601.prefix(19)) + "Z",
                nonce: "00112233445566778899aabbccddeeff", caseID: id.description, origin: "host",
                items: [.init(check: "QUEUE-01", target: "queue", result: "pass", evidence: ["empty"])])
            var second = report
            second.nonce = "11112233445566778899aabbccddeeff"
            let signed = try JSONSerialization.jsonObject(
                with: Data(report.signed(token: Array(token.text.utf8)).utf8))
            let one: [String: Any] = ["case": id.description]
            let merged = try console.separateCase()
            let operations: [String: [String: Any]] = [
                "listCases": ["parameters": ["state": "all", "limit": 2, "customer": "acme"]],
                "getCase": ["parameters": one], "getTimeline": ["parameters": one],
                "addNote": ["parameters": one, "body": ["text": "called"]], "verifyCase": ["parameters": one],
                "waiveCheck": [
                    "parameters": one, "body": ["check": "cause-removed", "reason": "seen by telephone"],
                ], "askReinstatement": ["parameters": one],
                "attestCheck": [
                    "parameters": one, "body": ["check": "cause-removed", "detail": "by telephone", "holds": true],
                ], "classifyCase": ["parameters": one, "body": ["kind": "open-relay"]],
                "splitCase": [
                    "parameters": ["case": try console.wideCase("e").description],
                    "body": ["sources": ["account:c-e/y"]],
                ],
                "takeReport": [
                    "parameters": one,
                    "body": ["token": token.text, "report": second.signed(token: Array(token.text.utf8))],
                ], "getStop": ["parameters": ["source": "account:keep/joe x"]],
                "reportEvents": [
                    "body": [
                        "customer": "acme",
                        "events": [
                            [
                                "time": console.now.iso8601, "event": "login", "account": "joe", "address": "192.0.2.7",
                                "success": true,
                            ]
                        ],
                    ]
                ],
                "reinstateCase": ["parameters": one, "body": ["reason": "it is well", "force": true]],
                "closeCase": [
                    "parameters": ["case": try console.quietCase("a").description], "body": ["reason": "clean"],
                ],
                "falseAlarm": [
                    "parameters": ["case": try console.quietCase("b").description], "body": ["reason": "news"],
                ],
                "reopenCase": [
                    "parameters": ["case": try console.endedCase("c").description], "body": ["reason": "again"],
                ],
                "mergeCases": ["parameters": ["case": merged.0.description], "body": ["case": merged.1.description]],
                "listLinks": ["parameters": one], "makeLink": ["parameters": one, "body": ["days": 3]],
                "revokeLinks": ["parameters": ["case": try console.linkedCase("d").description]],
                "revokeLink": [
                    "parameters": [
                        "case": id.description, "link": String(try console.control.caseTokens(of: id)[0].id),
                    ]
                ],
                "listStops": ["parameters": ["limit": 1]],
                "addStop": ["body": ["source": "account:acme/ann", "reason": "by hand", "hours": 2]],
                "liftStop": ["body": ["source": "account:acme/ann", "reason": "it was nothing"]],
                "listHeld": ["parameters": ["customer": "acme", "account": "joe", "limit": 3]],
                "getMessage": ["parameters": ["message": held[5].description]],
                "releaseHeld": ["body": ["ids": [held[0].description, held[1].description]]],
                "deleteHeld": ["body": ["ids": [held[2].description]]], "getSpool": [:],
                "listAudit": ["parameters": ["limit": 3]], "verifyAudit": [:], "listCustomers": [:], "events": [:],
                "sendReport": [
                    "parameters": ["case": id.description, "token": token.text], "body": signed,
                ],
            ]
            let facts: [String: Any] = [
                "tokens": Dictionary(uniqueKeysWithValues: console.tokens.map { ($0.key.rawValue, $0.value.text) }),
                "case": try console.quietCase("z").description, "operations": operations,
            ]
            let file = console.directory + "/facts.json"
            try JSONSerialization.data(withJSONObject: facts).write(to: URL(fileURLWithPath: file))
            // The checker asks faster than any limit allows: time passes as fast.
            let isOver = NIOLockedValueBox(false)
            let ticker = Task {
                while !isOver.withLockedValue({ $0 }) {
                    // Not so fast that the report, made at the start, is older than a stop of the end, however slow the machine.
                    console.pass(.milliseconds(50))
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            let (status, output) = try await PythonScript.run(
                "check_openapi.py", ["http://127.0.0.1:\(console.port.withLockedValue { $0 })", file],
                output: console.directory + "/out")
            isOver.withLockedValue { $0 = true }
            _ = await ticker.result
            #expect(status == 0, "\(output)")
            #expect(output.contains(" 35 operations, 0 failures"), "\(output.suffix(200))")
        }
    }

    @Test func theDocumentNamesExactlyTheServersOperations() throws {
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(OpenAPIDocument.text.utf8)) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        var documented: [String: String] = [:]
        for (path, methods) in paths where path.hasPrefix("/api/") {
            for (method, operation) in methods {
                let text = try #require((operation as? [String: Any])?["description"] as? String)
                documented["\(method.uppercased()) \(path)"] = String(text.split(separator: "`")[1])
            }
        }
        let operations = APIOperations(baseURL: nil) {
            var generator = SystemRandomNumberGenerator()
            return CapabilityToken(using: &generator)
        }
        var served = ["GET /api/v1/events": "read"]
        for operation in operations.all {
            served["\(operation.method.rawValue) \(operation.path)"] = operation.role.rawValue
        }
        #expect(served == documented)
    }

    @Test func aKeyGivesTheFirstAnswerAgain() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        try await console.serve { console in
            let path = "/api/v1/cases/\(id)/links"
            let first = try await console.post(path, "{}", key: "k1")
            let again = try await console.post(path, "{}", key: "k1")
            #expect(first.status == 201 && again.status == 201)
            #expect(again.fields["idempotency-replayed"] == "true")
            let url = try #require(try first.json["url"] as? String)
            // The secret is shown once.
            #expect(try again.json["url"] == nil)
            #expect(try console.control.caseTokens(of: id).count == 1)
            #expect(try await console.post(path, "{\"days\": 3}", key: "k1").status == 422)
            #expect(try await console.post("/api/v1/cases/\(id)/notes", "{\"text\": \"\"}", key: "k2").status == 422)
            // What was refused may be mended under the same key.
            #expect(try await console.post("/api/v1/cases/\(id)/notes", "{\"text\": \"x\"}", key: "k3").status == 200)
            #expect(try await console.post("/api/v1/cases/\(id)/notes", "{\"text\": \"x\"}", key: "k3").status == 200)
            #expect(try console.control.notes(of: id, limit: 10).count == 1)
            let parts = try #require(CaseLink.parse(url))
            #expect(parts.base == "https://console.example" && parts.caseID == id)
            #expect(try await console.ask("GET", console.path(id, parts.token)).status == 200)
        }
    }

    @Test func pagesNameEachThingOnce() async throws {
        let console = try TestConsole()
        let wanted = Set(try (0..<45).map { try console.quietCase("user\($0)").description })
        let held = Set(try await console.hold(45, in: nil).map(\.description))
        try await console.serve { console in
            for (path, expected) in [("/api/v1/cases?state=all&limit=20", wanted), ("/api/v1/held?limit=20", held)] {
                var found: [String] = []
                var cursor: String?
                repeat {
                    let answer = try await console.ask("GET", path + (cursor.map { "&after=\($0)" } ?? ""), role: .read)
                    let page = try answer.json
                    for item in try #require(page["items"] as? [[String: Any]]) {
                        found.append(try #require(item["id"] as? String))
                    }
                    cursor = page["next"] as? String
                } while cursor != nil
                #expect(found.count == 45)
                #expect(Set(found) == expected)
            }
        }
    }

    @Test func guessingIsLimited() async throws {
        let network = try #require(IPNetwork("127.0.0.0/8"))
        let console = try TestConsole(proxies: [network])
        try await console.serve { console in
            func guess(_ address: String) async throws -> Int {
                try await console.ask(
                    "GET", "/api/v1/cases",
                    fields: [
                        ("Authorization", "Bearer " + String(repeating: "A", count: 43)), ("X-Forwarded-For", address),
                    ]
                ).status
            }
            var statuses: [Int] = []
            for _ in 0..<11 { statuses.append(try await guess("192.0.2.1")) }
            #expect(statuses == Array(repeating: 401, count: 10) + [429])
            statuses = []
            // What a client puts before its proxy's own entry is not believed; others are others.
            for address in ["203.0.113.9, 192.0.2.1", "192.0.2.2"] { statuses.append(try await guess(address)) }
            statuses.append(try await console.ask("GET", "/api/v1/cases", role: .read).status)
            console.pass(.seconds(61))
            statuses.append(try await guess("192.0.2.1"))
            #expect(statuses == [429, 401, 200, 401])
        }
    }

    @Test func eventsGoOnWhereTheyWere() async throws {
        let console = try TestConsole()
        _ = try console.makeCase(evidence: ["line\r\nbreak"])
        try await console.serve { console in
            let token = try #require(console.tokens[.read]).text
            func listen(_ fields: String, until mark: String) async throws -> String {
                try await console.exchange(
                    Array(
                        "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\(fields)\r\n".utf8
                    )
                ) { $0.contains(mark) }
            }
            let all = try await listen("Last-Event-ID: 0\r\n", until: "event: stop.added")
            #expect(all.contains("text/event-stream"))
            #expect(all.contains("id: 1\nevent: case.open\ndata: {"))
            let end = try console.control.auditEnd()
            try console.control.record(author: "person:ann", act: "case.note\nid: 9", subject: "x", at: console.now)
            let rest = try await listen("Last-Event-ID: \(end)\r\n", until: "\"x\"")
            #expect(rest.contains("id: \(end + 1)\nevent: case.noteid9\n"))
            #expect(!rest.contains("event: case.open"))
        }
    }

    @Test func aRevokedTokenEndsAtOnce() async throws {
        let console = try TestConsole()
        _ = try console.makeCase()
        try await console.serve { console in
            let (token, other) = (try #require(console.tokens[.read]), try #require(console.tokens[.act]))
            #expect(try await console.ask("GET", "/api/v1/cases", role: .read).status == 200)
            // A stream that is open ends, too: the server closes it.
            let stream = Task {
                try await console.exchange(
                    Array("GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token.text)\r\n\r\n".utf8)
                ) { $0.hasSuffix("0\r\n\r\n") }
            }
            _ = try await console.exchange(
                Array(
                    "GET /api/v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token.text)\r\n\r\n".utf8
                )
            ) { $0.contains("event: stop.added") }
            // As a reload of the configuration does.
            var generator = SystemRandomNumberGenerator()
            let new = CapabilityToken(using: &generator)
            console.operators.use(
                OperatorTokens([
                    .init(name: "act", role: .read, digest: other.digest),
                    .init(name: "new", role: .act, digest: new.digest),
                ]))
            #expect(try await console.ask("GET", "/api/v1/cases", role: .read).status == 401)
            #expect(try await console.ask("GET", "/api/v1/cases", role: .act).status == 200)
            // A role that was lowered is lower at once.
            #expect(try await console.post("/api/v1/cases/case-1/notes", "{\"text\": \"x\"}").status == 403)
            let fresh = [("Authorization", "Bearer \(new.text)")]
            #expect(try await console.ask("GET", "/api/v1/cases", fields: fresh).status == 200)
            _ = try await stream.value
        }
    }

    @Test func heldMailIsChosenBySelectionAndNeverByNothing() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        let mine = try await console.hold(2, in: id)
        console.pass(.seconds(1))
        let rest = try await console.hold(3, in: nil)
        try await console.serve { console in
            let path = "/api/v1/held/release"
            for body in [
                "{}", "{\"select\": {}}", "{\"select\": {\"everything\": false}}",
                "{\"select\": {\"everything\": true, \"customer\": \"acme\"}}", "{\"select\": {\"account\": \"joe\"}}",
                "{\"select\": {\"customer\": \"acme\"}, \"ids\": [\"\(rest[0])\"]}",
            ] { #expect(try await console.post(path, body).status == 422, "\(body)") }
            let first = try await console.post(path, "{\"select\": {\"case\": \"\(id)\"}, \"learn\": false}")
            #expect(try first.json["done"] as? [String] == mine.map(\.description))
            let second = try await console.post(
                "/api/v1/held/delete", "{\"select\": {\"everything\": true}, \"spam\": true}")
            #expect(try second.json["count"] as? Int == 3)
            let lessons = console.lessons.withLockedValue { $0.map { "\($0.ids.count) \($0.isSpam)" } }
            #expect(lessons == ["3 true"])
        }
    }

    @Test func whereNothingIsAProblemSaysSo() async throws {
        let console = try TestConsole()
        try await console.serve { console in
            let answer = try await console.ask("GET", "/api/v1/nothing", role: .read)
            #expect(answer.status == 404)
            #expect(answer.fields["content-type"] == "application/problem+json")
            #expect(answer.fields["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
            #expect(try answer.json["type"] as? String == "urn:sluice:problem:not-found")
            let page = try await console.ask("GET", "/cases/case-1/x", fields: [("Accept", "text/html")])
            #expect(page.status == 404)
            #expect(page.body.contains("role=\"alert\""))
        }
    }

    @Test func actsAreAuditedWithWhoAndWhy() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        try await console.serve { console in
            let lift = try await console.post(
                "/api/v1/stops/lift", "{\"source\":\"account:acme/joe\",\"reason\":\"a mistake\"}")
            #expect(lift.status == 200)
            #expect(
                try await console.post(
                    "/api/v1/stops/lift", "{\"source\":\"account:acme/joe\",\"reason\":\"a mistake\"}"
                ).status == 404)
            let entry = try #require(try console.control.latestAudit(limit: 5).first { $0.act == "stop.lift" })
            #expect(entry.author == "person:act")
            #expect(entry.detail.contains("a mistake") && entry.detail.contains(id.description))
        }
    }
}

extension TestConsole {
    /// A case without stops.
    func quietCase(_ account: String) throws -> CaseID {
        // Each of another customer: one incident of a customer is one case.
        try control.suspect(source("account:c-\(account)/x"), evidence: ["e"], author: "detector", at: now).id
    }

    func endedCase(_ account: String) throws -> CaseID {
        let id = try quietCase(account)
        _ = try control.apply([.falseAlarm], to: id, author: "person:test", at: now)
        return id
    }

    func linkedCase(_ account: String) throws -> CaseID {
        let id = try quietCase(account)
        _ = try link(id)
        return id
    }

    /// A case of two sources.
    func wideCase(_ account: String) throws -> CaseID {
        let id = try quietCase(account)
        _ = try control.suspect(source("account:c-\(account)/y"), evidence: ["e"], author: "detector", at: now)
        return id
    }

    /// Two open cases of one customer.
    func separateCase() throws -> (CaseID, CaseID) {
        let first = try control.suspect(source("account:two/a"), evidence: [], author: "detector", at: now)
        _ = try control.suspect(source("account:two/b"), evidence: [], author: "detector", at: now)
        let split = try control.split([source("account:two/b")], from: first.id, author: "person:test", at: now)
        return (first.id, split.id)
    }
}
