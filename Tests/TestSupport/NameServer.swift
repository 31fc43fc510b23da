import DNSClient
import Foundation
import MailTypes
import NIOCore
import NIOPosix

/// A real `unbound` with local data on loopback, which only the test that made it talks to.
package final class NameServer {
    package let port: UInt16
    private let process: ChildProcess
    private let directory: URL

    package static let path = "/usr/sbin/unbound"
    package static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }
    /// No other test uses these.
    private static let ports: Range<Int> = 36_000..<37_400

    /// `lines` are of the `server:` clause; `zones` are whole zone files by name. Another program may have a port: the next one is taken then.
    package init(_ lines: [String], zones: [String: String] = [:]) async throws {
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
                  local-zone: "mark.example." static
                  local-data: 'mark.example. 1 IN TXT "\(mark)"'
                \(lines.map { "  " + $0 }.joined(separator: "\n"))
                remote-control:
                  control-enable: no
                \(clauses)
                """
            let file = directory.appendingPathComponent("unbound.conf")
            try configuration.write(to: file, atomically: true, encoding: .utf8)
            guard let process = ChildProcess(Self.path, ["-d", "-c", file.path]) else {
                throw DNSError(.resources, "\(Self.path) cannot be run")
            }
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
    private static func isOurs(_ port: UInt16, _ mark: String, _ process: ChildProcess) async throws -> Bool {
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

    package func stop() {
        process.stop()
        try? FileManager.default.removeItem(at: directory)
    }
}
