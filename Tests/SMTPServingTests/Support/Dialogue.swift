import Foundation
import Testing

@testable import SMTPServing

/// A scripted dialogue, read from `Dialogues/NAME.txt`.
///
/// `# ` comment · `@from ADDRESS` who connects · `C: line` sent with CRLF · `R: bytes` sent as they are, with `\r`, `\n`,
/// `\0`, `\\` · `S: 250 2.1.0` the beginning of each line of the reply, `S:` lines of one reply following each other · `T: text` a message that must have
/// been taken, with the same escapes; without any, none may.
struct Dialogue: CustomTestStringConvertible, Sendable {
    struct Step: Sendable {
        var sent: String
        var expected: [String]
    }

    var name: String
    var address = "192.0.2.7"
    var steps: [Step] = []
    var taken: [String] = []

    var testDescription: String { name }

    static let all: [Dialogue] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Dialogues")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }.compactMap { file in
            (try? String(contentsOf: file, encoding: .utf8)).map {
                Dialogue(file.deletingPathExtension().lastPathComponent, $0)
            }
        }
    }()

    init(_ name: String, _ text: String) {
        self.name = name
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
            let argument = String(line.dropFirst(3))
            switch line.prefix(2) {
            case "C:": steps.append(Step(sent: argument + "\r\n", expected: []))
            case "R:": steps.append(Step(sent: Self.unescaped(argument), expected: []))
            case "S:" where steps.isEmpty: steps.append(Step(sent: "", expected: [argument]))
            case "S:": steps[steps.count - 1].expected.append(argument)
            case "T:": taken.append(Self.unescaped(argument))
            case "@f": address = String(line.dropFirst(6))
            default: break
            }
        }
    }

    private static func unescaped(_ text: String) -> String {
        text.replacingOccurrences(of: "\\r", with: "\r").replacingOccurrences(of: "\\n", with: "\n")
            .replacingOccurrences(of: "\\0", with: "\0").replacingOccurrences(of: "\\\\", with: "\\")
    }

    func session() throws -> EmbeddedSession { try EmbeddedSession(from: address) }

    /// Sends a step's bytes, and compares what comes back, line by line.
    func check(_ step: Step, _ reader: inout ReplyLines, send: (String) -> String) throws {
        if !step.sent.isEmpty { reader.add(send(step.sent)) }
        for expected in step.expected {
            let line = reader.next()
            #expect(line?.hasPrefix(expected) == true, "\(name): \(step.sent.debugDescription) → \(line ?? "nothing")")
        }
        #expect(reader.isEmpty, "\(name): \(step.sent.debugDescription) → more than expected: \(reader.rest)")
    }

    func checkTaken(_ messages: [Taken]) { #expect(messages.map(\.text) == taken, "\(name)") }
}

/// Reply lines, one by one.
struct ReplyLines {
    private var lines: [Substring] = []

    init(_ text: String) { add(text) }

    mutating func add(_ text: String) { lines += text.split(separator: "\r\n") }
    mutating func next() -> String? { lines.isEmpty ? nil : String(lines.removeFirst()) }
    var isEmpty: Bool { lines.isEmpty }
    var rest: String { lines.joined(separator: "|") }
}
