import MailTypes
import Testing

struct TimeAndTextTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z", "Thu, 1 Jan 1970 00:00:00 +0000"),
        (951_782_400, "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 +0000"),
        (1_795_509_030, "2026-11-24T08:30:30.000Z", "Tue, 24 Nov 2026 08:30:30 +0000"),
        (-1, "1969-12-31T23:59:59.000Z", "Wed, 31 Dec 1969 23:59:59 +0000"),
    ])
    func calendar(seconds: Int64, iso: String, mail: String) {
        #expect(Timestamp(seconds: seconds).iso8601 == iso)
        #expect(Timestamp(seconds: seconds).rfc5322 == mail)
    }

    @Test func arithmeticSaturates() {
        #expect(Timestamp.distantFuture + .seconds(1) == .distantFuture)
        #expect(Timestamp(microseconds: .min) - .seconds(1) == Timestamp(microseconds: .min))
        #expect(Timestamp(seconds: 5) - Timestamp(seconds: 3) == .seconds(2))
        #expect(Duration.milliseconds(1500).wholeMicroseconds == 1_500_000)
    }

    @Test func hostileTextIsShownHarmlessly() {
        #expect(SafeText.printable("a\u{1b}[31mb\r\nc\u{202e}d\u{9b}e") == "a?[31mb??c?d?e")
        #expect(SafeText.printable(String(repeating: "x", count: 10), limit: 4) == "xxxx…")
        #expect(SafeText.ascii("ü\u{7f}") == "??")
        #expect(SafeText.printable(bytes: [0x61, 0xff, 0x62]) == "a?b")
    }

    @Test(arguments: [
        ("5.7.1", true), ("2.0.0", true), ("3.1.1", false), ("5.7", false), ("5.7.1000", false), ("5.x.1", false),
    ])
    func enhancedCodes(text: String, valid: Bool) { #expect((EnhancedStatusCode(text)?.description == text) == valid) }

    @Test func sizes() {
        #expect(ByteCount(512).description == "512 B")
        #expect(ByteCount.kib(4).description == "4.0 KiB")
        #expect(ByteCount(1_572_864).description == "1.5 MiB")
    }
}
