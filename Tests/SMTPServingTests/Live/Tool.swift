import Foundation

/// Programs that the tests run.
enum Tool {
    struct Result: Sendable {
        var status: Int32
        var output: String
    }

    /// Runs a program to its end; its output goes through a file, so that no pipe can fill up. Nobody waits on a thread.
    static func run(_ path: String, _ arguments: [String], input: String? = nil) async throws -> Result {
        let output = FileManager.default.temporaryDirectory.appending(path: "tool-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let handle = try FileHandle(forWritingTo: output)
        defer { try? handle.close() }
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        let status = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Result(status: status, output: try String(contentsOf: output, encoding: .utf8))
    }
}
