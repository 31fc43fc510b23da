import Foundation
import Glibc
import NIOConcurrencyHelpers

/// A real Postfix with a real Dovecot for its logins, on loopback, in a folder of its own.
///
/// Clients name their address by the PROXY protocol, so that the log shows strangers although all comes from loopback.
/// Mail goes to a real smtp-sink; `bad.example` knows no recipient.
final class RealMailServer {
    let folder: String
    let port: Int
    private let sinkPort: Int
    private var processes: [Process] = []

    static var isInstalled: Bool {
        ["/usr/sbin/postfix", "/usr/sbin/dovecot", "/usr/sbin/smtp-sink"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: $0)
        } && getuid() == 0
    }

    init(accounts: [(name: String, password: String)]) throws {
        folder = NSTemporaryDirectory() + "sluice-mx-\(UUID().uuidString.prefix(8))"
        port = try RealMailServer.freePort()
        sinkPort = try RealMailServer.freePort()
        for part in ["queue/private", "data", "etc", "dovecot/run", "dovecot/state"] {
            try FileManager.default.createDirectory(atPath: folder + "/" + part, withIntermediateDirectories: true)
        }
        chmod(folder, 0o755)
        do {
            try start("/usr/sbin/smtp-sink", ["-u", "nobody", "127.0.0.1:\(sinkPort)", "50"])
            try startDovecot(accounts)
            try startPostfix()
        } catch {
            stop()
            throw error
        }
    }

    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
    }

    private func start(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        processes.append(process)
    }

    private func startDovecot(_ accounts: [(name: String, password: String)]) throws {
        try write("dovecot/users", accounts.map { "\($0.name):{PLAIN}\($0.password)::::::\n" }.joined())
        try write(
            "dovecot/dovecot.conf",
            """
            base_dir = \(folder)/dovecot/run
            state_dir = \(folder)/dovecot/state
            log_path = \(folder)/dovecot.log
            protocols =
            ssl = no
            disable_plaintext_auth = no
            auth_mechanisms = plain
            auth_verbose = yes
            auth_failure_delay = 0
            default_internal_user = root
            default_login_user = root
            default_internal_group = root
            passdb {
              driver = passwd-file
              args = \(folder)/dovecot/users
            }
            userdb {
              driver = static
              args = uid=65534 gid=65534 home=/nonexistent
            }
            service auth {
              user = root
              unix_listener \(folder)/queue/private/auth {
                mode = 0666
              }
            }
            service anvil {
              chroot =
              user = root
              unix_listener anvil-auth-penalty {
                mode = 0
              }
            }

            """)
        try start("/usr/sbin/dovecot", ["-F", "-c", folder + "/dovecot/dovecot.conf"])
    }

    private func startPostfix() throws {
        try write(
            "etc/main.cf",
            """
            compatibility_level = 3.6
            queue_directory = \(folder)/queue
            data_directory = \(folder)/data
            maillog_file = \(folder)/mail.log
            maillog_file_prefixes = /var, /tmp, \(NSTemporaryDirectory())
            mail_owner = postfix
            setgid_group = postdrop
            myhostname = mx.shop.example
            mydestination =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            mynetworks =
            relayhost = [127.0.0.1]:\(sinkPort)
            transport_maps = inline:{ {bad.example = error:5.1.1 User unknown} }
            smtp_host_lookup = native
            smtpd_upstream_proxy_protocol = haproxy
            smtpd_peername_lookup = no
            smtpd_sasl_auth_enable = yes
            smtpd_sasl_type = dovecot
            smtpd_sasl_path = private/auth
            smtpd_relay_restrictions = permit_sasl_authenticated, reject
            smtpd_error_sleep_time = 0
            smtpd_hard_error_limit = 100
            smtpd_client_connection_rate_limit = 0
            alias_maps =
            local_recipient_maps =
            smtpd_reject_unlisted_recipient = no

            """)
        var services =
            "127.0.0.1:\(port) inet n - n - - smtpd\npickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\n"
        services += "qmgr unix n - n 300 1 qmgr\nrewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\n"
        services +=
            "defer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\nverify unix - - n - 1 verify\nsmtp unix - - n - - smtp\n"
        services +=
            "error unix - - n - - error\nretry unix - - n - - error\nanvil unix - - n - 1 anvil\nscache unix - - n - 1 scache\n"
        services +=
            "tlsmgr unix - - n 1000? 1 tlsmgr\nproxymap unix - - n - - proxymap\npostlog unix-dgram n - n - 1 postlogd\n"
        try write("etc/master.cf", services)
        try run(["set-permissions"])
        try run(["start"])
        for _ in 0..<4800 {
            if let client = try? SMTPClient(port: port, from: "203.0.113.1") {
                client.quit()
                return
            }
            usleep(25_000)
        }
        throw SMTPClient.Failure("Postfix does not answer on port \(port)")
    }

    private func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/postfix")
        process.arguments = ["-c", folder + "/etc"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<24_000 where process.isRunning { usleep(5000) }
        guard !process.isRunning, process.terminationStatus == 0 else {
            throw SMTPClient.Failure("postfix \(arguments) failed")
        }
    }

    /// Waits until the log holds `count` lines with `text`; false when it does not come to that.
    func awaitLog(_ text: String, count: Int) -> Bool {
        for _ in 0..<4800 {
            let log = (try? String(contentsOfFile: folder + "/mail.log", encoding: .utf8)) ?? ""
            if log.components(separatedBy: text).count > count { return true }
            usleep(25_000)
        }
        return false
    }

    func stop() {
        try? run(["stop"])
        for process in processes where process.isRunning { process.terminate() }
        for process in processes { for _ in 0..<200 where process.isRunning { usleep(5000) } }
        // Whoever inherited a mask that blocks SIGTERM does not hear it.
        for process in processes where process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static let given = NIOLockedValueBox<Set<Int>>([])

    /// A port that no other test was given, below those that the system gives to clients.
    static func freePort() throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 13_000..<15_000)
            if given.withLockedValue({ $0.insert(port).inserted }), isFree(port) { return port }
        }
        throw SMTPClient.Failure("no free port")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// A client that speaks SMTP line by line, and says by PROXY where it comes from.
final class SMTPClient {
    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var lastReply = ""

    init(port: Int, from: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard connected else { throw Failure("cannot connect") }
        send("PROXY TCP4 \(from) 127.0.0.1 40000 \(port)")
        guard try reply() == 220, try command("EHLO client.example") == 250 else { throw Failure("no greeting") }
    }

    deinit { close(descriptor) }

    private func send(_ line: String) {
        let bytes = Array((line + "\r\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// The code of the reply to a command.
    @discardableResult
    func command(_ line: String) throws -> Int {
        send(line)
        return try reply()
    }

    func login(_ name: String, _ password: String) throws -> Bool {
        try command("AUTH PLAIN " + Data("\0\(name)\0\(password)".utf8).base64EncodedString()) == 235
    }

    /// Hands a message over; throws what the server said against it.
    func message(from: String, to: [String]) throws {
        try expect(250, "MAIL FROM:<\(from)>")
        for recipient in to { try expect(250, "RCPT TO:<\(recipient)>") }
        try expect(354, "DATA")
        try expect(250, "Subject: hello\r\n\r\nHello.\r\n.")
    }

    private func expect(_ code: Int, _ line: String) throws {
        guard try command(line) == code else { throw Failure("\(line): \(lastReply)") }
    }

    func quit() { _ = try? command("QUIT") }

    private func reply() throws -> Int {
        while true {
            if let end = pending.firstIndex(of: 0x0a) {
                let line = Array(pending[..<end])
                pending.removeSubrange(...end)
                lastReply = String(decoding: line, as: UTF8.self)
                guard line.count >= 4, line[3] != 0x2d else { continue }
                return Int(String(decoding: line.prefix(3), as: UTF8.self)) ?? 0
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let got = recv(descriptor, &buffer, buffer.count, 0)
            guard got > 0 else { throw Failure("the server went away") }
            pending += buffer.prefix(got)
        }
    }
}
