import ControlStore
import Enforcement
import Foundation
import MailTypes
import ReportSigning
import Testing

@testable import Console

@Suite(.timeLimit(.minutes(5)))
struct CasePagesTests {
    fileprivate static let form = "application/x-www-form-urlencoded"

    private static func report(
        _ id: CaseID, _ token: CapabilityToken, at time: Timestamp, nonce: String = "0123456789abcdef0123456789abcdef",
        result: String = "pass"
    ) -> [UInt8] {
        let report = SignedReport(
            producer: "sluice 1", host: "mail.acme.example", time: String(time.iso8601.prefix(19)) + "Z", nonce: nonce,
            caseID: id.description, origin: "host",
            items: [.init(check: "QUEUE-01", target: "queue", result: result, evidence: ["<script>alert(1)</script>"])])
        return Array(report.signed(token: Array(token.text.utf8)).utf8)
    }

    @Test func thePageTellsTheCaseAndItsMailIsOnlyText() async throws {
        let console = try TestConsole()
        let id = try console.makeCase(evidence: ["<img src=x onerror=alert(1)> \u{202e}evil\r\nSet-Cookie: a=b"])
        let sample = CaseSample(
            id: SubmissionID(rawValue: 1 << 40), time: console.now,
            header: Array("Subject: </pre><script>alert(2)</script>\r\n".utf8),
            text: Array("\"><form action=\"https://evil.example\">\u{1b}[2J &amp; 'x'".utf8))
        _ = try console.control.apply([.sampled(sample)], to: id, author: "daemon", at: console.now)
        let token = try console.link(id)
        try await console.serve { console in
            let page = try await console.ask("GET", console.path(id, token))
            #expect(page.status == 200)
            #expect(page.fields["content-type"] == "text/html; charset=utf-8")
            #expect(page.fields["referrer-policy"] == "no-referrer")
            #expect(page.fields["cache-control"] == "no-store")
            #expect(page.fields["set-cookie"] == nil)
            let policy = try #require(page.fields["content-security-policy"])
            for part in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
                #expect(policy.contains(part))
            }
            for bad in ["<img", "<script", "<form action=\"https", "\u{1b}", "\u{202e}", "</pre><"] {
                #expect(!page.body.contains(bad), "\(bad)")
            }
            #expect(page.body.contains("&lt;script&gt;alert(2)&lt;/script&gt;"))
            #expect(page.body.contains("mail is stopped"))
            #expect(
                page.body.contains("sluice check --case &#39;https://console.example/cases/\(id)/\(token.text)&#39;")
                    || page.body.contains("sluice check --case 'https://console.example/cases/\(id)/\(token.text)'"))
            #expect(page.body.contains("<html lang=\"en\">"))
            #expect(try await console.ask("GET", "/style.css").fields["content-type"] == "text/css; charset=utf-8")
            // Without a link: nothing about the case, not even whether there is one.
            let none = try await console.ask("GET", "/cases/\(id)")
            let other = try await console.ask("GET", "/cases/case-99999")
            #expect(none.status == 200 && none.body == other.body)
        }
    }

    @Test func aLinkIsGoodForItsCaseAndItsTimeOnly() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        let other = try console.quietCase("elsewhere")
        let (token, foreign) = (try console.link(id), try console.link(other))
        let short = try console.link(id, lifetime: .seconds(3600))
        try await console.serve { console in
            var bodies: Set<String> = []
            func refused(_ path: String) async throws {
                let answer = try await console.ask("GET", path)
                #expect(answer.status == 404, "\(path)")
                bodies.insert(answer.body)
                console.pass(.seconds(7))
            }
            #expect(try await console.ask("GET", console.path(id, token)).status == 200)
            try await refused(console.path(id, foreign))
            try await refused(console.path(other, token))
            try await refused("/cases/\(id)/\(String(repeating: "A", count: 43))")
            try await refused("/cases/\(id)/short")
            try await refused("/cases/\(id)%0d%0aSet-Cookie:x/\(token.text)")
            try await refused("/cases/case-0/\(token.text)")
            #expect(try await console.ask("GET", console.path(id, short)).status == 200)
            console.pass(.seconds(3601))
            try await refused(console.path(id, short))
            #expect(try await console.ask("GET", console.path(id, token)).status == 200)
            let revoked = try await console.ask("DELETE", "/api/v1/cases/\(id)/links", role: .act)
            #expect(try revoked.json["revoked"] as? Int == 1)
            try await refused(console.path(id, token))
            #expect(bodies.count == 1)
            // Only the digest is kept.
            let file = try Data(contentsOf: URL(fileURLWithPath: console.directory + "/control.db-wal"))
            #expect(file.range(of: Data(token.text.utf8)) == nil)
            #expect(file.range(of: Data(token.digest)) != nil)
        }
    }

    @Test func guessingALinkIsLimited() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        let token = try console.link(id)
        try await console.serve { console in
            var statuses: [Int] = []
            for number in 0..<10 {
                let guess = String(repeating: "A", count: 42) + String(number)
                statuses.append(try await console.ask("GET", "/cases/\(id)/\(guess)").status)
            }
            #expect(statuses == Array(repeating: 404, count: 10))
            // From then on not even the right one is looked up, until time has passed.
            let early = try await console.ask("GET", console.path(id, token))
            console.pass(.seconds(61))
            let late = try await console.ask("GET", console.path(id, token))
            #expect(early.status == 429 && late.status == 200)
        }
    }

    @Test func formsOfOtherSitesAreRefused() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        let (token, second) = (try console.link(id), try console.link(id))
        try await console.serve { console in
            let page = try await console.ask("GET", console.path(id, token)).body
            let appeal = try TestForm.code(page, act: "appeal")
            let otherAct = try TestForm.code(page, act: "verify")
            let otherLink = try TestForm.code(
                try await console.ask("GET", console.path(id, second)).body, act: "appeal")
            func send(_ code: String?, site: String? = nil) async throws -> Int {
                let body = "text=It+is+our+newsletter" + (code.map { "&form=\($0)" } ?? "")
                return try await console.ask(
                    "POST", console.path(id, token) + "/appeal",
                    fields: [("Content-Type", Self.form)] + (site.map { [("Sec-Fetch-Site", $0)] } ?? []),
                    body: Array(body.utf8)
                ).status
            }
            for code in [nil, "", "0", otherAct, otherLink, appeal + "0"] { #expect(try await send(code) == 403) }
            #expect(try await send(appeal, site: "cross-site") == 403)
            #expect(try await send(appeal, site: "same-site") == 403)
            #expect(try console.control.notes(of: id, limit: 10).isEmpty)
            #expect(try await send(appeal, site: "same-origin") == 200)
            let notes = try console.control.notes(of: id, limit: 10)
            #expect(notes.map(\.text) == ["appeal: It is our newsletter"])
        }
    }

    @Test func signedReportsAreTakenOnceAndForTheirCase() async throws {
        let console = try TestConsole()
        console.requireChecks()
        let id = try console.makeCase()
        let other = try console.makeCase("account:rival/joe")
        let (token, foreign) = (try console.link(id), try console.link(other))
        try await console.serve { console in
            let path = console.path(id, token)
            let good = Self.report(id, token, at: console.now)
            func form(_ report: [UInt8]) async throws -> TestConsole.Answer {
                let code = try TestForm.code(try await console.ask("GET", path).body, act: "reports")
                console.pass(.seconds(60))
                return try await console.ask(
                    "POST", path + "/reports", fields: [("Content-Type", TestForm.type)],
                    body: TestForm.multipart([("form", Array(code.utf8)), ("report", report)]))
            }
            let before = try await console.ask("GET", path).body
            #expect(before.contains("Still missing") && before.contains("nobody has looked yet"))
            let taken = try await form(good)
            #expect(taken.status == 200)
            #expect(taken.body.contains("queue holds nothing of the incident any more: done"))
            #expect(taken.body.contains("&lt;script&gt;") == false || !taken.body.contains("<script>"))
            #expect(try await form(good).status == 409)
            // Signed with another case's token, made for another case, changed, cut, no report at all.
            #expect(try await form(Self.report(id, foreign, at: console.now, nonce: "n2")).status == 422)
            #expect(try await form(Self.report(other, token, at: console.now, nonce: "n3")).status == 422)
            var changed = Self.report(id, token, at: console.now, nonce: "n4", result: "fail")
            changed = Array(String(decoding: changed, as: UTF8.self).replacing("fail", with: "pass").utf8)
            #expect(try await form(changed).status == 422)
            #expect(try await form(Array(good.prefix(good.count / 2))).status == 422)
            #expect(try await form([]).status == 422)
            // Old, and from the future.
            #expect(
                try await form(Self.report(id, token, at: console.now - .seconds(90_000), nonce: "n5")).status == 422)
            #expect(
                try await form(Self.report(id, token, at: console.now + .seconds(90_000), nonce: "n6")).status == 422)
            // Compressed ones are never unpacked.
            for magic: [UInt8] in [[0x1f, 0x8b, 8, 0], [0x50, 0x4b, 3, 4], [0x28, 0xb5, 0x2f, 0xfd]] {
                #expect(try await form(magic + good).status == 415)
            }
            let packed = try await console.ask(
                "POST", path + "/reports",
                fields: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], body: [0x1f, 0x8b])
            #expect(packed.status == 415)
            #expect(try console.control.reports(of: id, limit: 10).count == 1)
        }
    }

    @Test func largeBodiesAreRefused() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        let token = try console.link(id)
        try await console.serve { console in
            let path = console.path(id, token)
            let head =
                "POST \(path)/reports HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
            // By what it says of itself, before a byte of it.
            let said = try await console.exchange(Array("\(head)Content-Length: 100000000\r\n\r\n".utf8)) {
                $0.contains("too-large")
            }
            #expect(try TestConsole.parse(said).status == 413)
            // Without a length, by what comes.
            let chunk = "ffff\r\n" + String(repeating: "x", count: 0xffff) + "\r\n"
            let whole = "\(head)Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 140)
            let came = try await console.exchange(Array(whole.utf8)) { $0.contains("too-large") }
            #expect(try TestConsole.parse(came).status == 413)
            // A form of very many fields, and one without an end.
            let page = try await console.ask("GET", path).body
            let code = try TestForm.code(page, act: "appeal")
            let many = (0..<50).map { "f\($0)=x" }.joined(separator: "&") + "&form=\(code)"
            let answer = try await console.ask(
                "POST", path + "/appeal", fields: [("Content-Type", Self.form)], body: Array(many.utf8))
            #expect(answer.status == 400)
            let endless = Array("--xyz123\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n\(code)".utf8)
            let broken = try await console.ask(
                "POST", path + "/reports", fields: [("Content-Type", TestForm.type)], body: endless)
            #expect(broken.status == 400)
        }
    }

    @Test func whatIsMissingIsNamedExactly() async throws {
        let console = try TestConsole()
        console.requireChecks()
        let id = try console.makeCase()
        let token = try console.link(id)
        try await console.serve { console in
            let path = console.path(id, token)
            func act(_ name: String, _ fields: String) async throws -> TestConsole.Answer {
                let code = try TestForm.code(try await console.ask("GET", path).body, act: name)
                return try await console.ask(
                    "POST", "\(path)/\(name)", fields: [("Content-Type", Self.form)],
                    body: Array("form=\(code)&\(fields)".utf8))
            }
            let first = try await act("reinstatement", "text=please")
            #expect(first.status == 200)
            #expect(first.body.contains("Asked for. Still missing: "))
            #expect(first.body.contains("The account&#39;s password was changed"))
            let word = try await act("attest", "check=password-changed&name=Joe+%3Cb%3E&text=changed+today")
            #expect(word.status == 200)
            #expect(word.body.contains("done</span>, ") && word.body.contains("changed today"))
            let missing = try #require(word.body.range(of: "Still missing"))
            let end = try #require(word.body[missing.upperBound...].range(of: "</div>"))
            #expect(!word.body[missing.upperBound..<end.lowerBound].contains("password was changed"))
            // A word does not do where a report is asked for; a check that is not asked for is none.
            #expect(try await act("attest", "check=port-25-rules&name=Joe&text=x").status == 409)
            #expect(try await act("attest", "check=nonsense&name=Joe&text=x").status == 422)
            #expect(try await act("attest", "check=password-changed&name=&text=x").status == 422)
            let verify = try await act("verify", "")
            #expect(verify.status == 200 && verify.body.contains("role=\"status\""))
        }
    }

    @Test func theReadersLanguageIsSpoken() async throws {
        let english = try TestConsole()
        try await Self.speaks(english, accepted: "de-DE,de;q=0.9,en;q=0.8", "de")
        try await Self.speaks(try TestConsole(), accepted: "fr, en;q=0.5, de;q=0.4", "en")
        try await Self.speaks(try TestConsole(), accepted: "", "en")
        // What the customer's configuration says wins, and what the reader presses wins over that.
        try await Self.speaks(try TestConsole(language: .german), accepted: "en", "de")
        try await Self.speaks(try TestConsole(language: .english), accepted: "de", "en")
        try await Self.speaks(try TestConsole(language: .english), accepted: "en", "de", query: "?lang=de")
        try await Self.speaks(try TestConsole(language: .german), accepted: "de", "de", query: "?lang=xx")
    }

    private static func speaks(_ console: TestConsole, accepted: String, _ expected: String, query: String = "")
        async throws
    {
        console.requireChecks()
        let id = try console.makeCase()
        let token = try console.link(id)
        try await console.serve { console in
            let fields = [("Accept-Language", accepted), ("Content-Type", Self.form)]
            let path = console.path(id, token)
            let page = try await console.ask("GET", path + query, fields: fields).body
            #expect(page.contains("<html lang=\"\(expected)\">"), "\(accepted) \(query)")
            #expect(page.contains("Was noch fehlt") == (expected == "de"))
            // Refusals, too, and what a page elsewhere says.
            let code = try TestForm.code(page, act: "attest")
            let refused = try await console.ask(
                "POST", "\(path)/attest\(query)", fields: fields,
                body: Array("form=\(code)&check=port-25-rules&name=J&text=x".utf8))
            #expect(refused.status == 409)
            #expect(refused.body.contains("Das wird in diesem Fall nicht verlangt.") == (expected == "de"))
        }
    }

    @Test func everyTextIsThereInBothLanguages() throws {
        let (english, german) = (CaseTexts(language: .english), CaseTexts(language: .german))
        for name in RequiredCheck.Name.allCases {
            #expect(english.title(name) != german.title(name))
            for needs in Assurance.allCases {
                let check = RequiredCheck(name, needs: needs)
                let texts = [english, german].map {
                    "\($0.advice(check, link: nil)) \($0.missing(check, at: TestConsole.start) ?? "")"
                }
                #expect(texts[0] != texts[1])
                // What is not known in German would come out in English.
                #expect(!texts[1].contains("nobody") && !texts[1].contains(" it "))
            }
        }
        #expect(english.steps.count == german.steps.count && english.checkHeads.count == german.checkHeads.count)
    }

    @Test func theDamageIsShownAsFarAsCustomersMaySeeIt() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        let token = try console.link(id)
        try console.control.keepDamage(try console.damage(), of: id)
        try await console.serve { console in
            let page = try await console.ask("GET", console.path(id, token)).body
            #expect(page.contains("What got out") && page.contains("victim.example"))
            let view = try await console.ask("GET", "/api/v1/cases/\(id)", role: .read).json
            #expect((view["damage"] as? [String: Any])?["suspect"] as? Int == 180)
        }
    }

    @Test func oneLinkCannotDoMuchAtOnce() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        let token = try console.link(id)
        try await console.serve { console in
            let path = console.path(id, token)
            let code = try TestForm.code(try await console.ask("GET", path).body, act: "verify")
            var statuses: [Int] = []
            for _ in 0..<11 {
                statuses.append(
                    try await console.ask(
                        "POST", path + "/verify", fields: [("Content-Type", Self.form)],
                        body: Array("form=\(code)".utf8)
                    ).status)
            }
            #expect(statuses == Array(repeating: 200, count: 10) + [429])
            for _ in 0..<60 { _ = try await console.ask("GET", path) }
            #expect(try await console.ask("GET", path).status == 429)
            console.pass(.seconds(61))
            #expect(try await console.ask("GET", path).status == 200)
        }
    }
}

extension TestConsole {
    /// Confirmed stops ask for checks, as the gateway's policy has it.
    func requireChecks() {
        guard let acme = CustomerID("acme") else { return }
        let policy = CasePolicy(serverOwners: [acme])
        control.use(policy)
        stores.control.use(policy)
    }
}
