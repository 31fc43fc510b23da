import MailTypes
import MessageFormat
import Testing

/// Whole messages through the reader: what people send, and what attackers do.
struct MessageStoryTests {
    private static let letter = """
        Received: from desk (desk [192.0.2.9]) (Authenticated sender: alice) by mail.customer.example; Tue, 24 Nov 2026 10:00:00 +0000
        From: =?utf-8?q?J=C3=B6rg?= <joerg@customer.example>
        To: Ann <ann@elsewhere.example>, bob@elsewhere.example
        Subject: =?iso-8859-1?B?R3L832U=?=
        MIME-Version: 1.0
        Content-Type: multipart/alternative; boundary="b1"

        --b1
        Content-Type: text/plain; charset=iso-8859-1
        Content-Transfer-Encoding: quoted-printable

        Sch=F6ne Gr=FC=
        =DFe, see http://plain.example/x
        --b1
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: base64

        PHA+SGVsbG8gPGEgaHJlZj0iaHR0cHM6Ly9saW5rLmV4YW1wbGUvcGF0aCI+aGVyZTwvYT48L3A+
        --b1--
        """.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func readsALetter() throws {
        let message = MessageReader.read(Array(Self.letter.utf8))
        #expect(text(message.header.subject) == "Grüße")
        let from = try #require(message.header.from.first)
        #expect(text(from.displayName).contains("Jörg"))
        #expect(from.address?.description == "joerg@customer.example")
        #expect(message.header.to.count == 2)
        #expect(text(message.text).contains("Schöne Grüße, see"))
        #expect(text(message.htmlText).contains("Hello"))
        #expect(Set(message.urls.map { text($0.host) }) == ["plain.example", "link.example"])
        #expect(TrustedIdentityField("Received")?.account(in: message.header) == AccountName("alice"))
    }

    @Test func everySplitReadsTheSame() {
        let bytes = Array(Self.letter.utf8)
        let whole = MessageReader.read(bytes)
        for cut in stride(from: 0, through: bytes.count, by: 1) {
            var reader = MessageReader()
            reader.feed(Array(bytes[..<cut]))
            reader.feed(Array(bytes[cut...]))
            let split = reader.finish()
            #expect(split.text == whole.text)
            #expect(split.htmlText == whole.htmlText)
            #expect(split.header.fields == whole.header.fields)
            #expect(split.urls == whole.urls)
            #expect(split.size == whole.size)
        }
    }

    @Test func aForgedSecondAuthenticationDoesNotCount() {
        let forged = "Received: from x (Authenticated sender: bob) (Authenticated sender: alice) by y\r\n\r\nhi\r\n"
        #expect(TrustedIdentityField("Received")?.account(in: MessageReader.read(Array(forged.utf8)).header) == nil)
        let below = "Received: from x by y\r\nReceived: from z (Authenticated sender: alice) by y\r\n\r\nhi\r\n"
        #expect(TrustedIdentityField("Received")?.account(in: MessageReader.read(Array(below.utf8)).header) == nil)
    }

    @Test func hostileStructuresAreBounded() {
        let deep = (0..<10_000).map { "Content-Type: multipart/mixed; boundary=b\($0)\r\n\r\n--b\($0)\r\n" }.joined()
        let message = MessageReader.read(Array(deep.utf8))
        #expect(message.defects.contains(.tooDeep))
        #expect(message.parts.count <= ReadingBounds.parts)

        let fields = String(repeating: "X-Field: value\r\n", count: 50_000) + "\r\nbody\r\n"
        let endless = MessageReader.read(Array(fields.utf8))
        #expect(endless.header.fields.count <= ReadingBounds.fields)
        #expect(endless.header.fieldCount == 50_000)

        let line = MessageReader.read(Array(("Subject: " + String(repeating: "x", count: 3_000_000)).utf8))
        #expect(line.header.fields.reduce(0) { $0 + $1.value.count } <= ReadingBounds.headerBytes)

        let parts =
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + String(repeating: "--b\r\n\r\nx\r\n", count: 20_000)
        #expect(MessageReader.read(Array(parts.utf8)).parts.count <= ReadingBounds.parts)
    }

    @Test func noiseNeverCrashes() {
        var state: UInt64 = 77
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let seed = Array(Self.letter.utf8)
        for _ in 0..<1500 {
            var bytes = seed
            for _ in 0..<(1 + next(20)) {
                switch next(3) {
                case 0: bytes[next(bytes.count)] = UInt8(next(256))
                case 1: bytes.remove(at: next(bytes.count))
                default: bytes.insert(UInt8(next(256)), at: next(bytes.count))
                }
            }
            #expect(MessageReader.read(bytes).size == ByteCount(bytes.count))
        }
    }
}
