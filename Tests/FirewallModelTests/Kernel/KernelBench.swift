import FirewallModel
import Foundation
import MailTypes

/// A directory of rule sets, and the program that tries them on the kernel.
struct KernelBench {
    let directory: URL

    static let isAvailable: Bool =
        getuid() == 0
        && ["ip", "nft", "iptables-nft-restore", "ipset", "python3"].allSatisfy { name in
            (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
                access("\($0)/\(name)", X_OK) == 0
            }
        }

    struct Probe: Sendable {
        var interface: String
        var source: IPAddress
        var destination: IPAddress
        var sourcePort: UInt16
        var port: UInt16

        var line: String { "\(interface) \(source) \(destination) \(sourcePort) \(port)" }
    }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "sluice-firewall-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }

    func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: directory.appendingPathComponent(name))
    }

    func read(_ name: String) -> String? {
        (try? Data(contentsOf: directory.appendingPathComponent(name))).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Runs the prober to its end on a thread of its own. Its exit status and what it complained of.
    func run() async throws -> (status: Int32, errors: String) {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let script = root.appendingPathComponent("scripts/probe-firewall").path
        let errors = directory.appendingPathComponent("errors").path
        let arguments = ["python3", script, directory.path]
        let status = await withCheckedContinuation { (done: CheckedContinuation<Int32, Never>) in
            Thread.detachNewThread {
                var actions = posix_spawn_file_actions_t()
                posix_spawn_file_actions_init(&actions)
                posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT, 0o600)
                var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
                var child: pid_t = 0
                let failed = posix_spawnp(&child, "python3", &actions, nil, &words, environ)
                words.forEach { free($0) }
                posix_spawn_file_actions_destroy(&actions)
                var status: Int32 = -1
                if failed == 0 { while waitpid(child, &status, 0) < 0, errno == EINTR {} }
                done.resume(returning: status)
            }
        }
        return (status, read("errors") ?? "")
    }
}
