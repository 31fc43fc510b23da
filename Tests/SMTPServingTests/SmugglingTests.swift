import MailTypes
import SMTPProtocol
import Testing

@testable import SMTPServing

/// What other servers may take for the end of data or of a line: nothing of it ends the message here, nothing is delivered
/// of it, and what is delivered is byte for byte what was sent.
struct SmugglingTests {
    static let ends = [
        "\n.\n", "\r\n.\n", "\n.\r\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\r\r\n.\r\r\n", "\r\n.\r\r\n", "\r\n\0.\r\n",
        "\r\n.\0\r\n", "\n\n.\n\n", "\r\n.\n\r\n", "\n\r.\n\r", "\u{85}.\u{85}x\n", "\u{0b}.\u{0b}\n", "\r\r.\r\r\n",
        "\r\n\r.\r\n", "\0\r\n.\n",
    ]

    private let second = "MAIL FROM:<evil@example.org>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nspam\r\n.\r\n"

    @Test(arguments: ends)
    func nothingElseEndsTheMessage(end: String) throws {
        let whole = "Subject: x\r\n\r\nhello" + end + second
        for cut in 0...whole.utf8.count {
            let session = try EmbeddedSession()
            _ = session.ask("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
            session.send(whole.utf8.prefix(cut))
            session.send(whole.utf8.dropFirst(cut))
            let replies = session.received()
            #expect(replies.hasPrefix("554 5.6.0"), "\(end.debugDescription) cut at \(cut): \(replies)")
            #expect(replies.split(separator: "\r\n").count == 1)
            #expect(session.policy.accepted.isEmpty)
            #expect(session.policy.taken.count == 1)
            // In step again.
            #expect(session.ask("NOOP\r\n") == "250 2.0.0 ok\r\n")
        }
    }

    /// The same in counted content: it has no end mark, and its lines are as strict.
    @Test(arguments: ends)
    func chunksAreAsStrict(end: String) throws {
        let content = "Subject: x\r\n\r\nhello" + end + "\r\n"
        for cut in 0...content.utf8.count {
            let session = try EmbeddedSession()
            _ = session.ask("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\n")
            session.send("BDAT \(cut)\r\n".utf8 + Array(content.utf8.prefix(cut)))
            let first = session.received()
            session.send("BDAT \(content.utf8.count - cut) LAST\r\n".utf8 + Array(content.utf8.dropFirst(cut)))
            let replies = first + session.received()
            #expect(replies.contains("554 5.6.0"), "\(end.debugDescription) cut at \(cut): \(replies)")
            #expect(session.policy.accepted.isEmpty)
            #expect(session.ask("NOOP\r\n") == "250 2.0.0 ok\r\n")
        }
    }

    @Test func whatIsTakenIsWhatWasSent() throws {
        var generator = SeededNoise(3)
        for _ in 0..<300 {
            // Lines of any bytes but CR, LF and NUL, many of them beginning with dots.
            var content: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<20, using: &generator) {
                content += Array(repeating: UInt8(ascii: "."), count: Int.random(in: 0...3, using: &generator))
                content += (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
                    let byte = UInt8.random(in: 1...255, using: &generator)
                    return byte == 13 || byte == 10 ? 32 : byte
                }
                content += [13, 10]
            }
            var stuffed: [UInt8] = []
            var atStart = true
            for byte in content {
                if atStart, byte == UInt8(ascii: ".") { stuffed.append(byte) }
                stuffed.append(byte)
                atStart = byte == 10
            }
            let session = try EmbeddedSession()
            _ = session.ask("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
            var rest = stuffed[...] + Array(".\r\nNOOP\r\n".utf8)
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1...400, using: &generator))
                session.send(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(session.received() == "250 2.0.0 taken\r\n250 2.0.0 ok\r\n")
            #expect(session.policy.accepted.map(\.content) == [content])
        }
    }

    /// Command lines, too, end with CRLF only, and hold no control bytes.
    @Test(arguments: [
        "NOOP\n", "NOOP\r\r\n", "NO\0OP\r\n", "MAIL FROM:<a@example.org>\nRCPT TO:<b@example.com>\n",
        "RCPT TO:<b@example.com>\rDATA\r\n", "EHLO c\r\u{0}\n",
    ])
    func commandLinesAreStrict(line: String) throws {
        let session = try EmbeddedSession()
        let replies = session.ask(line)
        #expect(!replies.isEmpty)
        #expect(replies.split(separator: "\r\n").allSatisfy { $0.hasPrefix("50") })
    }
}

/// A seeded generator, so that a failure can be repeated.
struct SeededNoise: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
