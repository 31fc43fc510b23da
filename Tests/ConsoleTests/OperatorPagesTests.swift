import ControlStore
import Enforcement
import Foundation
import MailTypes
import NIOConcurrencyHelpers
import Testing

@testable import Console

/// The operator's console, by hand: a browser's requests without a browser.
@Suite(.timeLimit(.minutes(5)))
struct OperatorPagesTests {
    private static let form = "application/x-www-form-urlencoded"

    /// A browser of one person: its cookie, and what it sends.
    private struct Browser: Sendable {
        let console: TestConsole
        var cookie = ""

        func get(_ path: String) async throws -> TestConsole.Answer {
            try await console.ask("GET", "/operator" + path, fields: [("Cookie", cookie)])
        }

        func post(_ path: String, _ fields: [(String, String)], site: String? = "same-origin") async throws
            -> TestConsole.Answer
        {
            let body = fields.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
            return try await console.ask(
                "POST", "/operator" + path,
                fields: [("Content-Type", OperatorPagesTests.form), ("Cookie", cookie)]
                    + (site.map { [("Sec-Fetch-Site", $0)] } ?? []), body: Array(body.utf8))
        }

        mutating func logIn(_ token: String) async throws -> TestConsole.Answer {
            let page = try await get("/login").body
            let code = try TestForm.code(page, act: "login")
            let answer = try await post("/login", [("form", code), ("token", token)])
            if let field = answer.fields["set-cookie"] { cookie = String(field.prefix { $0 != ";" }) }
            return answer
        }

        /// Presses a button of a page; gives what the next page says.
        func act(_ name: String, on page: String, _ fields: [(String, String)]) async throws -> String {
            let code = try TestForm.code(try await get(page).body, act: name)
            let answer = try await post("/act/" + name, [("form", code)] + fields)
            #expect(answer.status == 303, "\(name): \(answer.body.prefix(300))")
            let next = try #require(answer.fields["location"])
            return try await get(String(next.dropFirst("/operator".count))).body
        }

        private static func encoded(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }
    }

    private static func loggedIn(_ console: TestConsole, _ role: Role = .act) async throws -> Browser {
        var browser = Browser(console: console)
        _ = try await browser.logIn(try #require(console.tokens[role]).text)
        return browser
    }

    @Test func aTokenOpensASessionAndNothingElseDoes() async throws {
        let console = try TestConsole()
        try await console.serve { console in
            var browser = Browser(console: console)
            for path in ["", "/cases", "/held", "/stops", "/customers", "/audit", "/cases/case-1", "/held/x"] {
                let answer = try await browser.get(path)
                #expect(answer.status == 303 && answer.fields["location"] == "/operator/login", "\(path)")
            }
            let wrong = try await browser.logIn(String(repeating: "A", count: 43))
            #expect(wrong.status == 403 && wrong.fields["set-cookie"] == nil)
            let answer = try await browser.logIn(try #require(console.tokens[.act]).text)
            #expect(answer.status == 303 && answer.fields["location"] == "/operator")
            let cookie = try #require(answer.fields["set-cookie"])
            for part in ["Path=/operator", "HttpOnly", "SameSite=Strict"] { #expect(cookie.contains(part)) }
            // On plain HTTP a cookie for TLS only would never come back.
            #expect(!cookie.contains("Secure"))
            let page = try await browser.get("")
            #expect(page.status == 200 && page.body.contains("Own address 192.0.2.25 is on the list bl.example."))
            #expect(page.body.contains("act (act)"))
            #expect(try console.control.latestAudit(limit: 1).first?.act == "console.login")
            // The session is not the token, and the token is no cookie.
            #expect(!cookie.contains(try #require(console.tokens[.act]).text))
            browser.cookie = "sluice-session=\(try #require(console.tokens[.act]).text)"
            #expect(try await browser.get("").status == 303)
        }
    }

    @Test func guessingATokenIsLimited() async throws {
        let console = try TestConsole()
        try await console.serve { console in
            var browser = Browser(console: console)
            var statuses: [Int] = []
            for _ in 0..<11 { statuses.append(try await browser.logIn(String(repeating: "B", count: 43)).status) }
            #expect(statuses == Array(repeating: 403, count: 10) + [429])
            // Not even the right one is looked at, until time has passed; the API counts with it.
            let token = try #require(console.tokens[.read]).text
            #expect(try await browser.logIn(token).status == 429)
            #expect(try await console.ask("GET", "/api/v1/cases", role: .read).status == 429)
            console.pass(.seconds(61))
            #expect(try await browser.logIn(token).status == 303)
        }
    }

    @Test func aSessionEndsWithItsTokenItsTimeAndItsLogout() async throws {
        let console = try TestConsole()
        try await console.serve { console in
            let browser = try await Self.loggedIn(console)
            let idle = try await Self.loggedIn(console, .read)
            console.pass(.seconds(1800))
            #expect(try await browser.get("").status == 200)
            console.pass(.seconds(1801))
            #expect(try await browser.get("").status == 200)
            #expect(try await idle.get("").status == 303)
            // However busy: not longer than a working day.
            for _ in 0..<24 {
                console.pass(.seconds(1750))
                _ = try await browser.get("")
            }
            #expect(try await browser.get("").status == 303)

            let second = try await Self.loggedIn(console)
            let code = try TestForm.code(try await second.get("").body, act: "logout")
            #expect(try await second.post("/logout", [("form", "0")]).status == 403)
            let out = try await second.post("/logout", [("form", code)])
            #expect(out.status == 303 && out.fields["set-cookie"]?.contains("Max-Age=0") == true)
            #expect(try await second.get("").status == 303)

            let third = try await Self.loggedIn(console)
            #expect(try await third.get("").status == 200)
            console.operators.use(OperatorTokens([]))
            #expect(try await third.get("").status == 303)
        }
    }

    @Test func formsOfOtherSitesAreRefused() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        try await console.serve { console in
            let browser = try await Self.loggedIn(console)
            let other = try await Self.loggedIn(console)
            let path = "/cases/\(id)"
            let page = try await browser.get(path).body
            let right = try TestForm.code(page, act: "case-notes")
            let wrong = [
                "", "0", try TestForm.code(page, act: "case-close"),
                try TestForm.code(try await other.get(path).body, act: "case-notes"),
            ]
            func note(_ code: String, site: String?) async throws -> Int {
                try await browser.post(
                    "/act/case-notes", [("form", code), ("on", id.description), ("text", "x")], site: site
                ).status
            }
            for code in wrong { #expect(try await note(code, site: "same-origin") == 403) }
            for site in ["cross-site", "same-site"] { #expect(try await note(right, site: site) == 403) }
            #expect(try console.control.notes(of: id, limit: 10).isEmpty)
            #expect(try await note(right, site: "same-origin") == 303)
            #expect(try console.control.notes(of: id, limit: 10).map(\.author) == ["person:act"])
        }
    }

    @Test func whoMayOnlyReadSeesNoFormsAndCannotAct() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        let held = try await console.hold(1, in: id)
        try await console.serve { console in
            let browser = try await Self.loggedIn(console, .read)
            for path in ["/cases/\(id)", "/held", "/held/\(held[0])", "/stops"] {
                let page = try await browser.get(path)
                #expect(page.status == 200 && !page.body.contains("/operator/act/"), "\(path)")
            }
            // Even with the right code for the form.
            let code = FormGuard(key: Array(repeating: 7, count: 32)).code(
                for: String(browser.cookie.dropFirst("sluice-session=".count)), act: "case-notes")
            let answer = try await browser.post(
                "/act/case-notes", [("form", code), ("on", id.description), ("text", "x")])
            #expect(answer.status == 303)
            #expect(try await browser.get("/cases/\(id)").body.contains("this needs the role act"))
            #expect(try console.control.notes(of: id, limit: 10).isEmpty)
        }
    }

    @Test func aCaseIsLedFromItsPage() async throws {
        let console = try TestConsole()
        console.requireChecks()
        let id = try console.makeCase()
        try await console.serve { console in
            let browser = try await Self.loggedIn(console)
            let (path, on) = ("/cases/\(id)", ("on", id.description))
            #expect(try await browser.get("").body.contains(id.description))
            #expect(try await browser.get("/cases?state=all&customer=acme&after=").body.contains(id.description))
            let word = try await browser.act(
                "case-attest", on: path, [on, ("check", "password-changed"), ("detail", "by <telephone>")])
            #expect(word.contains("Your word was noted.") && word.contains("by &lt;telephone&gt;"))
            let refused = try await browser.act("case-close", on: path, [on, ("reason", "enough")])
            #expect(refused.contains("role=\"alert\"") && refused.contains("still misses"))
            // What was told is told once.
            #expect(!(try await browser.get(path).body.contains("still misses")))
            let link = try await browser.act("case-links", on: path, [on])
            #expect(link.contains("https://console.example/cases/\(id)/"))
            #expect(try await browser.act("case-unlink", on: path, [on]).contains("1 links are no longer good"))
            let back = try await browser.act(
                "case-reinstate", on: path, [on, ("reason", "the owner is known"), ("force", "yes")])
            #expect(back.contains("is probation"))
            #expect(try console.control.incident(id)?.state == .probation)
        }
    }

    @Test func heldMailIsLookedAtReleasedAndDeletedAndLearnt() async throws {
        let console = try TestConsole()
        let held = try await console.hold(3, in: nil)
        try await console.serve { console in
            let browser = try await Self.loggedIn(console)
            let page = try await browser.get("/held?customer=acme").body
            #expect(held.allSatisfy { page.contains($0.description) } && page.contains("many &lt;new&gt; recipients"))
            let message = try await browser.get("/held/\(held[0])").body
            #expect(message.contains("Subject: &lt;b&gt;x&lt;/b&gt;"))
            let released = try await browser.act(
                "held-release", on: "/held", [("id", held[0].description), ("id", held[1].description)])
            #expect(released.contains("2 messages released."))
            let deleted = try await browser.act(
                "held-delete", on: "/held/\(held[2])", [("id", held[2].description), ("spam", "yes")])
            #expect(deleted.contains("1 message deleted.") && deleted.contains("Nothing is held."))
            let lessons = console.lessons.withLockedValue { $0.map { "\($0.ids.count) \($0.isSpam)" } }
            #expect(lessons == ["2 false", "1 true"])
        }
    }

    @Test func sourcesAreStoppedAndLifted() async throws {
        let console = try TestConsole()
        try await console.serve { console in
            let browser = try await Self.loggedIn(console)
            let fields = [("source", "account:acme/ann"), ("reason", "by hand"), ("hours", "2")]
            let stopped = try await browser.act("stop-add", on: "/stops", fields)
            #expect(stopped.contains("account:acme/ann: added."))
            let unknown = try await browser.act("stop-add", on: "/stops", [("source", "x"), ("reason", "y")])
            #expect(unknown.contains("role=\"alert\""))
            let lifted = try await browser.act(
                "stop-lift", on: "/stops", [("source", "account:acme/ann"), ("reason", "it was nothing")])
            #expect(lifted.contains("account:acme/ann: lifted.") && lifted.contains("Nobody is stopped."))
            #expect(try await browser.get("/customers").body.contains("Acme &lt;Ltd&gt;"))
            #expect(try await browser.get("/audit").body.contains("it was nothing"))
            #expect(try await browser.get("/cases/case-999").status == 404)
            #expect(try await browser.get("/cases?nothing=1").status == 400)
        }
    }
}
