import MailTypes
import Testing

@testable import MessageFormat

/// The result must not depend on how a message was cut, nor anything crash or grow, whatever comes.
@Suite struct ChunkingTests {
    @Test(arguments: [Fixtures.plain, Fixtures.nested])
    func everySplitGivesTheSame(_ message: [UInt8]) {
        let whole = summary(MessageReader.read(message))
        for cut in 0...message.count {
            var reader = MessageReader()
            reader.feed(Array(message[..<cut]))
            reader.feed(Array(message[cut...]))
            #expect(summary(reader.finish()) == whole, "cut at \(cut)")
        }
        var reader = MessageReader()
        for byte in message { reader.feed([byte]) }
        #expect(summary(reader.finish()) == whole)
    }

    @Test func mutationsNeverCrashAndChunksNeverMatter() {
        var random = Seeded(state: 42)
        let snippets: [[UInt8]] = [
            "\r\n", "\n", "--outer", "--inner--", "=?utf-8?B?", "?=", "=", "&#x", "<!--", "<a href=", "\"", "(",
            "Content-Type: ",
            "multipart/mixed; boundary=outer", "base64", "\0", "\u{e9}", "charset=iso-2022-jp", "charset=utf-16", "<",
            ">",
        ].map { Array($0.utf8) }
        for round in 0..<600 {
            var message = round % 2 == 0 ? Fixtures.plain : Fixtures.nested
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let at = Int.random(in: 0..<message.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: message[at] = UInt8.random(in: 0...255, using: &random)
                case 1: message.insert(contentsOf: snippets.randomElement(using: &random) ?? [], at: at)
                case 2: message.removeSubrange(at..<min(message.count, at + Int.random(in: 1...20, using: &random)))
                case 3:
                    let piece = message[at..<min(message.count, at + 60)]
                    message.insert(contentsOf: piece, at: Int.random(in: 0...message.count, using: &random))
                default: message.insert(contentsOf: [UInt8](repeating: message[at], count: 5000), at: at)
                }
                if message.isEmpty { message = [0] }
            }
            let whole = summary(MessageReader.read(message))
            var reader = MessageReader()
            var start = 0
            while start < message.count {
                let end = min(message.count, start + Int.random(in: 1...3000, using: &random))
                reader.feed(Array(message[start..<end]))
                start = end
            }
            #expect(summary(reader.finish()) == whole, "round \(round)")
        }
    }

    private func summary(_ message: ParsedMessage) -> String {
        let fields = message.header.fields.map { string($0.name) + ":" + string($0.value) + ":" + string($0.decoded) }
        let urls = message.urls.map { "\(string($0.url)) \(string($0.host)) \($0.origin) \($0.showsAnotherHost)" }
        let parts = message.parts.map { "\($0.depth) \(string($0.contentType)) \($0.size) \(string($0.fileName))" }
        return [
            fields.description, string(message.text), string(message.html), string(message.htmlText), urls.description,
            parts.description, message.defects.names.description, "\(message.headerSize.bytes) \(message.size.bytes)",
            string(message.rawHead), "\(message.hiddenTextSize) \(message.partCount)",
        ].joined(separator: "\n--\n")
    }
}
