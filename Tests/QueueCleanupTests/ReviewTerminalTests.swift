import Foundation
import MTAControl
import Testing

@testable import QueueCleanup

/// `sluice queue review` as a person uses it, on a real pseudo-terminal, with a queue as Sendmail keeps it.
@Suite struct ReviewTerminalTests {
    /// Beside the tests.
    static let sluice: String? = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<4 {
            let path = folder.appendingPathComponent("sluice").path
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue { return path }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    static let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m"

    /// Two groups: 30 of spam and 5 orders.
    static func makeQueue(_ folder: String) throws -> [String] {
        let queue = folder + "/queue"
        try FileManager.default.createDirectory(atPath: queue, withIntermediateDirectories: true)
        try "O QueueDirectory=\(queue)\n".write(toFile: folder + "/sendmail.cf", atomically: false, encoding: .utf8)
        var maker = Letters(seed: 2)
        for number in 0..<35 {
            let letter = maker.letter(number < 30 ? .pharmacy : .order)
            let parts = letter.text.split(separator: "\n\n", maxSplits: 1).map(String.init)
            let head = (parts[0] + "\nX-Evil: \(evil)").split(separator: "\n").map { line in
                "H??" + (line.hasPrefix("Subject:") ? line + evil : line)
            }
            let id = "6APK7D00000\(1000 + number)"
            try
                "V8\nT\(1_795_637_233 + number)\n$_localhost [192.0.2.7]\nS<\(letter.sender)>\nRPFD:<\(letter.recipient)>\n\(head.joined(separator: "\n"))\n.\n"
                .write(toFile: queue + "/qf" + id, atomically: false, encoding: .utf8)
            try (parts[1] + evil + "\n").write(toFile: queue + "/df" + id, atomically: false, encoding: .utf8)
        }
        return [
            "--mta", "sendmail", "--program", "/bin/true", "--mail-config", folder + "/sendmail.cf", "--work",
            folder + "/work",
        ]
    }

    static func terminal(_ folder: String, rows: UInt16 = 24, columns: UInt16 = 80) throws -> PseudoTerminal {
        let options = try makeQueue(folder)
        return try PseudoTerminal([try #require(sluice), "queue", "review"] + options, rows: rows, columns: columns)
    }

    static func marks(_ folder: String) throws -> [String: MessageGroup.Verdict] {
        try WorkFolder(folder + "/work").record(of: "Sendmail, \(folder)/sendmail.cf")?.marks ?? [:]
    }

    static func ask(_ count: Int) -> (String, Int) { ("[q]uit: ", count) }

    @Test(.enabled(if: sluice != nil)) func lookMarkAndQuit() async throws {
        try await blocking {
            let folder = try TestFolder()
            let terminal = try Self.terminal(folder.path)
            #expect(terminal.wait(for: "[q]uit: "))
            terminal.type("x\n")
            #expect(terminal.wait(for: "[q]uit: ", times: 2))
            terminal.type("l\n")
            #expect(terminal.wait(for: "discount pharmacy"))
            #expect(terminal.wait(for: "[q]uit: ", times: 3))
            terminal.type("s\n")
            #expect(terminal.wait(for: "is marked as spam"))
            #expect(terminal.wait(for: "[q]uit: ", times: 4))
            terminal.type("b\n")
            #expect(terminal.wait(for: "[q]uit: ", times: 5))
            terminal.type("o\n")
            #expect(terminal.wait(for: "[q]uit: ", times: 6))
            terminal.type("q\n")
            #expect(terminal.end() == 0)
            #expect(terminal.shown.contains("marked as spam: g1"))
            #expect(try Self.marks(folder.path) == ["g1": .spam])
            // What came from the queue: no control byte but those of our own lines.
            #expect(!terminal.shown.contains("owned\u{7}"))
            #expect(!terminal.shown.contains("\u{1b}[2J") && !terminal.shown.contains("\u{1b}]0"))
            #expect(!terminal.output.contains(0x9b) && !terminal.shown.unicodeScalars.contains("\u{9b}"))
        }
    }

    /// The end of the input ends it; marks that were made stay when it is interrupted.
    @Test(.enabled(if: sluice != nil), arguments: ["\u{4}", "\u{3}"])
    func endOfInputAndInterrupt(_ key: String) async throws {
        try await blocking {
            let folder = try TestFolder()
            let terminal = try Self.terminal(folder.path)
            #expect(terminal.wait(for: "[q]uit: "))
            terminal.type("g\n")
            #expect(terminal.wait(for: "[q]uit: ", times: 2))
            terminal.type(key)
            let status = terminal.end()
            #expect(key == "\u{4}" ? status == 0 : status == 128 + SIGINT)
            #expect(try Self.marks(folder.path) == ["g1": .good])
        }
    }

    /// A small window gets short lines and few of them.
    @Test(.enabled(if: sluice != nil)) func theTextFitsTheWindow() async throws {
        try await blocking {
            let folder = try TestFolder()
            let terminal = try Self.terminal(folder.path, rows: 20, columns: 40)
            #expect(terminal.wait(for: "[q]uit: "))
            terminal.type("l\n")
            #expect(terminal.wait(for: "[q]uit: ", times: 2))
            terminal.type("q\n")
            #expect(terminal.end() == 0)
            let lines = terminal.output.filter { $0 != 0x0d }.split(separator: 0x0a).map {
                String(decoding: $0, as: UTF8.self)
            }
            let text = lines.filter { $0.hasPrefix("  ") && !$0.contains("×") }
            #expect(!text.isEmpty && text.count <= 8)
            #expect(text.allSatisfy { $0.count <= 41 }, "\(text)")
        }
    }

    @Test(.enabled(if: sluice != nil)) func withoutATerminalItSaysSo() async throws {
        try await blocking {
            let folder = try TestFolder()
            let options = try Self.makeQueue(folder.path)
            let result = try Program(try #require(Self.sluice)).run(["queue", "review"] + options, seconds: 120)
            #expect(result.status == 2)
            #expect(String(decoding: result.errors, as: UTF8.self).contains("needs a terminal"))
        }
    }
}
