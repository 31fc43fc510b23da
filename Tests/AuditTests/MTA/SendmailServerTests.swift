import Audit
import Foundation
import MailTypes
import Posture
import Testing

/// A real Sendmail in misconfigured and hardened set-ups, behind a cable of its own: from loopback it relays for everybody.
@Suite(.serialized, .enabled(if: geteuid() == 0, "network namespaces need root")) struct SendmailServerTests {
    struct Setup: Sendable, CustomTestStringConvertible {
        var name: String
        /// Lines of sendmail.mc.
        var features = ""
        var access = ""
        var relayDomains = ""
        var privacy = "goaway"
        var expected: Set<String>
        var testDescription: String { name }
    }

    static let open: Set<String> = ["RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04", "RELAY-05"]

    static let setups: [Setup] = [
        Setup(name: "hardened", expected: []),
        Setup(
            name: "hardened, single hosts relay", access: "Connect:192.0.2.1 RELAY\nFrom:own.test RELAY\n",
            relayDomains: "192.0.2.5\n", expected: []),
        Setup(
            name: "promiscuous", features: "FEATURE(`promiscuous_relay')dnl", expected: open.union(["MTA-01"])),
        Setup(
            name: "own senders", features: "FEATURE(`relay_local_from')dnl", expected: ["MTA-03", "RELAY-02"]),
        Setup(
            name: "senders by the access table", features: "FEATURE(`relay_mail_from')dnl",
            access: "From:ann@own.test RELAY\n",
            expected: ["MTA-03"]),
        Setup(
            name: "senders of a domain by the access table", features: "FEATURE(`relay_mail_from', `domain')dnl",
            access: "From:own.test RELAY\n", expected: ["MTA-03", "RELAY-02"]),
        Setup(name: "all of .test", access: "To:test RELAY\n", expected: open.union(["MTA-04"])),
        Setup(name: "clients named .test", access: "Connect:test RELAY\n", expected: open.union(["MTA-03"])),
        Setup(name: "test in relay-domains", relayDomains: "test\n", expected: open.union(["MTA-03", "MTA-04"])),
        Setup(name: "routes", features: "FEATURE(`loose_relay_check')dnl", expected: ["MTA-05"]),
        Setup(
            name: "every mailbox", features: "define(`LUSER_RELAY', `local:root')dnl", expected: ["MTA-06", "RELAY-06"]),
        Setup(name: "VRFY", privacy: "authwarnings", expected: ["MTA-18", "RELAY-10"]),
        Setup(name: "the whole own domain", features: "FEATURE(`relay_entire_domain')dnl", expected: ["MTA-02"]),
    ]

    @Test(arguments: setups) func namesTheHole(setup: Setup) async throws {
        let server = try await TestSendmail(setup)
        var facts = MTAFacts(target: "own.test")
        for (part, name) in [
            (MTAFacts.Part.sendmailCF, "sendmail.cf"), (.sendmailMC, "sendmail.mc"), (.sendmailAccess, "access"),
            (.sendmailRelayDomains, "relay-domains"),
        ] {
            facts.parts[part] = .init(
                name: name, text: try String(contentsOfFile: "\(server.directory)/\(name)", encoding: .utf8))
        }
        let judgement = try await MailServerJudgement.of(facts, host: server.host, port: server.port)
        let queued = server.queuedFiles
        await server.stop()
        let failed = judgement.failedConfiguration.union(judgement.failedProbe).intersection(PostfixServerTests.judged)
        #expect(failed == setup.expected, "\(judgement.shown)")
        // The probe does not know which one sender the table has; and only domains in relay-domains, which this server has none
        // of, have their routes followed.
        let agrees = !["senders by the access table", "routes"].contains(setup.name)
        #expect(judgement.agreement.result.word == (agrees ? "pass" : "fail"), "\(judgement.shown)")
        #expect(judgement.facts.trials.count >= 50)
        #expect(queued == 0, "a probe sent mail")
    }
}

final class TestSendmail {
    let port: Int
    let host: String
    let directory: String
    private let namespace: String
    private let process: ServerProcess

    init(_ setup: SendmailServerTests.Setup) async throws {
        let program = try await UnpackedServer.path("sendmail")
        directory = try UnpackedServer.directory()
        port = try TestPostfix.freePort()
        namespace = "slm\(port)"
        let network = "10.203.\(port % 250)"
        host = network + ".2"
        try await Self.network(namespace, network)
        try FileManager.default.createDirectory(atPath: directory + "/queue", withIntermediateDirectories: true)
        for (name, text) in [
            ("access", setup.access), ("relay-domains", setup.relayDomains),
            ("aliases", "postmaster: root\nabuse: root\n"),
            ("hosts", "127.0.0.1 localhost\n\(network).1 probe.foreign.test\n\(network).2 mail.own.test\n"),
            ("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"),
            ("switch", "hosts files\naliases files\n"),
        ] { try text.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8) }
        let folder = String(program.dropLast("/usr/libexec/sendmail/sendmail".count)) + "/usr/share/sendmail/cf/"
        try Self.macros(setup, host: host, port: port, directory: directory).write(
            toFile: directory + "/sendmail.mc", atomically: false, encoding: .utf8)
        let built = try await HostCommand([
            "m4", "-D_CF_DIR_=\(folder)", "\(folder)m4/cf.m4", directory + "/sendmail.mc",
        ]).onThread()
        try String(decoding: built.output, as: UTF8.self).write(
            toFile: directory + "/sendmail.cf", atomically: false, encoding: .utf8)
        let script = """
            mount --bind \(directory)/hosts /etc/hosts && mount --bind \(directory)/resolv.conf /etc/resolv.conf || exit 1
            \(program.dropLast("sendmail".count))makemap -C \(directory)/sendmail.cf hash \(directory)/access < \(directory)/access || exit 1
            "$@" -bi; exec "$@" -bD
            """
        let log = directory + "/output"
        process = try ServerProcess(
            [
                "/usr/sbin/ip", "netns", "exec", namespace, "/bin/sh", "-c", script, "sh", program, "-C",
                directory + "/sendmail.cf",
            ], log: log)
        for _ in 0..<600 {
            let connected = try await HostCommand(["bash", "-c", "exec 3<>/dev/tcp/\(host)/\(port)"]).onThread()
            if connected.status == 0 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        await stop()
        // (It closes its port above a load of RefuseLA: set high above.)
        throw HarnessError("Sendmail does not listen: \(output) \(built.complaint)")
    }

    /// A cable between us and a namespace: `.1` here, `.2` there.
    private static func network(_ name: String, _ network: String) async throws {
        for words in [
            ["netns", "add", name],
            ["link", "add", "\(name)a", "type", "veth", "peer", "name", "\(name)b", "netns", name],
            ["addr", "add", "\(network).1/24", "dev", "\(name)a"], ["link", "set", "\(name)a", "up"],
            ["-n", name, "addr", "add", "\(network).2/24", "dev", "\(name)b"],
            ["-n", name, "link", "set", "\(name)b", "up"],
            ["-n", name, "link", "set", "lo", "up"],
        ] {
            let output = try await HostCommand(["ip"] + words).onThread()
            guard output.status == 0 else {
                throw HarnessError("ip \(words.joined(separator: " ")): \(output.complaint)")
            }
        }
    }

    private static func macros(
        _ setup: SendmailServerTests.Setup, host: String, port: Int, directory: String
    ) -> String {
        """
        OSTYPE(`linux')dnl
        define(`confDOMAIN_NAME', `mail.own.test')dnl
        define(`confPID_FILE', `\(directory)/pid')dnl
        define(`QUEUE_DIR', `\(directory)/queue')dnl
        define(`STATUS_FILE', `\(directory)/status')dnl
        define(`ALIAS_FILE', `\(directory)/aliases')dnl
        define(`HELP_FILE', `\(directory)/help')dnl
        define(`confCR_FILE', `-o \(directory)/relay-domains')dnl
        define(`confSERVICE_SWITCH_FILE', `\(directory)/switch')dnl
        define(`confHOSTS_FILE', `\(directory)/hosts')dnl
        define(`confDONT_PROBE_INTERFACES', `True')dnl
        define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe,MapInUnsafeDirPath,ClassFileInUnsafeDirPath')dnl
        define(`confTO_IDENT', `0s')dnl
        define(`confDEF_USER_ID', `65534:65534')dnl
        define(`confPRIVACY_FLAGS', `\(setup.privacy)')dnl
        define(`confBAD_RCPT_THROTTLE', `0')dnl
        define(`confREFUSE_LA', `1000')dnl
        define(`confQUEUE_LA', `1000')dnl
        FEATURE(`no_default_msa')dnl
        FEATURE(`accept_unresolvable_domains')dnl
        FEATURE(`access_db', `hash -T<TMPF> \(directory)/access')dnl
        \(setup.features)
        DAEMON_OPTIONS(`Family=inet, Name=MTA, Addr=\(host), Port=\(port), M=A')dnl
        MAILER(`local')dnl
        MAILER(`smtp')dnl
        LOCAL_CONFIG
        Cwown.test mail.own.test

        """
    }

    /// Files of messages in the queue.
    var queuedFiles: Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory + "/queue")) ?? []).count {
            $0.hasPrefix("qf")
        }
    }

    func stop() async {
        await process.stop()
        _ = try? await HostCommand(["ip", "netns", "del", namespace]).onThread()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
