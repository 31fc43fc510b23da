import Audit
import Foundation
import Posture
import Testing

/// A real Dovecot in misconfigured and hardened set-ups: what `doveconf -n` is read as, and what its ports answer, agree.
@Suite(.serialized, .enabled(if: TestDovecot.isInstalled && geteuid() == 0, "Dovecot's IMAP and POP3 need root"))
struct DovecotServerTests {
    struct Setup: Sendable, CustomTestStringConvertible {
        var name: String
        var passdb = "passdb {\n  driver = passwd-file\n  args = scheme=SHA512-CRYPT USERS\n}\n"
        var settings = ""
        var expected: Set<String> = []
        /// A login for whom there is no password of his own.
        var stranger: (name: String, password: String)?
        var testDescription: String { name }
    }

    static let setups: [Setup] = [
        Setup(name: "hardened, TLS demanded", settings: "ssl = required\nauth_mechanisms = plain login\n"),
        Setup(name: "hardened, no password without TLS", settings: "ssl = yes\nssl_min_protocol = TLSv1.2\n"),
        Setup(
            name: "passwords without TLS", settings: "ssl = yes\ndisable_plaintext_auth = no\n", expected: ["MTA-08"]),
        Setup(
            name: "no TLS at all", settings: "ssl = no\ndisable_plaintext_auth = no\n", expected: ["MTA-08", "MTA-17"]),
        Setup(
            name: "passwords without TLS from some networks",
            settings: "remote 0.0.0.0/0 {\n  disable_plaintext_auth = no\n}\n", expected: ["MTA-08"]),
        Setup(
            name: "passwords without TLS by POP3 only",
            settings: "protocol pop3 {\n  disable_plaintext_auth = no\n}\n", expected: ["MTA-08"]),
        Setup(
            name: "trusts whoever comes", settings: "login_trusted_networks = 0.0.0.0/0\n",
            expected: ["MTA-08", "MTA-14"]),
        Setup(
            name: "CRAM-MD5",
            passdb: "passdb {\n  driver = passwd-file\n  args = scheme=CRAM-MD5 USERS\n}\n",
            settings: "auth_mechanisms = plain cram-md5\n", expected: ["MTA-09"]),
        Setup(name: "DIGEST-MD5", settings: "auth_mechanisms = plain digest-md5\n", expected: ["MTA-09"]),
        Setup(
            name: "anonymous", settings: "auth_mechanisms = plain anonymous\nauth_anonymous_username = guest\n",
            expected: ["MTA-09"]),
        Setup(
            name: "no password", passdb: "passdb {\n  driver = static\n  args = nopassword=y\n}\n",
            expected: ["MTA-19"], stranger: ("nobody-here", "x")),
        Setup(
            name: "one password for all", passdb: "passdb {\n  driver = static\n  args = password=kV9-tram-olive\n}\n",
            expected: ["MTA-19"], stranger: ("nobody-here", "kV9-tram-olive")),
        Setup(name: "guessed without a pause", settings: "auth_failure_delay = 0\n", expected: ["MTA-12"]),
    ]

    @Test(arguments: setups) func namesTheHole(setup: Setup) async throws {
        let server = try await TestDovecot(passdb: setup.passdb, settings: setup.settings)
        let answers: (imap: String, pop3: String, login: String?)
        let configuration: HostCommand.Output
        do {
            configuration = try await HostCommand(["doveconf", "-n", "-c", server.directory + "/dovecot.conf"])
                .onThread()
            let imap = try await LineDialogue.run(
                port: server.imap, source: 2, lines: ["a CAPABILITY"], until: "a OK")
            let pop3 = try await LineDialogue.run(port: server.pop3, source: 2, lines: ["CAPA"], until: "\r\n.\r\n")
            var login: String?
            if let stranger = setup.stranger {
                // Who has the server's own address needs no TLS.
                login = try await LineDialogue.run(
                    port: server.imap, source: 1, lines: ["a LOGIN \(stranger.name) \(stranger.password)"],
                    until: "a OK")
            }
            answers = (imap, pop3, login)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        var facts = MTAFacts(target: "host")
        facts.parts[.doveconf] = .init(
            name: "doveconf -n", text: String(decoding: configuration.output, as: UTF8.self))
        let findings = MTAChecks.findings(facts)
        let failed = Set(findings.filter { $0.result.word == "fail" }.map(\.check.description))
        #expect(failed == setup.expected, "\(findings)")
        // The same from outside.
        let takesClear = !answers.imap.contains("LOGINDISABLED") || answers.pop3.contains("USER")
        #expect(takesClear == failed.contains("MTA-08"), "\(answers)")
        #expect(!answers.imap.contains("STARTTLS") == failed.contains("MTA-17"), "\(answers)")
        let isWeak = ["AUTH=CRAM-MD5", "AUTH=DIGEST-MD5", "AUTH=ANONYMOUS"].contains(where: answers.imap.contains)
        #expect(isWeak == failed.contains("MTA-09"), "\(answers)")
        if setup.stranger != nil { #expect(answers.login?.contains("a OK") == true) }
    }
}
