import Foundation
import MTAControl
import MailTypes
import TestSupport

/// Ports of these tests: 30000…32000.
enum TestPort {
    static func free() throws -> UInt16 {
        for _ in 0..<200 {
            let port = UInt16.random(in: 30_000..<32_000)
            let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(probe) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if result == 0 { return port }
        }
        throw MTAError(.notFound, "no free port")
    }
}

/// A real Postfix that can deliver nothing: what it takes stays in its queue. Blocking.
final class TestPostfix {
    let folder: String
    let port: UInt16
    var configuration: String { folder + "/etc" }

    static var isInstalled: Bool { getuid() == 0 && access("/usr/sbin/postfix", X_OK) == 0 }

    init(_ folder: String) throws {
        self.folder = folder
        port = try TestPort.free()
        for name in ["queue", "data", "etc"] {
            try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        try """
        compatibility_level = 3.6
        queue_directory = \(folder)/queue
        data_directory = \(folder)/data
        maillog_file = \(folder)/maillog
        maillog_file_prefixes = /var, /tmp, \(NSTemporaryDirectory())
        mail_owner = postfix
        setgid_group = postdrop
        myhostname = mail.customer.example
        mydestination =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        relayhost = [127.0.0.1]:1
        smtp_host_lookup = native
        smtp_tls_security_level = none
        alias_maps =
        local_recipient_maps =

        """.write(toFile: configuration + "/main.cf", atomically: false, encoding: .utf8)
        try """
        127.0.0.1:\(port) inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        error unix - - n - - error
        retry unix - - n - - error
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        flush unix n - n 1000? 0 flush
        showq unix n - n - - showq
        postlog unix-dgram n - n - 1 postlogd

        """.write(toFile: configuration + "/master.cf", atomically: false, encoding: .utf8)
        _ = try Program("/usr/sbin/postfix").run(["-c", configuration, "set-permissions"])
        guard try Program("/usr/sbin/postfix").run(["-c", configuration, "start"]).status == 0 else {
            throw MTAError(.program, "postfix does not start")
        }
    }

    func stop() { _ = try? Program("/usr/sbin/postfix").run(["-c", configuration, "stop"]) }

    deinit { stop() }
}

/// A real Exim, unpacked beside Postfix by `scripts/unpack-mtas`, that only queues. Blocking.
final class TestExim {
    let folder: String
    let program: String
    let port: UInt16
    private let daemon: ChildProcess
    let configuration: String

    /// The unpacked program; `nil` where it cannot be had.
    static let unpacked: String? = Unpacked.program("exim")

    init(_ folder: String, program: String) throws {
        self.folder = folder
        self.program = program
        configuration = folder + "/exim.conf"
        port = try TestPort.free()
        for name in ["spool", "log"] {
            try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
            _ = try Program("/bin/chown").run(["mail:mail", folder + "/" + name])
        }
        try """
        primary_hostname = mx.customer.example
        spool_directory = \(folder)/spool
        log_file_path = \(folder)/log/%slog
        pid_file_path = \(folder)/exim.pid
        exim_path = \(program)
        exim_user = mail
        exim_group = mail
        never_users =
        split_spool_directory = yes
        local_interfaces = 127.0.0.1
        daemon_smtp_ports = \(port)
        smtp_accept_queue_per_connection = 0
        smtp_accept_max_per_connection = 300
        acl_smtp_rcpt = accept
        acl_smtp_data = accept
        queue_only
        tls_advertise_hosts =
        keep_environment =
        begin routers
        dead:
          driver = manualroute
          transport = dead
          route_list = * 127.0.0.1 byname
          self = send
        begin transports
        dead:
          driver = smtp
          port = 1
        begin retry
        * * F,1d,10s

        """.write(toFile: configuration, atomically: false, encoding: .utf8)
        daemon = try Unpacked.start([program, "-C", configuration, "-bdf"])
    }

    func stop() { daemon.stop() }

    deinit { stop() }
}
