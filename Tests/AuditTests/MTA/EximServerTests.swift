import Audit
import Foundation
import Posture
import Testing

/// A real Exim in misconfigured and hardened set-ups.
@Suite(.serialized) struct EximServerTests {
    struct Setup: Sendable, CustomTestStringConvertible {
        var name: String
        var networks = "<; 192.0.2.1"
        var relayed = ""
        /// Whom the router of the own domains takes.
        var mailboxes = "local_parts = postmaster : abuse : root"
        var main = ""
        var first = ""
        var login = ""
        var authenticator = ""
        /// The port that the world knows it by.
        var outside = 25
        var expected: Set<String>
        var testDescription: String { name }
    }

    static let bound = """
          deny authenticated = *
               condition = ${if !eq{$authenticated_id@own.test}{$sender_address}}
          accept authenticated = *
        """
    static let free = "  accept authenticated = *"
    /// PLAIN behind TLS. The hash is SHA-1 of “kV9-tram-olive”, as `crypteq` takes it.
    static let plain = """
        PLAIN:
          driver = plaintext
          public_name = PLAIN
          server_prompts = :
          server_set_id = $auth2
          server_advertise_condition = ${if def:tls_in_cipher}
          server_condition = ${if and{{eq{$auth2}{ann}}{crypteq{$auth3}{\\{sha1\\}HASH}}}}
        """
    static let clear = plain.replacing("${if def:tls_in_cipher}", with: "yes")
    static let cram = """
        CRAM:
          driver = cram_md5
          public_name = CRAM-MD5
          server_set_id = $auth1
          server_advertise_condition = ${if def:tls_in_cipher}
          server_secret = ${if eq{$auth1}{ann}{kV9-tram-olive}fail}
        """

    static let setups: [Setup] = [
        Setup(name: "hardened", expected: []),
        Setup(
            name: "hardened, logins bound to their addresses on 587", login: bound, authenticator: plain, outside: 587,
            expected: []),
        Setup(
            name: "trusts the world", networks: "*",
            expected: [
                "MTA-01", "MTA-02", "MTA-06", "RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04", "RELAY-05", "RELAY-06",
            ]),
        Setup(
            name: "accepts before it looks", first: "  accept hosts = !192.0.2.1",
            expected: ["MTA-01", "MTA-06", "RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04", "RELAY-05", "RELAY-06"]),
        Setup(name: "own senders", first: "  accept senders = *@own.test", expected: ["MTA-03", "RELAY-02"]),
        Setup(name: "null sender", first: "  accept senders = :", expected: ["MTA-03", "RELAY-03"]),
        Setup(
            name: "HELO", first: "  accept condition = ${if eq{$sender_helo_name}{localhost}}",
            expected: ["MTA-03", "RELAY-05"]),
        Setup(
            name: "postmaster anywhere", first: "  accept local_parts = postmaster", expected: ["MTA-04"]),
        Setup(
            name: "catches all", first: "  accept domains = +local_domains", expected: ["MTA-06", "RELAY-06"]),
        Setup(
            name: "a router catches all", mailboxes: "verify", expected: ["MTA-06", "RELAY-06"]),
        Setup(
            name: "every domain is relayed to", relayed: "*",
            expected: ["MTA-01", "MTA-04", "MTA-06", "RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04", "RELAY-05"]),
        Setup(
            name: "all of .test is relayed to", relayed: "*.test",
            expected: ["MTA-04", "MTA-06", "RELAY-01", "RELAY-02", "RELAY-03", "RELAY-04", "RELAY-05"]),
        Setup(name: "VRFY", main: "acl_smtp_vrfy = accept", expected: ["MTA-18", "RELAY-10"]),
        Setup(
            name: "logins relay on port 25", login: free, authenticator: plain,
            expected: ["MTA-07", "MTA-10", "MTA-11", "RELAY-07", "RELAY-13", "RELAY-14"]),
        Setup(
            name: "logins without TLS", login: bound, authenticator: clear, outside: 587,
            expected: ["MTA-08", "RELAY-08"]),
        Setup(
            name: "CRAM-MD5", login: bound, authenticator: cram, outside: 587, expected: ["MTA-09", "RELAY-09"]),
    ]

    @Test(arguments: setups) func namesTheHole(setup: Setup) async throws {
        let server = try await TestExim(setup)
        var facts = MTAFacts(target: "own.test")
        for (part, words) in [(MTAFacts.Part.eximFile, ["config"]), (.eximValues, [])] {
            let output = try await HostCommand([server.program, "-C", server.configuration, "-bP"] + words).onThread()
            facts.parts[part] = .init(name: "exim -bP", text: String(decoding: output.output, as: UTF8.self))
        }
        let login = setup.authenticator.isEmpty ? nil : (name: "ann", password: "kV9-tram-olive")
        let judgement = try await MailServerJudgement.of(facts, port: server.port, outside: setup.outside, login: login)
        let queued = server.queuedMessages
        await server.stop()
        let failed = judgement.failedConfiguration.union(judgement.failedProbe).intersection(PostfixServerTests.judged)
        #expect(failed == setup.expected, "\(judgement.shown)")
        // The probe asks for one foreign mailbox, which is no postmaster, and for unknown ones at its own domain only:
        // both are shown.
        let agrees = setup.name != "postmaster anywhere" && setup.relayed.isEmpty
        #expect(judgement.agreement.result.word == (agrees ? "pass" : "fail"), "\(judgement.shown)")
        #expect(judgement.facts.trials.count >= 50)
        #expect(queued == 0, "a probe sent mail")
    }
}

final class TestExim {
    let program: String
    let port: Int
    private let directory: String
    private let process: ServerProcess
    var configuration: String { directory + "/exim.conf" }

    init(_ setup: EximServerTests.Setup) async throws {
        program = try await UnpackedServer.path("exim")
        directory = try UnpackedServer.directory()
        port = try TestPostfix.freePort()
        for folder in ["spool", "log"] {
            try FileManager.default.createDirectory(atPath: "\(directory)/\(folder)", withIntermediateDirectories: true)
            chmod("\(directory)/\(folder)", 0o777)
        }
        try await UnpackedServer.makeCertificate(in: directory)
        try Self.text(setup, port: port, directory: directory).write(
            toFile: directory + "/exim.conf", atomically: false, encoding: .utf8)
        let log = directory + "/output"
        process = try ServerProcess([program, "-C", directory + "/exim.conf", "-bdf"], log: log)
        do {
            try await process.wait(for: port, log: log)
        } catch {
            await stop()
            throw error
        }
    }

    private static func text(_ setup: EximServerTests.Setup, port: Int, directory: String) -> String {
        """
        primary_hostname = mail.own.test
        spool_directory = \(directory)/spool
        log_file_path = \(directory)/log/%slog
        local_interfaces = <; 127.0.0.1
        daemon_smtp_ports = \(port)
        tls_advertise_hosts = *
        tls_certificate = \(directory)/cert.pem
        tls_privatekey = \(directory)/key.pem
        host_lookup =
        rfc1413_hosts =
        queue_only
        keep_environment =
        smtp_accept_max = 50
        smtp_max_unknown_commands = 20
        domainlist local_domains = own.test : mail.own.test : localhost
        domainlist relay_to_domains = \(setup.relayed)
        hostlist relay_from_hosts = \(setup.networks)
        acl_smtp_rcpt = acl_check_rcpt
        acl_smtp_data = acl_check_data
        \(setup.main)

        begin acl

        acl_check_rcpt:
          accept hosts = :
          deny message = Restricted characters in address
               domains = +local_domains
               local_parts = ^[.] : ^.*[@%!/|]
          deny message = Restricted characters in address
               domains = !+local_domains
               local_parts = ^[./|] : ^.*[@%!]
        \(setup.first)
        \(setup.login)
          accept hosts = +relay_from_hosts
          require message = relay not permitted
                  domains = +local_domains : +relay_to_domains
          require verify = recipient
          accept

        acl_check_data:
          deny message = nothing is sent here

        begin routers

        ours:
          driver = accept
          domains = +local_domains
          \(setup.mailboxes)
          transport = drop

        elsewhere:
          driver = manualroute
          domains = ! +local_domains
          route_list = * 127.0.0.1
          self = send
          transport = drop_smtp

        begin transports

        drop:
          driver = appendfile
          file = /dev/null
          user = nobody

        drop_smtp:
          driver = smtp

        begin authenticators

        \(setup.authenticator.replacing("HASH", with: sha1))

        """
    }

    /// Of “kV9-tram-olive”.
    private static let sha1 = "e43b421b3e3a52228194439b6bd218dbfd6206cd"

    /// Messages in the queue.
    var queuedMessages: Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory + "/spool/input")) ?? []).count
    }

    func stop() async {
        await process.stop()
        // Its children may still write their last log line, and make the folder for it.
        for _ in 0..<40 {
            try? FileManager.default.removeItem(atPath: directory)
            try? await Task.sleep(for: .milliseconds(50))
            if !FileManager.default.fileExists(atPath: directory) { return }
        }
    }
}
