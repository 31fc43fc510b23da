import MailTypes
import Testing

@testable import Posture

/// Findings of an OpenSMTPD by its smtpd.conf, in both syntaxes.
struct SMTPDChecksTests {
    static func text(
        listen: String =
            "listen on all tls pki mail\nlisten on all port 587 tls-require pki mail auth senders <logins> filter limit",
        tables: String = "table own { \"own.test\", \"mail.own.test\" }\ntable logins file:/etc/mail/logins",
        matches: String =
            "match from any for domain <own> action in\nmatch auth from any for any action out\nmatch for any from local action out"
    ) -> String {
        """
        # smtpd.conf
        pki mail cert "/etc/cert.pem"
        filter limit proc-exec "filter-limit"
        \(tables)
        \(listen)
        action "in" maildir \\
            alias <aliases>
        action "out" relay
        \(matches)
        """
    }

    static func facts(_ text: String) -> MTAFacts {
        var facts = MTAFacts(target: "host")
        facts.parts[.openSMTPD] = .init(name: "smtpd.conf", text: text)
        return facts
    }

    static func failures(_ text: String) -> [String] {
        MTAChecks.findings(facts(text)).filter { $0.result.word == "fail" }.map(\.check.description)
    }

    static let rest = "\nmatch from any for domain <own> action in\nmatch for any action out"

    @Test func passesAHardenedOne() {
        #expect(Self.failures(Self.text()) == [])
        let old = "accept from any for domain <own> deliver to maildir\naccept from local for any relay"
        #expect(Self.failures(Self.text(matches: old)) == [])
    }

    @Test(arguments: [
        ("match from any for any action out", ["MTA-01", "MTA-06"]),
        ("match ! from src 192.0.2.1 for any action out", ["MTA-01", "MTA-06"]),
        ("match from any for domain \"*\" action out", ["MTA-01", "MTA-06"]),
        ("match from any for domain regex { \"own\", \".*\" } action in", ["MTA-01"]),
        ("match from any ! for domain <own> action out", ["MTA-01"]),
        ("match tls from any for any action out", ["MTA-01", "MTA-06"]),
        ("match from src 0.0.0.0/0 for any action out", ["MTA-01", "MTA-02"]),
        ("match from src { 192.0.2.1, 8.0.0.0/8 } for any action out", ["MTA-01", "MTA-02"]),
        ("match from mail-from \"@own.test\" for any action out", ["MTA-03"]),
        ("match from any mail-from \"@own.test\" for any action out", ["MTA-03"]),
        ("match from any helo \"localhost\" for any action out", ["MTA-03"]),
        ("match from rdns \"mail.own.test\" for any action out", ["MTA-03"]),
        ("match from any for domain \"*.com\" action in", ["MTA-04"]),
        ("match from any for domain \"other.test\" action out", ["MTA-06"]),
        ("accept from any for any relay", ["MTA-01", "MTA-06"]),
        ("accept from any sender <own> for any relay", ["MTA-03"]),
        ("match from any for any reject", []),
        ("match from local for any action out", []),
        ("match from src 192.0.2.0/24 for any action out", []),
    ]) func namesTheHole(match: String, expected: [String]) {
        #expect(Self.failures(Self.text(matches: match + Self.rest)) == expected)
    }

    @Test(arguments: [
        ("listen on all tls pki mail auth-optional senders <logins> filter limit", ["MTA-07", "MTA-10"]),
        ("listen on all port 587 tls-require auth filter limit\nlisten on all tls", ["MTA-11"]),
        ("listen on all port 587 tls auth-optional senders <logins> filter limit\nlisten on all tls", ["MTA-13"]),
        ("listen on all smtps auth senders <logins>\nlisten on all tls filter limit", ["MTA-12", "MTA-16"]),
        ("listen on all tls proxy-v2", ["MTA-14"]),
        ("listen on all", ["MTA-17"]),
        ("listen on all port 2525 tls", ["MTA-20"]),
        ("listen on lo port 2525\nlisten on 127.0.0.1 port 10025", []),
        ("", []),
    ]) func looksAtListeners(listen: String, expected: [String]) {
        #expect(Self.failures(Self.text(listen: listen)) == expected)
    }

    @Test(arguments: [
        "match from any for domain <elsewhere> action out", "match from src <mine> for any action out",
        "include \"/etc/more.conf\"",
        "match from any for domain regex \"^m\" action in",
    ]) func doesNotKnowWhatIsNotThere(match: String) {
        let text = Self.text(
            tables: "table own { \"own.test\" }\ntable elsewhere file:/etc/x\ntable mine db:/etc/y", matches: match)
        #expect(MTAChecks.findings(Self.facts(text)).first { $0.check == .mtaStrangers }?.result.word == "unknown")
    }

    @Test func readsTablesThatWereGathered() {
        var facts = Self.facts(Self.text(tables: "table own file:/etc/own"))
        #expect(facts.wantedTables == ["/etc/own"])
        facts.tables["/etc/own"] = "own.test\n*\n"
        #expect(MTAChecks.findings(facts).contains { $0.check == .mtaStrangers && $0.result.word == "fail" })
    }

    @Test(arguments: ["match from any for any\n", "listen on\n", "nonsense\n", "table x { a\n", "action \"x\n", "}\n"])
    func brokenOnesAreUnknown(text: String) {
        #expect(!MTAChecks.findings(Self.facts(text)).contains { $0.result == .pass })
    }

    @Test func macrosAreBounded() {
        var text = "a0 = x\n"
        for index in 1..<60 { text += "a\(index) = $a\(index - 1) $a\(index - 1)\n" }
        #expect(!MTAChecks.findings(Self.facts(text)).contains { $0.result == .pass })
    }
}
