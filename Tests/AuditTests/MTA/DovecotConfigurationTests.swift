import Audit
import Foundation
import Posture
import Testing

/// What the installed Dovecot's own `doveconf -n` makes of misconfigured and hardened files.
struct DovecotConfigurationTests {
    static let passdb = "passdb {\n  driver = passwd-file\n  args = scheme=SHA512-CRYPT /etc/dovecot/users\n}\n"

    @Test(arguments: [
        (passdb + "ssl = required\nauth_mechanisms = plain login\nprotocols = lmtp\n", []),
        (passdb + "ssl = yes\nauth_failure_delay = 3 secs\nssl_min_protocol = TLSv1.2\n", []),
        (passdb + "ssl = yes\ndisable_plaintext_auth = no\n", ["MTA-08"]),
        (passdb + "ssl = no\ndisable_plaintext_auth = no\n", ["MTA-08", "MTA-17"]),
        (passdb + "ssl = yes\nremote 8.0.0.0/8 {\n  disable_plaintext_auth = no\n}\n", ["MTA-08"]),
        (passdb + "auth_mechanisms = plain cram-md5 digest-md5\n", ["MTA-09"]),
        (passdb + "auth_mechanisms = plain anonymous\n", ["MTA-09"]),
        ("passdb {\n  driver = static\n  args = nopassword=y\n}\n", ["MTA-19"]),
        ("passdb {\n  driver = static\n  args = password=kV9-tram-olive\n}\n", ["MTA-19"]),
        ("passdb {\n  driver = passwd-file\n  args = scheme=PLAIN /etc/users\n}\n", ["MTA-19"]),
        (passdb + "auth_verbose_passwords = plain\n", ["MTA-19"]),
        (passdb + "auth_failure_delay = 0\n", ["MTA-12"]),
        (passdb + "login_trusted_networks = 0.0.0.0/0\n", ["MTA-08", "MTA-14"]),
        (passdb + "haproxy_trusted_networks = 0.0.0.0/0\n", ["MTA-14"]),
        ("passdb {\n  driver = pam\n  result_failure = return-ok\n}\n", ["MTA-19"]),
        (passdb + "service auth {\n  inet_listener {\n    port = 12345\n  }\n}\n", ["MTA-20"]),
    ]) func namesTheHole(settings: String, expected: [String]) async throws {
        let directory = try UnpackedServer.directory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try settings.write(
            toFile: directory + "/dovecot.conf", atomically: false, encoding: .utf8)
        let output = try await HostCommand(["doveconf", "-n", "-c", directory + "/dovecot.conf"]).onThread()
        try #require(output.status == 0, "\(output.complaint)")
        var facts = MTAFacts(target: "host")
        facts.parts[.doveconf] = .init(name: "doveconf -n", text: String(decoding: output.output, as: UTF8.self))
        let findings = MTAChecks.findings(facts)
        #expect(findings.filter { $0.result.word == "fail" }.map(\.check.description) == expected, "\(findings)")
    }
}
