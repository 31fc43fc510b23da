import Forensics
import Foundation

/// The machine's journal, written by journalctl into a file of its own, which goes when it was read.
struct LogsJournal {
    let path: String

    /// - Parameter since: as `--since`, handed to journalctl when it understands it.
    init(since: String?) throws {
        path = NSTemporaryDirectory() + "sluice-journal-\(UUID().uuidString).log"
        guard
            let program = ["/usr/bin/journalctl", "/bin/journalctl"].first(where: {
                FileManager.default.isExecutableFile(atPath: $0)
            })
        else { throw LogInputError(code: .missing, path: "journalctl", message: "is not installed here") }
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let output = FileHandle(forWritingAtPath: path)
        else { throw LogInputError(code: .unreadable, path: path, message: "cannot be written") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments =
            ["--no-pager", "-q", "-o", "short-iso"]
            + (since.map { $0.contains("-") ? ["--since", $0.replacingOccurrences(of: "T", with: " ")] : [] } ?? [])
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw LogInputError(code: .unreadable, path: program, message: "\(error)")
        }
        while process.isRunning { usleep(20_000) }
        guard process.terminationStatus == 0 else {
            throw LogInputError(
                code: .unreadable, path: "journalctl", message: "ended with \(process.terminationStatus)")
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
