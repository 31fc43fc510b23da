import MailTypes
import NIOCore
import Testing

@testable import SMTPServing

struct ReplyWritingTests {
    private func written(_ reply: Reply) -> String {
        var buffer = ByteBuffer()
        buffer.writeReply(reply)
        return String(buffer: buffer)
    }

    @Test func oneLineAndMany() {
        #expect(written(Reply(.ok, EnhancedStatusCode(2, 1, 5), "ok")) == "250 2.1.5 ok\r\n")
        #expect(written(Reply(.startMailInput, nil, "go")) == "354 go\r\n")
        let reply = Reply(.mailboxUnavailable, EnhancedStatusCode(5, 700, 12), lines: ["a", "b", ""])
        #expect(written(reply) == "550-5.700.12 a\r\n550-5.700.12 b\r\n550 5.700.12 \r\n")
    }

    /// No text may begin a line of its own, whoever wrote it.
    @Test(arguments: ["a\r\n250 ok", "a\nb", "a\u{0}b", "ä\u{202e}b", "\u{7f}\u{1b}[31m"])
    func hostileTextStaysOnItsLine(text: String) {
        let line = written(Reply(.ok, nil, text))
        #expect(line.hasSuffix("\r\n"))
        #expect(line.utf8.dropLast(2).allSatisfy { (0x20..<0x7f).contains($0) })
    }

    @Test func longTextIsCut() {
        let line = written(Reply(.ok, EnhancedStatusCode(2, 0, 0), String(repeating: "x", count: 5000)))
        #expect(line.utf8.count == 512)
        let many = written(Reply(.ok, nil, lines: Array(repeating: "x", count: 1000)))
        #expect(many.split(separator: "\r\n").count == 100)
        #expect(many.split(separator: "\r\n").last == "250 x")
    }
}
