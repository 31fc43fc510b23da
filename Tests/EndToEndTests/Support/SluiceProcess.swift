import Foundation

/// A running `sluice serve`: the command as it was built, in a directory of its own.
final class SluiceProcess {
    let scratch: Scratch
    let port: Int
    let http: Int
    private var process: Process?

    /// The command beside the tests' own bundle.
    static var command: String {
        get throws {
            var directory = URL(fileURLWithPath: CommandLine.arguments.first ?? "").deletingLastPathComponent()
            for _ in 0..<6 {
                let candidate = directory.appendingPathComponent("sluice").path
                if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
                directory.deleteLastPathComponent()
            }
            let fallback = FileManager.default.currentDirectoryPath + "/.build/debug/sluice"
            guard FileManager.default.isExecutableFile(atPath: fallback) else {
                throw HarnessError("the sluice command is not built")
            }
            return fallback
        }
    }

    /// - Parameters:
    ///   - sink: the port on 127.0.0.1 that everything is delivered to; `nil`: no route.
    ///   - configuration: what stands beside hostname, state, one relay listener, HTTP and log.
    init(sink: Int?, _ configuration: String, listeners: String = "") throws {
        scratch = try Scratch("sluice")
        port = try Loopback.freePort()
        http = try Loopback.freePort()
        try write(configuration, sink: sink, listeners: listeners)
    }

    /// A test that failed half-way leaves nothing running.
    deinit {
        if let process, process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var path: String { scratch.path + "/sluice.yaml" }

    /// Writes the configuration again, for a reload.
    ///
    /// - Parameter tokens: a line below `http`.
    func write(_ configuration: String, sink: Int?, listeners: String = "", tokens: String = "") throws {
        let route =
            sink.map { "routes: [{smart-hosts: [{host: 127.0.0.1, port: \($0)}], tls: none}]\n" } ?? ""
        try scratch.write(
            "sluice.yaml",
            """
            hostname: sluice.example
            state-directory: \(scratch.path)/var
            listeners:
              - address: 127.0.0.1:\(port)
            \(listeners)
            \(route)
            http:
              address: 127.0.0.1:\(http)
            \(tokens)
            logging:
              file: \(scratch.path)/log
            \(configuration)

            """, mode: 0o600)
    }

    /// Starts it, and waits until it takes connections.
    ///
    /// - Parameters:
    ///   - launcher: a program that becomes the command; `nil`: the command itself.
    ///   - words: its arguments, before those of the command.
    func start(by launcher: String? = nil, _ words: [String] = []) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try launcher ?? Self.command)
        process.arguments = words + ["serve", "--config", path]
        process.standardInput = FileHandle.nullDevice
        let output = scratch.path + "/output"
        if !FileManager.default.fileExists(atPath: output) {
            _ = FileManager.default.createFile(atPath: output, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        try handle.seekToEnd()
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        self.process = process
        for _ in 0..<2400 {
            if try await isReady() { return }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw HarnessError("sluice is not ready: \(self.output)\n\(log)")
    }

    private func isReady() async throws -> Bool {
        let result = try await Command.run(
            "/usr/bin/curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(http)/readyz"])
        return result.output == "200"
    }

    var identifier: Int32 { process?.processIdentifier ?? 0 }
    var isRunning: Bool { process?.isRunning ?? false }
    var log: String { (try? String(contentsOfFile: scratch.path + "/log", encoding: .utf8)) ?? "" }
    var output: String { (try? String(contentsOfFile: scratch.path + "/output", encoding: .utf8)) ?? "" }

    /// Waits until the log has that text, two minutes at most.
    func awaitLog(_ text: String, count: Int = 1) async throws {
        for _ in 0..<2400 {
            if log.components(separatedBy: text).count > count { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw HarnessError("the log has no «\(text)» (\(count) times):\n\(log.suffix(4000))")
    }

    func signal(_ number: Int32) { if let process { kill(process.processIdentifier, number) } }

    /// Ends it as an operator would; gives its status.
    @discardableResult
    func stop() async throws -> Int32 {
        guard let process else { return 0 }
        if process.isRunning { process.terminate() }
        for _ in 0..<2400 where process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
        guard !process.isRunning else {
            kill(process.processIdentifier, SIGKILL)
            throw HarnessError("sluice did not end within two minutes:\n\(log.suffix(2000))")
        }
        return process.terminationStatus
    }

    /// `kill -9`.
    func killHard() async throws {
        guard let process else { return }
        kill(process.processIdentifier, SIGKILL)
        for _ in 0..<12_000 where process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    }

    func remove() { scratch.remove() }

    /// Runs another command of it on the same configuration.
    func command(_ words: String...) async throws -> Command.Result {
        try await Command.run(try Self.command, words + ["--config", path])
    }

    /// The same with `--json`, read.
    func json(_ words: String...) async throws -> [[String: Any]] {
        let result = try await Command.run(try Self.command, words + ["--config", path, "--json"])
        guard let value = try? JSONSerialization.jsonObject(with: Data(result.output.utf8)) else {
            throw HarnessError("\(words) printed no JSON: \(result.output)")
        }
        return value as? [[String: Any]] ?? [value as? [String: Any] ?? [:]]
    }

    /// A page of its HTTP side.
    func page(_ path: String) async throws -> String {
        try await Command.check("/usr/bin/curl", ["-s", "http://127.0.0.1:\(http)\(path)"])
    }
}
