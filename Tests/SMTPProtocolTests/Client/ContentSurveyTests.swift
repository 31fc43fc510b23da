import SMTPProtocol
import Testing

@Suite("What bytes a message has")
struct ContentSurveyTests {
    @Test(
        "However it is split",
        arguments: [
            ("Subject: x\r\n\r\nplain\r\n", false, false),
            ("Subject: x\r\n\r\n\u{e9}t\u{e9}\r\n", false, true),
            ("Subject: \u{e9}\r\n\r\nplain\r\n", true, true),
            ("\r\n\u{e9}", false, true),
            ("Subject: x\nTo: y\n\n\u{e9}", false, true),
            ("Subject: x\r\nX: 0123456789abcdef0123456789abcdef\u{e9}", true, true),
            ("", false, false),
        ])
    func survey(text: String, header: Bool, eightBit: Bool) {
        let bytes = Array(text.utf8)
        for size in 1...max(1, bytes.count) {
            var survey = ContentSurvey()
            for start in stride(from: 0, to: bytes.count, by: size) {
                Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { survey.scan($0) }
            }
            #expect(survey.hasInternationalHeader == header)
            #expect(survey.isEightBit == eightBit)
        }
    }
}
