import Audit
import Foundation
import Posture
import Testing

/// A real Postfix in misconfigured and hardened set-ups: reading its configuration and probing it name the same hole.
@Suite(.serialized) struct PostfixServerTests {
    struct Setup: Sendable, CustomTestStringConvertible {
        var name: String
        var settings: String
        var service = ""
        /// Logins by a real Dovecot, behind STARTTLS.
        var hasLogin = false
        /// Ids that must fail, of both groups; others of `judged` must not.
        var expected: Set<String>
        var testDescription: String { name }
    }

    /// What each set-up is judged by: holes. The rest (limits, smuggling, names) is in the configuration's own tests.
    static let judged: Set<String> = [
        "MTA-01", "MTA-02", "MTA-03", "MTA-04", "MTA-05", "MTA-06", "MTA-07", "MTA-08", "MTA-09", "MTA-10", "MTA-11",
        "MTA-14",
        "MTA-18", "RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04", "RELAY-05", "RELAY-06", "RELAY-07", "RELAY-08",
        "RELAY-09",
        "RELAY-10", "RELAY-13", "RELAY-14", "RELAY-16",
    ]
    static let closed =
        "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\ndisable_vrfy_command = yes\n"

    static let setups: [Setup] = [
        Setup(name: "hardened", settings: closed, expected: []),
        Setup(
            name: "hardened, with logins bound to their addresses",
            settings: closed
                + "smtpd_relay_restrictions = reject_sender_login_mismatch, permit_sasl_authenticated, reject_unauth_destination\nsmtpd_sender_login_maps = inline:{ ann@own.test=ann }\n",
            service: "-o smtpd_sasl_auth_enable=no", hasLogin: true, expected: []),
        Setup(
            name: "trusts the world", settings: closed + "mynetworks = 0.0.0.0/0",
            expected: ["MTA-01", "MTA-02", "RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04", "RELAY-05"]),
        Setup(
            name: "no refusal in force",
            settings: closed + "smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination",
            expected: ["MTA-01", "RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04", "RELAY-05"]),
        Setup(
            name: "own senders",
            settings: closed
                + "smtpd_relay_restrictions = check_sender_access inline:{ own.test=OK }, reject_unauth_destination",
            expected: ["MTA-03", "RELAY-02"]),
        Setup(
            name: "null sender",
            settings: closed
                + "smtpd_relay_restrictions = check_sender_access inline:{ <>=OK }, reject_unauth_destination",
            expected: ["MTA-03", "RELAY-03"]),
        Setup(
            name: "HELO",
            settings: closed
                + "smtpd_relay_restrictions = check_helo_access inline:{ localhost=OK }, reject_unauth_destination",
            expected: ["MTA-03", "RELAY-05"]),
        Setup(
            name: "all domains are own", settings: closed + "relay_domains = static:all",
            expected: ["MTA-01", "MTA-04", "MTA-06", "RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04", "RELAY-05"]),
        Setup(
            name: "unknown recipients", settings: closed + "local_recipient_maps =", expected: ["MTA-06", "RELAY-06"]),
        Setup(
            name: "XCLIENT for everybody", settings: closed + "smtpd_authorized_xclient_hosts = 0.0.0.0/0",
            expected: ["MTA-14", "RELAY-16"]),
        Setup(
            name: "VRFY", settings: closed + "disable_vrfy_command = no", expected: ["MTA-18", "RELAY-10"]),
        Setup(
            name: "logins relay on port 25",
            settings: closed
                + "smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination",
            hasLogin: true, expected: ["MTA-07", "MTA-10", "MTA-11", "RELAY-07", "RELAY-13", "RELAY-14"]),
        Setup(
            name: "logins without TLS",
            settings: closed
                + "smtpd_relay_restrictions = reject_sender_login_mismatch, permit_sasl_authenticated, reject_unauth_destination\nsmtpd_sender_login_maps = inline:{ ann@own.test=ann }\n",
            service: "-o smtpd_tls_auth_only=no", hasLogin: true,
            expected: ["MTA-07", "MTA-08", "MTA-10", "RELAY-07", "RELAY-08", "RELAY-13"]),
        Setup(
            name: "routes",
            settings: closed
                + "allow_untrusted_routing = yes", expected: ["MTA-05"]),
    ]

    static let relayed: Set<String> = ["RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04", "RELAY-05"]

    static let more: [Setup] = [
        Setup(
            name: "one service trusts the world", settings: closed, service: "-o mynetworks=0.0.0.0/0",
            expected: relayed.union(["MTA-01", "MTA-02"])),
        Setup(
            name: "one service's list is emptied",
            settings: closed + "smtpd_recipient_restrictions = check_client_access static:OK, reject",
            service: "-o smtpd_relay_restrictions=", expected: relayed.union(["MTA-01"])),
        Setup(
            name: "the old list of recipients alone",
            settings: closed
                + "smtpd_relay_restrictions =\nsmtpd_recipient_restrictions = check_sender_access inline:{ own.test=OK }, reject_unauth_destination",
            expected: ["MTA-03", "RELAY-02"]),
        Setup(
            name: "a foreign domain is let through",
            settings: closed
                + "smtpd_relay_restrictions = check_recipient_access inline:{ elsewhere.test=OK }, reject_unauth_destination",
            expected: relayed.union(["MTA-04"])),
        Setup(
            name: "all of .test", settings: closed + "relay_domains = test",
            expected: relayed.union(["MTA-04", "MTA-06"])),
        Setup(
            name: "all of .test by an expression", settings: closed + "relay_domains = regexp:{ {/\\.test$$/ x} }",
            expected: relayed.union(["MTA-04", "MTA-06"])),
        // As behind a forwarding that gives every stranger one trusted address: reading cannot see it, and both are shown.
        Setup(
            name: "strangers come from a trusted address", settings: closed + "mynetworks = 127.0.0.1",
            expected: relayed),
        Setup(
            name: "hardened, its exceptions for own hosts and domains",
            settings: closed
                + "mynetworks = cidr:{ {192.0.2.0/28 x} }\nsmtpd_relay_restrictions = permit_mynetworks, check_client_access inline:{ 192.0.2.9=OK }, check_recipient_access inline:{ own.test=OK }, defer_if_permit",
            expected: []),
    ]

    @Test(arguments: setups) func namesTheHole(setup: Setup) async throws { try await Self.judge(setup) }

    /// One server at a time, but for those of another suite.
    static func judge(_ setup: Setup) async throws {
        let login = (name: "ann", password: "kV9-tram-olive")
        let server = try await TestPostfix(
            settings: setup.settings, service: setup.service.isEmpty ? "" : "  " + setup.service,
            login: setup.hasLogin ? login : nil)
        let facts = try await server.facts()
        let judgement = try await MailServerJudgement.of(facts, port: server.port, login: setup.hasLogin ? login : nil)
        let queued = server.queuedMessages
        await server.stop()
        let failed = judgement.failedConfiguration.union(judgement.failedProbe).intersection(judged)
        #expect(failed == setup.expected, "\(judgement.shown)")
        // allow_untrusted_routing opens only what is forwarded elsewhere behind it; this server forwards nothing. Unknown
        // recipients are taken at those foreign domains only, and the probe asks at its own.
        let agrees = ![
            "routes", "all domains are own", "all of .test", "all of .test by an expression",
            "strangers come from a trusted address",
        ].contains(setup.name)
        #expect(judgement.agreement.result.word == (agrees ? "pass" : "fail"), "\(judgement.shown)")
        #expect(queued == 0, "a probe sent mail")
    }
}

/// The others, beside them: starting a server is mostly waiting.
@Suite(.serialized) struct MorePostfixServerTests {
    @Test(arguments: PostfixServerTests.more) func namesTheHole(setup: PostfixServerTests.Setup) async throws {
        try await PostfixServerTests.judge(setup)
    }
}

/// What `sluice collect` writes of a real server is judged elsewhere as it is judged there.
struct CollectedServerTests {
    @Test func aFolderIsJudgedAsTheHost() async throws {
        let directory = try UnpackedServer.directory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try "8.0.0.0/8 ok\n".write(toFile: directory + "/networks", atomically: false, encoding: .utf8)
        try "own.test OK\n".write(toFile: directory + "/senders", atomically: false, encoding: .utf8)
        let server = try await TestPostfix(
            settings:
                "mynetworks = cidr:\(directory)/networks\nsmtpd_relay_restrictions = check_sender_access texthash:\(directory)/senders, reject_unauth_destination\n",
            login: ("ann", "kV9-tram-olive"))
        var collected = CollectedFacts()
        do {
            for (part, source) in try await server.facts().parts {
                collected["mta/" + part.rawValue] = .content(Array(source.text.utf8))
            }
            let dovecot = try await HostCommand(["doveconf", "-n", "-c", server.directory + "/dovecot/dovecot.conf"])
                .onThread()
            collected["mta/dovecot/doveconf-n"] = .content(dovecot.output)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        let group = MTAGroup(published: [server.port: 25])
        let host = try await group.findings(
            AuditRequest(origin: .host, target: "own.test", facts: collected))
        collected.merge(await MTAGroup.tableFacts(collected))
        let folder = directory + "/facts"
        try FactFolder.write(SecretLines.without(collected), to: folder)
        // Elsewhere the tables themselves are not there.
        for name in ["networks", "senders"] { try FileManager.default.removeItem(atPath: "\(directory)/\(name)") }
        let elsewhere = try await group.findings(
            AuditRequest(origin: .folder(folder), target: "own.test", facts: try FactFolder.read(folder)))
        #expect(elsewhere == host)
        let failed = Set(host.filter { $0.result.word == "fail" }.map(\.check.description))
        #expect(failed.isSuperset(of: ["MTA-02", "MTA-03"]) && !failed.contains("MTA-01"), "\(failed)")
        #expect(host.contains { $0.target.hasSuffix("(Dovecot)") })
    }
}

extension TestPostfix {
    /// What `sluice check mta` would gather, from this server's folder.
    func facts() async throws -> MTAFacts {
        var facts = MTAFacts(target: "own.test")
        for (part, words) in [
            (MTAFacts.Part.postconfChanged, ["-n"]), (.postconfServices, ["-M"]), (.postconfAll, []),
        ] {
            let output = try await HostCommand(["postconf", "-c", directory + "/etc"] + words).onThread()
            facts.parts[part] = .init(
                name: "postconf \(words.joined())", text: String(decoding: output.output, as: UTF8.self))
        }
        for (part, name) in [(MTAFacts.Part.mainCF, "main.cf"), (.masterCF, "master.cf")] {
            facts.parts[part] = .init(
                name: name, text: try String(contentsOfFile: "\(directory)/etc/\(name)", encoding: .utf8))
        }
        return facts
    }
}
