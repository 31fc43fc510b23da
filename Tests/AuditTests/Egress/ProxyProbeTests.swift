import Audit
import Foundation
import MailTypes
import NIOConcurrencyHelpers
import Testing

/// Real proxies from Debian, on loopback.
@Suite struct ProxyProbeTests {
    static let loopback = IPAddress.v4(0x7f00_0001)

    /// A server that the test started, and its port.
    final class Server: Sendable {
        let port: Int
        private let process: NIOLockedValueBox<Process>
        private let folder: String

        /// Ports of this suite. Each server takes the next, so that no two ask for the same.
        private static let next = NIOLockedValueBox(35_000)

        /// - Parameter arguments: made with the port and a folder for files.
        init(_ program: String, _ arguments: (Int, String) throws -> [String]) throws {
            var started: (Process, Int)?
            folder = NSTemporaryDirectory() + "sluice-proxy-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            // A port that somebody has ends the server at once: the next is taken.
            for _ in 0..<20 where started == nil {
                let port = Self.next.withLockedValue { next in
                    next += 1
                    return next
                }
                // Taken already: that answer would be another's.
                if Self.isTaken(port) { continue }
                let process = Process()
                process.executableURL = URL(fileURLWithPath: program)
                process.arguments = try arguments(port, folder)
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                process.standardInput = FileHandle.nullDevice
                try process.run()
                if Self.listens(port, process) { started = (process, port) }
            }
            guard let started else { throw AuditError(.connection, "\(program) does not start") }
            process = NIOLockedValueBox(started.0)
            port = started.1
        }

        deinit {
            // tinyproxy takes its time to end otherwise.
            process.withLockedValue { process in
                if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            }
            try? FileManager.default.removeItem(atPath: folder)
        }

        private static func listens(_ port: Int, _ process: Process) -> Bool {
            for _ in 0..<6000 {
                guard process.isRunning else { return false }
                if isTaken(port) { return true }
                usleep(20_000)
            }
            return false
        }

        /// What is no proxy answers nothing; a port that is closed does so, too: the kernel knows.
        private static func isTaken(_ port: Int) -> Bool {
            let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
            return table.contains("0100007F:\(String(port, radix: 16, uppercase: true)) 00000000:0000 0A")
        }
    }

    /// Off the cooperative pool: starting and asking block.
    private func answer(
        _ program: String, _ arguments: @escaping @Sendable (Int, String) throws -> [String]
    ) async throws -> ProxyProbe.Answer {
        try await FactGatherer.onThread {
            Result {
                let server = try Server(program, arguments)
                return withExtendedLifetime(server) { ProxyProbe(Self.loopback, port: server.port).run() }
            }
        }.get()
    }

    @Test func findsOpenSOCKS() async throws {
        let found = try await answer("/usr/bin/microsocks") { port, _ in ["-i", "127.0.0.1", "-p", String(port)] }
        #expect(found == .open("SOCKS 5 without login"))
    }

    @Test func leavesSOCKSWithLogin() async throws {
        let found = try await answer("/usr/bin/microsocks") { port, _ in
            ["-i", "127.0.0.1", "-p", String(port), "-u", "ann", "-P", "secret"]
        }
        #expect(found == .none)
    }

    private static func tinyproxy(_ extra: String) -> @Sendable (Int, String) throws -> [String] {
        { port, folder in
            let file = folder + "/tinyproxy.conf"
            try "Port \(port)\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nLogLevel Critical\n\(extra)\n".write(
                toFile: file, atomically: true, encoding: .utf8)
            return ["-d", "-c", file]
        }
    }

    @Test func findsOpenCONNECT() async throws {
        let found = try await answer("/usr/bin/tinyproxy", Self.tinyproxy(""))
        #expect(found == .open("HTTP CONNECT without login"))
    }

    @Test(arguments: ["BasicAuth ann secret", "ConnectPort 443", "Deny 127.0.0.1"])
    func leavesClosedCONNECT(extra: String) async throws {
        #expect(try await answer("/usr/bin/tinyproxy", Self.tinyproxy(extra)) == .none)
    }

    @Test func leavesWebServers() async throws {
        let found = try await answer("/usr/bin/python3") { port, folder in
            ["-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, String(port)]
        }
        #expect(found == .none)
    }

    @Test func leavesWhatIsClosed() async {
        // Port 1 of loopback: nobody listens there.
        #expect(await FactGatherer.onThread { ProxyProbe(Self.loopback, port: 1).run() } == .none)
    }
}
