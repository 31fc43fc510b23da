import Foundation
import TestSupport

/// A customer's mail server: a real Postfix with a real Dovecot for its logins, in a directory of its own, on loopback.
///
/// Accounts authenticate to it on its submission port; it relays everything to the given smart host and tells the account
/// in its Received field (`smtpd_sasl_authenticated_header`).
final class PostfixServer {
    let port: Int
    let address: String
    private let scratch: Scratch
    /// The folder with main.cf.
    let configuration: String
    private let smartHost: Int
    private var dovecot: Process?

    /// - Parameters:
    ///   - accounts: login names and passwords.
    ///   - smartHost: the port on 127.0.0.1 that everything is relayed to.
    ///   - address: the loopback address that it connects from, and listens on beside 127.0.0.1: whose server it is to
    ///     Sluice.
    ///   - settings: lines of main.cf that override the others.
    init(
        accounts: [(name: String, password: String)], smartHost: Int, address: String = "127.0.0.1",
        settings: String = ""
    ) async throws {
        self.address = address
        self.smartHost = smartHost
        scratch = try Scratch("postfix")
        port = try Loopback.freePort()
        configuration = scratch.path + "/etc"
        do {
            try startDovecot(accounts)
            try await startPostfix(settings)
        } catch {
            await stop()
            throw error
        }
    }

    private func startDovecot(_ accounts: [(name: String, password: String)]) throws {
        let users = accounts.map { "\($0.name):{PLAIN}\($0.password)::::::\n" }.joined()
        try scratch.write("dovecot/users", users, mode: 0o600)
        for directory in ["queue", "queue/private", "data", "dovecot/run", "dovecot/state"] {
            try FileManager.default.createDirectory(
                atPath: scratch.path + "/" + directory, withIntermediateDirectories: true)
        }
        let configuration = try scratch.write(
            "dovecot/dovecot.conf",
            """
            base_dir = \(scratch.path)/dovecot/run
            state_dir = \(scratch.path)/dovecot/state
            log_path = \(scratch.path)/dovecot.log
            protocols =
            ssl = no
            disable_plaintext_auth = no
            auth_mechanisms = plain login
            default_internal_user = root
            default_login_user = root
            default_internal_group = root
            passdb {
              driver = passwd-file
              args = \(scratch.path)/dovecot/users
            }
            userdb {
              driver = static
              args = uid=65534 gid=65534 home=/nonexistent
            }
            service auth {
              user = root
              unix_listener \(scratch.path)/queue/private/auth {
                mode = 0666
              }
            }
            service anvil {
              chroot =
              user = root
            }
            """)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/dovecot")
        process.arguments = ["-F", "-c", configuration]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        dovecot = process
    }

    /// Other settings from here on.
    func configure(_ settings: String) async throws {
        try writeSettings(settings)
        try await Command.check("/usr/sbin/postfix", ["-c", configuration, "stop"])
        try await Command.check("/usr/sbin/postfix", ["-c", configuration, "start"])
        try await Loopback.awaitListener(port, "Postfix")
    }

    /// Another password of an account.
    func change(_ accounts: [(name: String, password: String)]) throws {
        try scratch.write(
            "dovecot/users", accounts.map { "\($0.name):{PLAIN}\($0.password)::::::\n" }.joined(), mode: 0o600)
    }

    var logPath: String { scratch.path + "/maillog" }

    private func writeSettings(_ settings: String) throws {
        let lines = """
            compatibility_level = 3.6
            queue_directory = \(scratch.path)/queue
            data_directory = \(scratch.path)/data
            maillog_file = \(scratch.path)/maillog
            maillog_file_prefixes = /var, /tmp, \(NSTemporaryDirectory())
            mail_owner = postfix
            setgid_group = postdrop
            myhostname = mail.customer.example
            mydestination =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            mynetworks =
            relayhost = [127.0.0.1]:\(smartHost)
            smtp_host_lookup = native
            smtp_tls_security_level = none
            smtp_bind_address = \(address)
            smtpd_sasl_auth_enable = yes
            smtpd_sasl_type = dovecot
            smtpd_sasl_path = private/auth
            smtpd_sasl_authenticated_header = yes
            smtpd_relay_restrictions = permit_sasl_authenticated, reject
            smtpd_recipient_restrictions =
            alias_maps =
            local_recipient_maps =
            minimal_backoff_time = 1s
            maximal_backoff_time = 2s
            queue_run_delay = 1s
            bounce_queue_lifetime = 1h
            smtpd_error_sleep_time = 0
            \(settings)
            """
        try scratch.write("etc/main.cf", PostfixSettings.once(lines))
    }

    private func startPostfix(_ settings: String) async throws {
        try writeSettings(settings)
        let more = address == "127.0.0.1" ? "" : "\(address):\(port) inet n - n - - smtpd\n"
        try scratch.write(
            "etc/master.cf",
            """
            127.0.0.1:\(port) inet n - n - - smtpd
            \(more)\
            pickup unix n - n 60 1 pickup
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            verify unix - - n - 1 verify
            flush unix n - n 1000? 0 flush
            proxymap unix - - n - - proxymap
            smtp unix - - n - - smtp
            relay unix - - n - - smtp
            showq unix n - n - - showq
            error unix - - n - - error
            retry unix - - n - - error
            discard unix - - n - - discard
            local unix - n n - - local
            anvil unix - - n - 1 anvil
            scache unix - - n - 1 scache
            postlog unix-dgram n - n - 1 postlogd

            """)
        try await Command.check("/usr/sbin/postfix", ["-c", configuration, "set-permissions"])
        try await Command.check("/usr/sbin/postfix", ["-c", configuration, "start"])
        try await Loopback.awaitListener(port, "Postfix")
    }

    /// The mail log so far.
    var log: String { (try? String(contentsOfFile: scratch.path + "/maillog", encoding: .utf8)) ?? "" }

    /// Messages of a sender that wait for a later attempt.
    func deferred(from sender: String) async throws -> Int {
        let output = try await Command.check("/usr/sbin/postqueue", ["-c", configuration, "-j"])
        return output.split(separator: "\n").count {
            $0.contains("\"queue_name\": \"deferred\"") && $0.contains("\"sender\": \"\(sender)\"")
        }
    }

    /// Queue ids that Postfix still holds.
    func queued() async throws -> Int {
        let output = try await Command.check("/usr/sbin/postqueue", ["-c", configuration, "-j"])
        return output.split(separator: "\n").filter { $0.hasPrefix("{") }.count
    }

    /// A test that failed half-way leaves nothing running.
    deinit {
        if let dovecot, dovecot.isRunning { kill(dovecot.processIdentifier, SIGKILL) }
        let file = scratch.path + "/queue/pid/master.pid"
        if let text = try? String(contentsOfFile: file, encoding: .utf8),
            let master = Int32(text.filter(\.isNumber)), master > 1
        {
            kill(master, SIGTERM)
        }
    }

    func stop() async {
        _ = try? await Command.run("/usr/sbin/postfix", ["-c", configuration, "stop"])
        if let dovecot, dovecot.isRunning {
            dovecot.terminate()
            // Foundation's waitUntilExit spins a run loop, which this thread has none of.
            for _ in 0..<500 where dovecot.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
            // Whoever inherited a mask that blocks SIGTERM does not hear it.
            if dovecot.isRunning { kill(dovecot.processIdentifier, SIGKILL) }
        }
        scratch.remove()
    }
}
