import Audit
import Foundation
import Posture
import Testing

/// A real OpenSMTPD in misconfigured and hardened set-ups.
@Suite(.serialized, .enabled(if: geteuid() == 0, "mount namespaces need root")) struct SMTPDServerTests {
    struct Setup: Sendable, CustomTestStringConvertible {
        var name: String
        /// Options of the listener.
        var listen = ""
        var matches: String
        var outside = 25
        var hasLogin = false
        var expected: Set<String>
        var testDescription: String { name }
    }

    static let own = "match from any for domain <own> action in\n"
    static let open: Set<String> = ["RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04", "RELAY-05"]

    static let setups: [Setup] = [
        Setup(name: "hardened", matches: own, expected: []),
        Setup(
            name: "hardened, logins bound to their addresses on 587",
            listen: "tls-require pki mail auth <logins> senders <mine>",
            matches: own + "match auth from any for any action out",
            outside: 587, hasLogin: true, expected: []),
        Setup(
            name: "relays for everybody", matches: "match from any for any action out\n" + own,
            expected: open.union(["MTA-01", "MTA-06", "RELAY-06"])),
        Setup(
            name: "one address excepted", matches: own + "match ! from src 192.0.2.1 for any action out",
            expected: open.union(["MTA-01"])),
        Setup(
            name: "trusts half the world",
            matches: own + "match from src { 0.0.0.0/1, 128.0.0.0/1 } for any action out",
            expected: open.union(["MTA-01", "MTA-02"])),
        Setup(
            name: "every domain by a regex", matches: own + "match from any for domain regex \".*\" action out",
            expected: open.union(["MTA-01"])),
        Setup(
            name: "own senders", matches: own + "match from any mail-from \"@own.test\" for any action out",
            expected: ["MTA-03", "RELAY-02"]),
        Setup(
            name: "HELO", matches: own + "match from any helo \"localhost\" for any action out",
            expected: ["MTA-03", "RELAY-05"]),
        Setup(
            name: "all of .test", matches: own + "match from any for domain \"*.test\" action out",
            expected: open.union(["MTA-04"])),
        Setup(
            name: "relays a domain on, unasked", matches: "match from any for domain \"own.test\" action out",
            expected: ["MTA-06", "RELAY-06"]),
        Setup(
            name: "logins relay on port 25", listen: "tls pki mail auth-optional <logins>",
            matches: own + "match auth from any for any action out", hasLogin: true,
            expected: ["MTA-07", "MTA-10", "MTA-11"]),
    ]

    @Test(arguments: setups) func namesTheHole(setup: Setup) async throws {
        let server = try await TestSMTPD(setup)
        var facts = MTAFacts(target: "own.test")
        facts.parts[.openSMTPD] = .init(
            name: "smtpd.conf", text: try String(contentsOfFile: server.directory + "/smtpd.conf", encoding: .utf8))
        facts.tables = MTAGroup.tables(facts.wantedTables)
        let login = setup.hasLogin ? (name: "ann", password: "kV9-tram-olive") : nil
        let judgement = try await MailServerJudgement.of(facts, port: server.port, outside: setup.outside, login: login)
        await server.stop()
        let failed = judgement.failedConfiguration.union(judgement.failedProbe).intersection(PostfixServerTests.judged)
        #expect(failed == setup.expected, "\(judgement.shown)")
        // Debian 12's OpenSMTPD 6.8 keeps the key in a process of its own, behind hooks that OpenSSL 3 does not call (“missing
        // private key”): each TLS handshake ends with an internal error, whatever the key. The probe says so, and sees no logins.
        let hasTLS = setup.listen.contains("tls")
        #expect(
            judgement.agreement.result.word == (hasTLS && setup.outside == 25 ? "fail" : "pass"), "\(judgement.shown)")
        if hasTLS { #expect(judgement.failedProbe.contains("RELAY-12")) }
        #expect(judgement.facts.trials.count >= 50)
    }
}

final class TestSMTPD {
    let port: Int
    let directory: String
    private let process: ServerProcess

    init(_ setup: SMTPDServerTests.Setup) async throws {
        let program = try await UnpackedServer.path("opensmtpd")
        directory = try UnpackedServer.directory()
        port = try TestPostfix.freePort()
        try await UnpackedServer.makeCertificate(in: directory)
        chmod("\(directory)/key.pem", 0o600)
        try """
        pki mail cert "\(directory)/cert.pem"
        pki mail key "\(directory)/key.pem"
        table own { "own.test", "mail.own.test" }
        table aliases { "postmaster" = "root", "abuse" = "root" }
        table logins { "ann" = "HASH" }
        table mine { "ann" = "ann@own.test" }
        listen on 127.0.0.1 port \(port) hostname mail.own.test \(setup.listen)
        action "in" maildir "\(directory)/mail" alias <aliases>
        action "out" relay host "smtp://127.0.0.1:1"
        \(setup.matches)

        """.replacing("HASH", with: Self.hash).write(
            toFile: directory + "/smtpd.conf", atomically: false, encoding: .utf8)
        chmod("\(directory)/smtpd.conf", 0o600)
        let log = directory + "/output"
        // Its folders are fixed: it has its own in a mount namespace.
        let start = """
            for d in /var/lib /var/spool /run; do mount -t tmpfs none $d || exit 1; done
            mkdir -p /var/lib/opensmtpd/empty /var/spool/smtpd; chmod 711 /var/spool/smtpd; exec "$@"
            """
        process = try ServerProcess(
            ["/usr/bin/unshare", "-m", "/bin/sh", "-c", start, "sh", program, "-d", "-f", directory + "/smtpd.conf"],
            log: log)
        do {
            try await process.wait(for: port, log: log)
        } catch {
            await stop()
            throw error
        }
    }

    /// Of “kV9-tram-olive”, by crypt(3).
    private static let hash =
        "$6$sluicetest$5kGYLPV6WtOOd0iZ0LCy5Gx2fp3yet1tPpfYHrKMLo3ak69Ip7zmOrsH38FklTJdFSLtKfJVDWwjS4XAgoasz1"

    func stop() async {
        await process.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
