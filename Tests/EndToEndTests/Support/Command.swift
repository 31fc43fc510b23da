import Foundation

/// Runs programs by argument vector, never through a shell.
enum Command {
    struct Result {
        var status: Int32
        var output: String
    }

    /// Runs to the end, within `seconds`; output is standard output and error together.
    static func run(_ program: String, _ arguments: [String], input: String? = nil, seconds: Double = 180) async throws
        -> Result
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let log = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        guard FileManager.default.createFile(atPath: log.path, contents: nil) else {
            throw HarnessError("no temporary file")
        }
        defer { try? FileManager.default.removeItem(at: log) }
        let output = try FileHandle(forWritingTo: log)
        process.standardOutput = output
        process.standardError = output
        if let input {
            let pipe = Pipe()
            process.standardInput = pipe
            try process.run()
            try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try pipe.fileHandleForWriting.close()
        } else {
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }
        let deadline = ContinuousClock.now + .seconds(seconds)
        while process.isRunning {
            if ContinuousClock.now > deadline {
                process.terminate()
                throw HarnessError("\(program) did not end within \(seconds) s")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        try output.close()
        return Result(
            status: process.terminationStatus, output: String(decoding: try Data(contentsOf: log), as: UTF8.self))
    }

    /// As `run`; a status other than 0 is an error that shows the output.
    @discardableResult
    static func check(_ program: String, _ arguments: [String], input: String? = nil, seconds: Double = 180)
        async throws
        -> String
    {
        let result = try await run(program, arguments, input: input, seconds: seconds)
        guard result.status == 0 else {
            throw HarnessError(
                "\(program) \(arguments.joined(separator: " ")) ended with \(result.status): \(result.output)")
        }
        return result.output
    }
}
