import MailTypes
import Testing

@testable import MessageFormat

/// What other programs accept a filter must read alike, or spam hides in the difference.
@Suite struct LeniencyTests {
    @Test func aMissingSemicolonHidesNoBoundary() {
        let message = MessageReader.read(
            mail("Content-Type: multipart/mixed boundary=\"b\"\n\n--b\nContent-Type: text/html\n\n<b>x</b>\n--b--\n"))
        #expect(message.parts.map { string($0.contentType) } == ["multipart/mixed", "text/html"])
        #expect(string(message.htmlText) == "x")
    }

    @Test(arguments: [
        ("text / plain ; charset=utf-8", "text/plain", "utf-8"), ("text/plain charset=utf-8", "text/plain", "utf-8"),
        ("text/plain (a comment); charset=utf-8", "text/plain", "utf-8"), ("text/plain", "text/plain", ""),
    ])
    func types(_ value: String, _ type: String, _ charset: String) {
        let read = ParameterisedValue(Array(value.utf8))
        #expect(string(read.value) == type && string(read["charset"] ?? []) == charset)
    }

    @Test(arguments: [
        ("Pete <pete(his account)@silly.test(his host)>", "pete@silly.test"), ("<a@(x)b.test>", "a@b.test"),
        ("<\"a>b\"@c.test>", "\"a>b\"@c.test"), ("\"x\" <a\"@b.test>", "a\"@b.test"),
        ("<@r.test:a@b.test>", "a@b.test"),
    ])
    func addressesInBrackets(_ value: String, _ address: String) {
        let message = MessageReader.read(mail("From: \(value), second@z.test\n\n"))
        #expect(message.header.from.first.map { string($0.addressText) } == address)
        #expect(message.header.from.last.map { string($0.addressText) } == "second@z.test")
    }

    @Test func bytesOfTheWordsCharsetMayStandInIt() {
        let raw =
            mail("Subject: a =?iso-8859-1?Q?Fr") + [0xf6] + mail("sche?= ") + Array("é =?utf-8?Q?=C3=BC?=\n\n".utf8)
        #expect(string(MessageReader.read(raw).header.subject) == "a Frösche é ü")
    }

    @Test func aQuotedMboxLineIsNotTheBody() {
        let message = MessageReader.read(mail(">From - Fri Dec 13\nSubject: s\nContent-Type: text/html\n\n<i>x</i>"))
        #expect(string(message.header.subject) == "s" && string(message.htmlText) == "x")
    }

    @Test func anUnknownTransferEncodingIsReadAsNone() {
        let message = MessageReader.read(mail("Content-Transfer-Encoding: 8 bits\n\nhttp://x.example/ text"))
        #expect(string(message.text) == "http://x.example/ text" && message.urls.count == 1)
        #expect(message.defects.contains(.unknownTransferEncoding))
    }

    @Test func manyWordsInOneFieldTakeLinearTime() {
        let value = String(repeating: "=?utf-8?Q?a?= ", count: 4000)
        let message = MessageReader.read(mail("Subject: \(value)\n\n"))
        #expect(message.header.subject == [UInt8](repeating: 0x61, count: 4000))
    }
}
