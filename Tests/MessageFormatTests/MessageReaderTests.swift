import Foundation
import MailTypes
import Testing

@testable import MessageFormat

@Suite struct MessageReaderTests {
    @Test func plainMessage() throws {
        let message = MessageReader.read(Fixtures.plain)
        #expect(string(message.header.subject) == "Grüße aus Köln")
        #expect(message.header.from.map { string($0.displayName) } == ["Doe, Jane"])
        #expect(message.header.from.first?.address?.description == "jane@example.org")
        #expect(message.header.to.map { $0.address?.description } == ["a@example.net", "b@example.net"])
        #expect(string(message.header.to[1].displayName) == "Jörg")
        #expect(string(message.header.messageID) == "1@example.org")
        #expect(message.header.references.map { string($0) } == ["a@x", "b@x"])
        #expect(message.header.hasListUnsubscribe && message.header.hasOneClickUnsubscribe)
        #expect(message.urls.map { string($0.url) } == ["http://example.org/a?b=c", "www.example.net"])
        #expect(message.urls.map { string($0.host) } == ["example.org", "www.example.net"])
        #expect(string(message.text) == "Hello, see http://example.org/a?b=c. And www.example.net!")
        #expect(message.size.bytes == Fixtures.plain.count)
        #expect(message.headerSize.bytes + message.text.count == message.size.bytes)
        #expect(message.defects == [])
        #expect(message.rawHead == Fixtures.plain)
    }

    @Test func nestedMessage() throws {
        let message = MessageReader.read(Fixtures.nested)
        #expect(string(message.text) == "Grüße  \nForwarded www.forwarded.example/")
        #expect(string(message.htmlText) == "Привет\nwww.bank.example")
        #expect(
            message.urls.map { string($0.url) } == [
                "http://evil.example/x", "www.bank.example", "www.forwarded.example/",
            ])
        #expect(message.urls[0].showsAnotherHost)
        #expect(
            message.parts.map { string($0.contentType) } == [
                "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
                "message/rfc822",
                "text/plain",
            ])
        #expect(message.parts.map(\.depth) == [0, 1, 2, 2, 1, 1, 2])
        #expect(message.attachments.map { string($0.fileName) } == ["Rechnüng.pdf"])
        #expect(message.attachments[0].size.bytes == 30)
        #expect(message.defects == [])
    }

    @Test func headerIsThereBeforeTheBody() throws {
        var reader = MessageReader()
        let end = try #require(string(Fixtures.plain).range(of: "\r\n\r\n"))
        let header = string(Fixtures.plain)[..<end.lowerBound]
        reader.feed(Array(header.utf8))
        #expect(reader.header == nil)
        reader.feed(Array("\r\n\r\n".utf8))
        #expect(reader.header?.fields.count == 8)
        let field = try #require(TrustedIdentityField("Received"))
        #expect(reader.header.flatMap { field.account(in: $0) }?.description == "joe")
    }

    @Test func bytesAfterTheLastBoundaryAreNotText() {
        let message = MessageReader.read(Fixtures.nested)
        #expect(!string(message.text).contains("epilogue") && !string(message.text).contains("preamble"))
    }

    @Test(arguments: [
        ("Content-Type: multipart/mixed", MessageDefects.boundaryMissing),
        ("Content-Type: multipart/mixed; boundary=x", .boundaryUnseen),
        ("Content-Type: text/plain\nContent-Type: text/html", .conflictingFields),
        ("From: a@example.org\nFrom: b@example.org", .conflictingFields),
        ("Content-Transfer-Encoding: x-strange", .unknownTransferEncoding),
        ("Content-Type: text/plain; charset=x-strange", .unknownCharset),
        ("this is no field", .malformedHeader),
    ])
    func defects(_ field: String, _ defect: MessageDefects) {
        let message = MessageReader.read(mail("Subject: s\n" + field + "\n\nBody sees \u{e9}\n"))
        #expect(message.defects.contains(defect), "\(message.defects.names)")
        if defect != .unknownTransferEncoding { #expect(string(message.text).contains("Body sees")) }
    }

    @Test func badEncodingsAreReadAndNoted() {
        let base64 = MessageReader.read(mail("Content-Transfer-Encoding: base64\n\nSGVs!bG8=\nIHdvcmxk\n"))
        #expect(string(base64.text) == "Hello world" && base64.defects == .badBase64)
        let quoted = MessageReader.read(mail("Content-Transfer-Encoding: quoted-printable\n\n100=% =4a=\nk  \nnext\n"))
        #expect(string(quoted.text) == "100=% Jk\nnext" && quoted.defects == .badQuotedPrintable)
    }

    @Test func emptyAndTornMessages() {
        #expect(MessageReader.read([]).defects.contains(.bodyMissing))
        let torn = MessageReader.read(Array("Subject: to".utf8))
        #expect(string(torn.header.subject) == "to" && torn.defects.contains(.bodyMissing))
        #expect(MessageReader.read(mail("\nbody")).header.fields.isEmpty)
        #expect(string(MessageReader.read(mail("\nbody")).text) == "body")
    }

    @Test func htmlInAttachmentsIsRead() {
        let message = MessageReader.read(
            mail(
                "Content-Type: text/html; name=a.html\nContent-Disposition: attachment\n\n<form action='http://x.example/'>Log in</form>"
            ))
        #expect(message.attachments.count == 1 && string(message.htmlText) == "Log in")
        #expect(message.urls.map { string($0.host) } == ["x.example"])
    }
}
