import Audit
import Foundation
import NIOConcurrencyHelpers

/// A mail server unpacked beside the installed Postfix by `scripts/unpack-mtas`.
enum UnpackedServer {
    /// The program's path, fetched once.
    static func path(_ name: String) async throws -> String {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("scripts/unpack-mtas").path
        let output = try await HostCommand([script, name], timeout: .seconds(300)).onThread()
        for line in String(decoding: output.output, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix(name + "=") {
            return String(line.dropFirst(name.count + 1))
        }
        throw HarnessError("scripts/unpack-mtas \(name): \(output.complaint)")
    }

    /// A directory of its own that system users may look into.
    static func directory() throws -> String {
        var template = Array((NSTemporaryDirectory() + "audit-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else { throw HarnessError("mkdtemp: errno \(errno)") }
        let path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        _ = made
        chmod(path, 0o755)
        return path
    }

    /// A certificate for mail.own.test, as cert.pem and key.pem; the same for all, as keys take time to be made.
    static func makeCertificate(in directory: String) async throws {
        let kept = certificate.withLockedValue { $0 }
        if let kept {
            try kept.certificate.write(to: URL(fileURLWithPath: directory + "/cert.pem"))
            try kept.key.write(to: URL(fileURLWithPath: directory + "/key.pem"))
        } else {
            _ = try await HostCommand([
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mail.own.test",
                "-keyout", "\(directory)/key.pem", "-out", "\(directory)/cert.pem",
            ]).onThread()
            let made = (
                try Data(contentsOf: URL(fileURLWithPath: directory + "/cert.pem")),
                try Data(contentsOf: URL(fileURLWithPath: directory + "/key.pem"))
            )
            certificate.withLockedValue { $0 = made }
        }
        chmod("\(directory)/key.pem", 0o644)
    }

    private static let certificate = NIOLockedValueBox<(certificate: Data, key: Data)?>(nil)
}

/// A server's process, ended with its group.
final class ServerProcess: Sendable {
    private let identifier: pid_t

    /// Starts it with its standard streams closed, as the leader of a process group.
    init(_ words: [String], log: String, environment: [String] = []) throws {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        posix_spawnattr_setpgroup(&attributes, 0)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            (["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"] + environment).map { strdup($0) } + [nil]
        defer {
            (arguments + variables).forEach { free($0) }
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        var process: pid_t = 0
        let failure = posix_spawn(&process, words[0], &actions, &attributes, &arguments, &variables)
        guard failure == 0 else { throw HarnessError("\(words[0]) cannot be run: \(failure)") }
        identifier = process
    }

    /// Waits until it listens.
    func wait(for port: Int, log: String) async throws {
        for _ in 0..<2400 {
            if TestPostfix.canConnect(port) { return }
            var status: Int32 = 0
            if waitpid(identifier, &status, WNOHANG) == identifier { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw HarnessError("the server does not listen: \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
    }

    /// Ends one that has no children, at once.
    func kill() {
        _ = Glibc.kill(-identifier, SIGKILL)
        var status: Int32 = 0
        _ = waitpid(identifier, &status, 0)
    }

    /// Ends it, and waits for its children: they may still write.
    func stop() async {
        _ = Glibc.kill(-identifier, SIGTERM)
        var status: Int32 = 0
        for round in 0..<400 {
            _ = waitpid(identifier, &status, WNOHANG)
            // Nobody of the group is left.
            if Glibc.kill(-identifier, 0) != 0 { return }
            if round == 150 { _ = Glibc.kill(-identifier, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}
