import MailTypes
import SMTPProtocol
import Testing

struct HeaderGuardTests {
    private func read(_ text: String, cut: Int, _ change: (inout IntakeLimits) -> Void = { _ in }) -> HeaderGuard {
        var limits = IntakeLimits()
        change(&limits)
        var header = HeaderGuard(limits)
        let bytes = Array(text.utf8)
        for part in [bytes.prefix(cut), bytes.dropFirst(cut)] {
            Array(part).withUnsafeBytes { header.read($0) }
        }
        return header
    }

    @Test func countsFieldsAndHopsInEverySplit() {
        let text =
            "Received: a\r\n by b\r\nRECEIVED: c\r\nX-Received: d\r\nReceived-SPF: pass\r\nTo: e\r\n\r\nReceived: body\r\n"
        for cut in 0...text.utf8.count {
            let header = read(text, cut: cut)
            #expect(header.fields == 5)
            #expect(header.hops == 2)
            #expect(header.isComplete)
            #expect(header.defect == nil)
        }
    }

    @Test func limits() {
        let text = "A: 1\r\nB: 2\r\nReceived: 3\r\n\r\n" + String(repeating: "x", count: 1000)
        #expect(read(text, cut: 9) { $0.headerFields = 3 }.defect == nil)
        #expect(read(text, cut: 9) { $0.headerFields = 2 }.defect == .tooManyFields)
        #expect(read(text, cut: 9) { $0.hops = 0 }.defect == .tooManyHops)
        #expect(read(text, cut: 9) { $0.headerSize = ByteCount(27) }.defect == nil)
        #expect(read(text, cut: 9) { $0.headerSize = ByteCount(20) }.defect == .tooLarge)
        #expect(read(String(repeating: "x", count: 1000), cut: 9) { $0.headerSize = ByteCount(20) }.defect == .tooLarge)
    }
}

struct ContentReaderTests {
    private func read(
        _ text: String, framing: DataDecoder.Framing = .dots, _ change: (inout IntakeLimits) -> Void = { _ in }
    ) -> (reader: ContentReader, content: String, isComplete: Bool) {
        var limits = IntakeLimits()
        change(&limits)
        var reader = ContentReader(limits, framing: framing)
        var content: [UInt8] = []
        let bytes = Array(text.utf8)
        let result = bytes.withUnsafeBytes { all in reader.read(all) { content += all[$0] } }
        return (reader, String(decoding: content, as: UTF8.self), result.isComplete)
    }

    @Test func aMessage() {
        let (reader, content, isComplete) = read("A: b\r\n\r\n..x\r\n.\r\n")
        #expect(content == "A: b\r\n\r\n.x\r\n")
        #expect(isComplete && reader.refusal == nil)
        #expect(reader.count == 12)
    }

    @Test func refusals() {
        #expect(read("A: b\r\n\r\nx\ny\r\n.\r\n").reader.refusal?.enhanced == EnhancedStatusCode(5, 6, 0))
        let tooLong = read("A: b\r\n\r\n" + String(repeating: "x", count: 99) + "\r\n.\r\n") { $0.lineLength = 100 }
        #expect(tooLong.reader.refusal?.text == "line too long in the message")
        #expect(
            read("A: b\r\n\r\n" + String(repeating: "x", count: 98) + "\r\n.\r\n") { $0.lineLength = 100 }.reader
                .refusal == nil)
        #expect(
            read("A: b\r\n\r\nxxxx\r\n") { $0.messageSize = ByteCount(10) }.reader.refusal == SessionReplies.tooLarge)
        let flood = read("A: b\r\n\r\nxxxxxxxxxxxx\r\n") { ($0.messageSize, $0.drain) = (ByteCount(4), ByteCount(10)) }
        #expect(!flood.reader.isBeyondDrain)
        #expect(read("A: b\r\n\r\nx", framing: .counted).reader.needsLineEnd)
    }

    /// The first reason is the one that is told.
    @Test func theFirstRefusalStays() {
        var reader = ContentReader(IntakeLimits(), framing: .dots)
        reader.refuse(SessionReplies.outOfMemory)
        reader.refuse(SessionReplies.tooLarge)
        #expect(reader.refusal == SessionReplies.outOfMemory)
        var given = 0
        let bytes = Array("A: b\r\n\r\nx\r\n.\r\n".utf8)
        let result = bytes.withUnsafeBytes { reader.read($0) { given += $0.count } }
        #expect(result.isComplete && given == 0)
    }

    @Test func aLoneReturnAtTheEndOfTheLastChunk() {
        var reader = read("A: b\r\n\r\nx\r", framing: .counted).reader
        #expect(reader.refusal == nil)
        reader.endCounted()
        #expect(reader.refusal != nil)
    }
}
