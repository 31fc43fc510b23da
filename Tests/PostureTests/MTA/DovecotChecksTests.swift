import MailTypes
import Testing

@testable import Posture

/// Findings of a Dovecot by what `doveconf -n` prints, of 2.3 and 2.4.
struct DovecotChecksTests {
    static let hardened = """
        # 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf
        auth_mechanisms = plain login
        passdb {
          args = scheme=ARGON2ID /etc/dovecot/users
          driver = passwd-file
        }
        protocols = imap lmtp
        service auth {
          unix_listener /var/spool/postfix/private/auth {
            mode = 0660
          }
        }
        ssl = required
        """

    static func failures(_ text: String) -> [String] {
        var facts = MTAFacts(target: "host")
        facts.parts[.doveconf] = .init(name: "doveconf -n", text: text)
        return MTAChecks.findings(facts).filter { $0.result.word == "fail" }.map(\.check.description)
    }

    @Test func passesHardenedOnes() {
        #expect(Self.failures(Self.hardened) == [])
        #expect(
            Self.failures(
                "auth_allow_cleartext = no\npassdb pam {\n}\npassdb passwd-file {\n deny = yes\n passdb_deny = yes\n}\nssl = yes\nssl_min_protocol = TLSv1.2"
            ) == [])
    }

    @Test(arguments: [
        ("ssl = yes\ndisable_plaintext_auth = no", ["MTA-08"]),
        ("ssl = no\ndisable_plaintext_auth = no", ["MTA-08", "MTA-17"]),
        ("ssl = yes\nauth_allow_cleartext = yes", ["MTA-08"]),
        ("ssl = yes\nremote 203.0.114.0/8 {\n disable_plaintext_auth = no\n}", ["MTA-08"]),
        ("auth_mechanisms = plain cram-md5", ["MTA-09"]),
        ("auth_mechanisms = plain digest-md5 ntlm", ["MTA-09"]),
        ("auth_mechanisms = anonymous", ["MTA-09"]),
        ("passdb {\n driver = static\n args = nopassword=y\n}", ["MTA-19"]),
        ("passdb {\n driver = static\n args = password=x\n}", ["MTA-19"]),
        ("passdb static {\n fields {\n nopassword = yes\n }\n}", ["MTA-19"]),
        ("passdb {\n driver = passwd-file\n args = scheme=PLAIN /etc/users\n}", ["MTA-19"]),
        ("auth_verbose_passwords = plain", ["MTA-19"]),
        ("auth_debug_passwords = yes", ["MTA-19"]),
        ("auth_failure_delay = 0", ["MTA-12"]),
        ("login_trusted_networks = 0.0.0.0/0", ["MTA-14"]),
        ("service auth {\n inet_listener {\n port = 12345\n }\n}", ["MTA-20"]),
        ("ssl_min_protocol = TLSv1", ["MTA-17"]),
        ("service lmtp {\n inet_listener lmtp {\n address = *\n port = 24\n }\n}", ["MTA-20"]),
        ("service lmtp {\n inet_listener lmtp {\n address = 127.0.0.1 ::1\n port = 24\n }\n}", []),
        ("passdb {\n driver = static\n args = proxy=y host=192.0.2.4 nopassword=y\n}", []),
        ("passdb static {\n fields {\n proxy = yes\n nopassword = yes\n }\n}", []),
        ("passdb {\n driver = sql\n args = /etc/x\n result_internalfail = return-ok\n}", ["MTA-19"]),
    ]) func namesTheHole(settings: String, expected: [String]) {
        #expect(Self.failures(Self.hardened + "\n" + settings) == expected)
    }

    @Test(arguments: ["passdb {\n driver = passwd-file\n", "}\n", "what is this\n"])
    func brokenOnesAreUnknown(text: String) {
        var facts = MTAFacts(target: "host")
        facts.parts[.doveconf] = .init(name: "doveconf -n", text: text)
        let findings = MTAChecks.findings(facts)
        #expect(!findings.contains { $0.result == .pass })
        #expect(findings.contains { "\($0.result)".contains("line ") })
    }

    @Test func noPasswordIsShown() {
        var facts = MTAFacts(target: "host")
        facts.parts[.doveconf] = .init(
            name: "doveconf -n", text: "passdb {\n driver = static\n args = password=kV9-tram-olive\n}")
        let text = PostureReport(MTAChecks.findings(facts), time: "2026-11-25T14:00:00Z").text(details: true)
        #expect(!text.contains("kV9-tram-olive"))
    }
}
