import SMTPProtocol
import Testing

struct DataDecoderTests {
    private struct Outcome: Equatable {
        var content: String
        var rest: String
        var isComplete: Bool
        var defect: DataDecoder.Defect?
    }

    private func decode(_ parts: [[UInt8]], lineLimit: Int = 1000) -> Outcome {
        var decoder = DataDecoder(lineLimit: lineLimit)
        var content: [UInt8] = []
        var rest: [UInt8] = []
        var complete = false
        for part in parts {
            guard !complete else {
                rest += part
                continue
            }
            part.withUnsafeBytes { bytes in
                let (consumed, isComplete) = decoder.decode(bytes) { content += bytes[$0] }
                complete = isComplete
                if isComplete { rest += bytes[consumed...] }
            }
        }
        return Outcome(
            content: String(decoding: content, as: UTF8.self), rest: String(decoding: rest, as: UTF8.self),
            isComplete: complete,
            defect: decoder.defect)
    }

    /// The same bytes in every split in two, and one by one.
    private func splits(_ text: String) -> [[[UInt8]]] {
        let bytes = Array(text.utf8)
        return (0...bytes.count).map { [Array(bytes[..<$0]), Array(bytes[$0...])] } + [bytes.map { [$0] }]
    }

    @Test(arguments: [
        ("hello\r\n.\r\n", "hello\r\n", ""), (".\r\n", "", ""), ("..\r\n.\r\n", ".\r\n", ""),
        ("a\r\n..b\r\n.c\r\n.\r\nQUIT\r\n", "a\r\n.b\r\nc\r\n", "QUIT\r\n"), ("\r\n\r\n.\r\n", "\r\n\r\n", ""),
        (
            "a long line of text, longer than one word\tof\u{c} it\r\n.\r\n",
            "a long line of text, longer than one word\tof\u{c} it\r\n", ""
        ),
    ])
    func decodes(input: String, content: String, rest: String) {
        for parts in splits(input) {
            #expect(decode(parts) == Outcome(content: content, rest: rest, isComplete: true, defect: nil))
        }
    }

    /// Everything that another server might take for the end, or for a line's end: none of it ends the message, and all
    /// of it makes the message refused at its real end.
    @Test(arguments: [
        ("a\n.\n", DataDecoder.Defect.bareLineFeed), ("a\r\n.\n", .bareLineFeed), ("a\n.\r\n", .bareLineFeed),
        ("a\r.\r", .bareCarriageReturn), ("a\r\n.\r", .bareCarriageReturn), ("a\r.\r\n", .bareCarriageReturn),
        ("a\r\r\n.\r\r\n", .bareCarriageReturn), ("a\r\n.\r\r\n", .bareCarriageReturn), ("a\u{0}b", .nul),
        ("a\r\n\u{0}.\r\n", .nul), ("a\r\n.\u{0}\r\n", .nul), ("a\n\n.\n\n", .bareLineFeed),
    ])
    func smugglingNeverEndsTheMessage(variant: String, defect: DataDecoder.Defect) {
        let smuggled = variant + "MAIL FROM:<evil@example.org>\r\n.\r\nNOOP\r\n"
        for parts in splits(smuggled) {
            let outcome = decode(parts)
            #expect(outcome.isComplete)
            #expect(outcome.defect == defect)
            #expect(outcome.rest == "NOOP\r\n")
        }
    }

    @Test func longLinesAreToldAndTheEndIsStillFound() {
        let line = String(repeating: "x", count: 2000)
        let outcome = decode([Array((line + "\r\n.\r\nRSET\r\n").utf8)])
        #expect(outcome.defect == .lineTooLong)
        #expect(outcome.isComplete)
        #expect(outcome.rest == "RSET\r\n")
        #expect(decode([Array((line + "\r\n.\r\n").utf8)], lineLimit: 4000).defect == nil)
    }

    @Test func agreesWithASlowDecoderOnNoise() {
        var generator = Noise(state: 9)
        let alphabet: [UInt8] = [0x0d, 0x0a, 0x2e, 0x61, 0x00, 0x09, 0xff]
        for _ in 0..<5000 {
            let body = (0..<Int.random(in: 0..<24, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            let input = body + Array("\r\n.\r\n".utf8)
            let whole = decode([input])
            #expect(whole.isComplete)
            // What comes before a defect may be given out or not, and which of two defects of one line is told, by how the
            // bytes were split; all else must agree.
            var slow = decode(input.map { [$0] })
            if whole.defect != nil {
                slow.content = whole.content
                if slow.defect != nil { slow.defect = whole.defect }
            }
            #expect(slow == whole)
            // The end is the first CRLF.CRLF, or a first line that is just a dot.
            let text = [0x0d, 0x0a] + input
            let end = text.indices.first {
                $0 + 5 <= text.count && Array(text[$0..<($0 + 5)]) == Array("\r\n.\r\n".utf8)
            }
            if whole.defect == nil, let end {
                #expect(Array(whole.rest.utf8).count == String(decoding: text[(end + 5)...], as: UTF8.self).utf8.count)
            }
        }
    }
}
