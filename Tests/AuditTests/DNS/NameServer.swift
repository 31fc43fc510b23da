import DNSClient
import Foundation
import Glibc
import MailTypes
import NIOCore
import NIOPosix
import Testing

/// A real `unbound` with local data on loopback, which only the test that made it talks to.
final class NameServer {
    let port: UInt16
    private let process: NameServerProcess
    private let directory: URL

    static let path = "/usr/sbin/unbound"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }
    /// No other test uses these.
    private static let ports: Range<Int> = 36_700..<37_400

    /// `lines` are of the `server:` clause; `zones` are whole zone files by name. Another program may have a port: the next one is taken then.
    init(_ lines: [String], zones: [String: String] = [:]) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("dns-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let mark = UUID().uuidString
        var clauses = ""
        // A root of our own: nothing is asked of the internet.
        let root = ". 60 IN SOA ns.x.test. x.x.test. 1 60 60 60 60\n. 60 IN NS ns.x.test.\n"
        var served = zones
        if !zones.isEmpty { served["."] = root }
        for (name, text) in served {
            let path = directory.appendingPathComponent("zone-\(name).txt").path
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            clauses += "auth-zone:\n  name: \"\(name)\"\n  zonefile: \"\(path)\"\n  for-upstream: no\n"
        }
        let start = Int.random(in: Self.ports)
        for offset in 0..<100 {
            let port = Self.ports.lowerBound + (start - Self.ports.lowerBound + offset) % Self.ports.count
            let configuration = """
                server:
                  interface: 127.0.0.1
                  port: \(port)
                  do-daemonize: no
                  username: ""
                  chroot: ""
                  directory: "\(directory.path)"
                  pidfile: ""
                  use-syslog: no
                  num-threads: 1
                  module-config: "iterator"
                  local-zone: "2.0.192.in-addr.arpa." nodefault
                  local-zone: "mark.example." static
                  local-data: 'mark.example. 1 IN TXT "\(mark)"'
                \(lines.map { "  " + $0 }.joined(separator: "\n"))
                remote-control:
                  control-enable: no
                \(clauses)
                """
            let file = directory.appendingPathComponent("unbound.conf")
            try configuration.write(to: file, atomically: true, encoding: .utf8)
            let process = try #require(NameServerProcess(Self.path, ["-d", "-c", file.path]))
            if try await Self.isOurs(UInt16(port), mark, process) {
                self.port = UInt16(port)
                self.process = process
                self.directory = directory
                return
            }
            process.stop()
        }
        try? FileManager.default.removeItem(at: directory)
        throw DNSError(.resources, "no name server could be started")
    }

    /// The server needs a moment to bind its port.
    private static func isOurs(_ port: UInt16, _ mark: String, _ process: NameServerProcess) async throws -> Bool {
        for _ in 0..<120 where !process.hasEnded {
            var settings = UnboundSettings(forwarders: [.init(.v4(0x7f00_0001), port: port)])
            settings.timeout = .seconds(1)
            let resolver = try UnboundResolver(settings)
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            let found = try await resolver.texts(named: "mark.example", on: loop).get()
            resolver.shutdown()
            if found.records == [Array(mark.utf8)] { return true }
            if !found.records.isEmpty { return false }
        }
        return false
    }

    func stop() {
        process.stop()
        try? FileManager.default.removeItem(at: directory)
    }

    /// Asks this server only, reserved zones included.
    func resolver(trustAnchor: String? = nil) throws -> UnboundResolver {
        try UnboundResolver(
            UnboundSettings(
                forwarders: [.init(.v4(0x7f00_0001), port: port)], trustAnchor: trustAnchor,
                askedLocalZones: [
                    "test.", "2.0.192.in-addr.arpa.", "113.0.203.in-addr.arpa.", "100.51.198.in-addr.arpa.",
                    "8.b.d.0.1.0.0.2.ip6.arpa.",
                ], timeout: .seconds(120)))
    }
}

/// A program of the system, started for a test and ended with it.
///
/// `posix_spawn` and `waitpid`: Foundation's `waitUntilExit` needs a run loop, which the threads of Swift's tasks lack.
final class NameServerProcess {
    private var pid: pid_t

    /// Output goes to nowhere.
    init?(_ path: String, _ arguments: [String]) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [Int32(0), 1, 2] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        // Threads of tasks block most signals, and a child would inherit that: SIGTERM would not end it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        argv.append(nil)
        defer { for argument in argv { free(argument) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, path, &actions, &attributes, argv, environ) == 0 else { return nil }
        self.pid = pid
    }

    /// Waits for its end by itself. True if it succeeded.
    func wait() -> Bool {
        var status: Int32 = -1
        guard pid > 0, waitpid(pid, &status, 0) == pid else { return false }
        pid = 0
        return status == 0
    }

    /// It ended by itself, as a server does whose port is taken.
    var hasEnded: Bool {
        guard pid > 0 else { return true }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return false }
        pid = 0
        return true
    }

    func stop() {
        guard pid > 0 else { return }
        kill(pid, SIGKILL)
        _ = wait()
    }

    deinit { stop() }

    /// Runs a tool that ends by itself at once, in a directory.
    static func run(_ path: String, _ arguments: [String], in directory: String) -> Bool {
        let words = ["-c", "cd \"$0\" && exec \"$@\"", directory, path] + arguments
        return NameServerProcess("/bin/sh", words)?.wait() ?? false
    }
}
