import Logging
import MailTypes
import Testing

@testable import Gateway

struct LogLineTests {
    private let time = Timestamp(seconds: 1_795_516_200)

    /// Whatever comes from outside, a line is one line and no terminal obeys it.
    @Test(arguments: [
        "plain", "two words", "quote\"inside", "back\\slash", "line\nbreak", "cr\r\nlf", "\u{1b}[31mred", "nul\0",
        "c1\u{9b}31m", "bidi\u{202e}txt", "ümläut", "key=value", "",
    ])
    func hostileTextStaysInItsField(value: String) throws {
        for line in [
            LogLine.text(time, .info, "message taken", ["from": "\(value)", "id": "x"]),
            LogLine.json(time, .info, "message taken", ["from": "\(value)", "list": ["\(value)", "b"]]),
        ] {
            let line = String(decoding: line, as: UTF8.self)
            #expect(line.hasSuffix("\n"))
            #expect(!line.dropLast().unicodeScalars.contains { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) })
        }
    }

    @Test func textIsReadable() {
        let line = LogLine.text(time, .notice, "message held", ["from": "a@b.example", "why": ["one thing", "two"]])
        #expect(
            String(decoding: line, as: UTF8.self)
                == "2026-11-24T10:30:00.000Z notice message held from=a@b.example why=\"one thing; two\"\n")
    }

    @Test func jsonIsOneObject() {
        let line = LogLine.json(time, .notice, "held", ["n": "1", "why": ["a\"b", "c"]])
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"time":"2026-11-24T10:30:00.000Z","level":"notice","message":"held","n":"1","why":["a\"b","c"]}"#
                + "\n")
    }
}
