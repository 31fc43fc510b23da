import Audit
import Foundation
import Posture
import Testing

/// Debian's own configuration of Exim, with its macros and includes: nothing is wrong with it, and each hole that people make
/// in it is named.
struct DebianEximTests {
    struct Change: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var by: String
        var expected: [String]
    }

    static let plain = """
        begin authenticators
        plain_server:
          driver = plaintext
          public_name = PLAIN
          server_condition = "${if crypteq{$auth3}{${extract{1}{:}{${lookup{$auth2}lsearch{CONFDIR/passwd}{$value}{*:*}}}}}{1}{0}}"
          server_set_id = $auth2
          server_prompts = :

        """
    static let onlyTLS = "  server_advertise_condition = ${if eq{$tls_in_cipher}{}{}{*}}\n"

    static let changes = [
        Change(testDescription: "as it comes", text: "", by: "", expected: []),
        Change(
            testDescription: "relays for everybody", text: "MAIN_RELAY_NETS = : 127",
            by: "MAIN_RELAY_NETS = 0.0.0.0/0 : 127",
            expected: ["MTA-01", "MTA-02", "MTA-06"]),
        Change(
            testDescription: "relays for a /8", text: "MAIN_RELAY_NETS = : 127",
            by: "MAIN_RELAY_NETS = 24.0.0.0/8 : 127",
            expected: ["MTA-01", "MTA-02"]),
        Change(
            testDescription: "relays to every domain", text: "MAIN_RELAY_TO_DOMAINS =\n",
            by: "MAIN_RELAY_TO_DOMAINS = *\n", expected: ["MTA-01", "MTA-04", "MTA-06"]),
        Change(
            testDescription: "relays a domain on, unasked", text: "MAIN_RELAY_TO_DOMAINS =\n",
            by: "MAIN_RELAY_TO_DOMAINS = other.test\n", expected: ["MTA-06"]),
        Change(
            testDescription: "every domain is local", text: "MAIN_LOCAL_DOMAINS = @", by: "MAIN_LOCAL_DOMAINS = *:@",
            expected: ["MTA-01", "MTA-04"]),
        Change(
            testDescription: "logins, also without TLS", text: "begin authenticators\n", by: plain,
            expected: ["MTA-07", "MTA-08", "MTA-10", "MTA-11", "MTA-12"]),
        Change(
            testDescription: "logins behind TLS", text: "begin authenticators\n", by: plain + onlyTLS,
            expected: ["MTA-07", "MTA-10", "MTA-11", "MTA-12"]),
        Change(
            testDescription: "logins with any password", text: "begin authenticators\n",
            by: "begin authenticators\nplain_server:\n  driver = plaintext\n  server_condition = yes\n" + onlyTLS,
            expected: ["MTA-07", "MTA-10", "MTA-11", "MTA-12", "MTA-19"]),
        Change(
            testDescription: "no refusal of relaying",
            text: "    domains = +local_domains : +relay_to_domains\n\n\n  # We",
            by: "    verify = sender\n\n\n  # We", expected: ["MTA-01"]),
        Change(
            testDescription: "own senders", text: "acl_check_rcpt:\n",
            by: "acl_check_rcpt:\n  accept\n    sender_domains = own.test\n", expected: ["MTA-03"]),
        Change(
            testDescription: "VRFY", text: "begin acl\n", by: "acl_smtp_vrfy = accept\nbegin acl\n",
            expected: ["MTA-18"]),
        Change(
            testDescription: "another port", text: "begin acl\n", by: "daemon_smtp_ports = 25 : 2525\nbegin acl\n",
            expected: ["MTA-20"]),
        Change(
            testDescription: "no TLS", text: "begin acl\n", by: "tls_advertise_hosts =\nbegin acl\n",
            expected: ["MTA-17"]),
        Change(
            testDescription: "a router takes everything", text: "begin routers\n",
            by: "begin routers\ncatch:\n  driver = redirect\n  domains = +local_domains\n  data = root\n",
            expected: ["MTA-06"]),
    ]

    /// What update-exim4.conf puts where the template leaves room: an internet site.
    static let macros = """
        exim_path = /usr/sbin/exim4
        CONFDIR = /etc/exim4
        MAIN_LOCAL_DOMAINS = @:localhost:own.test
        MAIN_RELAY_TO_DOMAINS =
        MAIN_RELAY_NETS = : 127.0.0.1 : ::::1
        ETC_MAILNAME=own.test
        LOCAL_DELIVERY=mail_spool
        DC_minimaldns=0
        DCconfig_internet=1

        """

    @Test(arguments: changes) func namesTheHole(change: Change) async throws {
        let program = try await UnpackedServer.path("eximconfig")
        let root = program.dropLast("/usr/sbin/update-exim4.conf".count)
        var text = try String(contentsOfFile: root + "/etc/exim4/exim4.conf.template", encoding: .utf8)
        text = text.replacing("UPEX4CmacrosUPEX4C = 1", with: Self.macros)
        if !change.text.isEmpty {
            #expect(text.contains(change.text), "the template has changed")
            text = text.replacing(change.text, with: change.by, maxReplacements: 1)
        }
        var facts = MTAFacts(target: "own.test")
        facts.parts[.eximFile] = .init(name: "exim -bP config", text: text)
        facts.parts[.eximVersion] = .init(name: "exim -bV", text: "Exim version 4.96 #2 built")
        facts.parts[.eximPackage] = .init(name: "exim4-base", text: "4.96-15+deb12u7")
        let findings = MTAChecks.findings(facts)
        #expect(findings.filter { $0.result.word == "fail" }.map(\.check.description) == change.expected, "\(findings)")
        #expect(findings.filter { $0.result.word == "unknown" }.map(\.check.description) == [])
    }
}
