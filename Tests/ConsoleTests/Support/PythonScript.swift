import Foundation
import Testing

/// A script beside the tests, run by Debian's Python.
enum PythonScript {
    /// Exit status and all that it printed.
    ///
    /// - Parameter output: the file that takes what is printed.
    static func run(_ name: String, _ arguments: [String], output: String) async throws -> (Int32, String) {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(name).path
        return try await run(command: ["python3", script] + arguments, output: output)
    }

    /// A program of `/usr/bin`.
    static func run(command: [String], output: String) async throws -> (Int32, String) {
        try Data().write(to: URL(fileURLWithPath: output))
        let handle = try #require(FileHandle(forWritingAtPath: output))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/" + (command.first ?? ""))
        process.arguments = Array(command.dropFirst())
        process.standardOutput = handle
        process.standardError = handle
        let status = try await withCheckedThrowingContinuation { (done: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        return (status, String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self))
    }
}
