import MailTypes
import Testing

@testable import MessageFormat

/// Hostile shapes: time stays linear and what is kept within `ReadingBounds`.
@Suite struct BoundsTests {
    @Test func nestedTenThousandDeep() {
        var bytes: [UInt8] = []
        for level in 0..<10_000 { bytes += mail("Content-Type: multipart/mixed; boundary=b\(level)\n\n--b\(level)\n") }
        bytes += mail("\ntext")
        let message = MessageReader.read(bytes)
        #expect(message.defects.contains(.tooDeep))
        #expect(message.parts.count == ReadingBounds.depth + 1)
    }

    @Test func messagesInMessages() {
        var bytes: [UInt8] = []
        for _ in 0..<10_000 { bytes += mail("Content-Type: message/rfc822\n\n") }
        let message = MessageReader.read(bytes)
        #expect(message.defects.contains(.tooDeep) && message.parts.count == ReadingBounds.depth + 1)
    }

    @Test func aHundredThousandParts() {
        var bytes = mail("Content-Type: multipart/mixed; boundary=b\n\n")
        for _ in 0..<100_000 { bytes += mail("--b\n\nx\n") }
        let message = MessageReader.read(bytes)
        #expect(message.defects.contains(.tooManyParts))
        #expect(message.parts.count == ReadingBounds.parts && message.partCount == 100_001)
    }

    @Test func endlessHeader() {
        var bytes: [UInt8] = []
        for number in 0..<20_000 { bytes += mail("X-Field-\(number): value\n") }
        let message = MessageReader.read(bytes + mail("\nbody"))
        #expect(message.header.fields.count == ReadingBounds.fields && message.header.fieldCount == 20_000)
        #expect(message.defects.contains(.headerTooLarge) && string(message.text) == "body")
    }

    @Test func endlessFieldAndLine() {
        let long = [UInt8](repeating: 0x61, count: 2_000_000)
        let message = MessageReader.read(Array("Subject: ".utf8) + long + mail("\n\n") + long)
        #expect(message.header.fields.reduce(0) { $0 + $1.value.count } <= ReadingBounds.headerBytes)
        #expect(message.text.count == ReadingBounds.textBytes)
        #expect(message.defects.contains([.headerTooLarge, .longLine, .truncated]))
    }

    @Test(arguments: [
        "<", "<a href=\"", "<!--", "<script>", "&", "<p style=\"", "</", "<a href=http://x.example/", "www.", "(",
        "://",
    ])
    func repeatedMarkup(_ piece: String) {
        let html = String(repeating: piece, count: 200_000 / piece.utf8.count)
        let message = MessageReader.read(mail("Content-Type: text/html\n\n" + html))
        #expect(message.htmlText.count <= ReadingBounds.textBytes && message.urls.count <= ReadingBounds.urls)
    }

    @Test(arguments: ["=?a?q?", "=?utf-8?B?", "=?utf-8?Q?=41?= ", "(", "\"", "<", ",", "a@b,", ":"])
    func repeatedInHeader(_ piece: String) {
        let value = String(repeating: piece, count: 60_000 / piece.utf8.count)
        let message = MessageReader.read(mail("From: " + value + "\n\n"))
        #expect(message.header.from.count <= ReadingBounds.mailboxes)
    }

    @Test func manyURLs() {
        let text = (0..<2000).map { "http://h\($0).example/" }.joined(separator: " ")
        let message = MessageReader.read(mail("\n" + text))
        #expect(message.urls.count == ReadingBounds.urls)
        #expect(message.defects.contains(.truncated))
    }
}
