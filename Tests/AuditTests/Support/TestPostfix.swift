import Foundation
import NIOConcurrencyHelpers
import TestSupport

struct HarnessError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A real Postfix on loopback with the settings of one test, in a directory of its own.
final class TestPostfix {
    let port: Int
    let directory: String
    private var dovecot: Process?

    /// - Parameters:
    ///   - login: an account and its password, for which a real Dovecot is asked; TLS is offered, too.
    ///   - settings: lines of main.cf, behind ours.
    ///   - service: `-o` lines of the smtpd service in master.cf.
    init(settings: String, service: String = "", login: (name: String, password: String)? = nil) async throws {
        var template = Array((NSTemporaryDirectory() + "audit-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else { throw HarnessError("mkdtemp: errno \(errno)") }
        directory = String(cString: made)
        chmod(directory, 0o755)
        port = try Self.freePort()
        do {
            var settings = settings
            if let login { settings += try await secure(login) }
            try await start(settings, service)
        } catch {
            await stop()
            throw error
        }
    }

    /// A certificate of its own, and Dovecot for the login. Gives the lines of main.cf.
    private func secure(_ login: (name: String, password: String)) async throws -> String {
        for folder in ["queue/private", "dovecot/run", "dovecot/state", "etc"] {
            try FileManager.default.createDirectory(atPath: "\(directory)/\(folder)", withIntermediateDirectories: true)
        }
        try await UnpackedServer.makeCertificate(in: directory + "/etc")
        try write("dovecot/users", "\(login.name):{PLAIN}\(login.password)::::::\n")
        try write(
            "dovecot/dovecot.conf",
            """
            base_dir = \(directory)/dovecot/run
            state_dir = \(directory)/dovecot/state
            log_path = \(directory)/dovecot.log
            protocols =
            ssl = no
            disable_plaintext_auth = no
            auth_mechanisms = plain login
            default_internal_user = root
            default_login_user = root
            default_internal_group = root
            passdb {
              driver = passwd-file
              args = \(directory)/dovecot/users
            }
            userdb {
              driver = static
              args = uid=65534 gid=65534 home=/nonexistent
            }
            service auth {
              user = root
              unix_listener \(directory)/queue/private/auth {
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
        process.arguments = ["-F", "-c", "\(directory)/dovecot/dovecot.conf"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        dovecot = process
        return """

            smtpd_tls_security_level = may
            smtpd_tls_key_file = \(directory)/etc/key.pem
            smtpd_tls_cert_file = \(directory)/etc/cert.pem
            smtpd_tls_auth_only = yes
            smtpd_sasl_auth_enable = yes
            smtpd_sasl_type = dovecot
            smtpd_sasl_path = private/auth
            """
    }

    private func start(_ settings: String, _ service: String) async throws {
        for folder in ["etc", "queue", "data"] {
            try FileManager.default.createDirectory(atPath: "\(directory)/\(folder)", withIntermediateDirectories: true)
        }
        try write(
            "etc/main.cf",
            PostfixSettings.once(
                """
                compatibility_level = 3.6
                queue_directory = \(directory)/queue
                data_directory = \(directory)/data
                maillog_file = \(directory)/maillog
                maillog_file_prefixes = /var, /tmp, \(NSTemporaryDirectory())
                mail_owner = postfix
                setgid_group = postdrop
                myhostname = mail.own.test
                mydestination = own.test, localhost, mail.own.test
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                mynetworks =
                alias_maps = inline:{ postmaster=root, abuse=root }
                local_recipient_maps = inline:{ root=x, postmaster=x, abuse=x }
                smtp_tls_security_level = none
                smtpd_error_sleep_time = 0
                \(settings)

                """))
        try write(
            "etc/master.cf",
            """
            127.0.0.1:\(port) inet n - n - - smtpd
            \(service)
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            verify unix - - n - 1 verify
            proxymap unix - - n - - proxymap
            error unix - - n - - error
            retry unix - - n - - error
            local unix - n n - - local
            smtp unix - - n - - smtp
            anvil unix - - n - 1 anvil
            postlog unix-dgram n - n - 1 postlogd

            """)
        // `postfix set-permissions` would do this, and look at every manual page of the system besides.
        if let user = getpwnam("postfix") {
            for folder in ["data", "queue/private"] { chown("\(directory)/\(folder)", user.pointee.pw_uid, 0) }
        }
        try await run("/usr/sbin/postfix", ["-c", directory + "/etc", "start"])
        for _ in 0..<2400 {
            if Self.canConnect(port) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw HarnessError(
            "Postfix does not listen: \((try? String(contentsOfFile: directory + "/maillog", encoding: .utf8)) ?? "")")
    }

    /// Messages that were ever queued, by the log.
    var queuedMessages: Int {
        let log = (try? String(contentsOfFile: directory + "/maillog", encoding: .utf8)) ?? ""
        return log.split(separator: "\n").count { $0.contains("postfix/qmgr") && $0.contains("from=<") }
    }

    func stop() async {
        _ = try? await run("/usr/sbin/postfix", ["-c", directory + "/etc", "stop"])
        if let dovecot, dovecot.isRunning {
            dovecot.terminate()
            for _ in 0..<100 where dovecot.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
            // Whoever inherited a mask that blocks SIGTERM does not hear it.
            if dovecot.isRunning { kill(dovecot.processIdentifier, SIGKILL) }
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
    }

    private func run(_ program: String, _ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Foundation's waitUntilExit spins a run loop, which this thread has none of.
        for _ in 0..<12_000 where process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        guard !process.isRunning, process.terminationStatus == 0 else {
            throw HarnessError("\(program) \(arguments.joined(separator: " ")) failed")
        }
    }

    private static func withSocket<Value>(_ port: Int, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Value)
        -> Value?
    {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// A port that nothing is bound to, from a range of these tests' own; each is given once.
    static func freePort() throws -> Int {
        for _ in 0..<portRange.count {
            let port = nextPort.withLockedValue { next in
                defer { next = next + 1 == portRange.upperBound ? portRange.lowerBound : next + 1 }
                return next
            }
            let isFree = withSocket(port) { descriptor, address, length in
                var on: Int32 = 1
                setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
                return bind(descriptor, address, length) == 0
            }
            if isFree == true { return port }
        }
        throw HarnessError("no free port")
    }

    /// Below those that the system gives to clients, of which other tests take many meanwhile.
    private static let portRange = 26_000..<30_000
    private static let nextPort = NIOLockedValueBox(
        portRange.lowerBound + Int(getpid()) % 40 * (portRange.count / 40))

    static func canConnect(_ port: Int) -> Bool {
        withSocket(port) { descriptor, address, length in connect(descriptor, address, length) == 0 } ?? false
    }
}
