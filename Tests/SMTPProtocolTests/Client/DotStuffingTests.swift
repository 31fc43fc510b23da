import SMTPProtocol
import Testing

@Suite("Doubling dots")
struct DotStuffingTests {
    private func encode(_ text: String, step: Int) -> String {
        var stuffing = DotStuffing()
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let piece = Array(bytes[start..<min(bytes.count, start + step)])
            start += piece.count
            let insertions = piece.withUnsafeBytes { stuffing.insertions(in: $0) }
            for (index, byte) in piece.enumerated() {
                if insertions.contains(index) { result.append(0x2e) }
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self) + "\(stuffing.terminator)"
    }

    @Test(
        "At every split",
        arguments: [
            ("", ".\r\n"), (".\r\n", "..\r\n.\r\n"), ("a\r\n", "a\r\n.\r\n"), ("a", "a\r\n.\r\n"),
            ("a\r", "a\r\n.\r\n"), ("a\n", "a\n\r\n.\r\n"), ("a\r\n.b\r\n..\r\n", "a\r\n..b\r\n...\r\n.\r\n"),
            ("a\n.\r\nb\r\n", "a\n..\r\nb\r\n.\r\n"), ("a.b\r\n", "a.b\r\n.\r\n"),
        ])
    func everySplit(text: String, wire: String) {
        for step in 1...max(1, text.utf8.count) { #expect(encode(text, step: step) == wire) }
    }
}
