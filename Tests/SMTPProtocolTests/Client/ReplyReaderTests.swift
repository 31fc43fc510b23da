import MailTypes
import SMTPProtocol
import Testing

@Suite("Reading replies")
struct ReplyReaderTests {
    private func replies(_ text: String, step: Int = .max) throws -> [Reply] {
        var reader = ReplyReader()
        var result: [Reply] = []
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            var piece = bytes[start..<min(bytes.count, start + min(step, bytes.count))]
            start = piece.endIndex
            while !piece.isEmpty {
                let (reply, consumed) = try piece.withUnsafeBytes { try reader.read($0) }
                piece = piece.dropFirst(consumed)
                if let reply { result.append(reply) }
            }
        }
        return result
    }

    @Test("The same replies, however the bytes are split", arguments: [1, 2, 3, 7, 1000])
    func splits(step: Int) throws {
        let text =
            "250-mx.example.org\r\n250-SIZE 1000\r\n250 PIPELINING\r\n250 2.1.0 Ok\r\n354 go\r\n550-5.1.1 no\r\n550 5.1.1 such\r\n250\r\n"
        let read = try replies(text, step: step)
        #expect(read.count == 5)
        #expect(read[0].lines == ["mx.example.org", "SIZE 1000", "PIPELINING"])
        #expect(read[1] == Reply(.ok, EnhancedStatusCode(2, 1, 0), "Ok"))
        #expect(read[2] == Reply(.startMailInput, nil, "go"))
        #expect(read[3] == Reply(.mailboxUnavailable, EnhancedStatusCode(5, 1, 1), lines: ["no", "such"]))
        #expect(read[4] == Reply(.ok, nil, ""))
    }

    @Test("An enhanced code of another class is text") func foreignClass() throws {
        #expect(try replies("550 2.1.1 odd\r\n") == [Reply(.mailboxUnavailable, nil, "2.1.1 odd")])
        #expect(try replies("550 5.1 odd\r\n") == [Reply(.mailboxUnavailable, nil, "5.1 odd")])
        #expect(try replies("550 5.1.1000 odd\r\n") == [Reply(.mailboxUnavailable, nil, "5.1.1000 odd")])
    }

    @Test("An unknown code counts by its first digit") func unknownCode() throws {
        #expect(try replies("571 no\r\n") == [Reply(.mailboxUnavailable, nil, "571 no")])
    }

    @Test("Hostile text is made safe") func hostile() throws {
        let read = try replies("250 a\u{1b}[2Jb\rc\r\n")
        #expect(read.first?.text == "a?[2Jb?c")
    }

    @Test("An endless line ends the session", arguments: [1, 1000]) func endlessLine(step: Int) {
        #expect(throws: ReplyReader.Failure.lineTooLong) {
            try replies("250 " + String(repeating: "a", count: 5000), step: step)
        }
    }

    @Test("Endless lines end the session") func endlessLines() {
        #expect(throws: ReplyReader.Failure.tooManyLines) { try replies(String(repeating: "250-a\r\n", count: 200)) }
    }

    @Test(
        "What is no reply is an error",
        arguments: ["hello\r\n", "25 x\r\n", "\r\n", "150 x\r\n", "650 x\r\n", "250xx\r\n"])
    func malformed(text: String) {
        #expect(throws: ReplyReader.Failure.self) { try replies(text) }
    }
}
