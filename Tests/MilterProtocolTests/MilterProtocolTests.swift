import MailTypes
import Testing

@testable import MilterProtocol

/// Packets as a mail server sends them.
enum Sent {
    static func packet(_ letter: Unicode.Scalar, _ data: [UInt8] = []) -> [UInt8] {
        let count = UInt32(data.count + 1)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + [UInt8(ascii: letter)] + data
    }

    static func texts(_ texts: String...) -> [UInt8] { texts.flatMap { Array($0.utf8) + [0] } }

    /// All that Postfix 3.7 offers.
    static let negotiation = packet("O", [0, 0, 0, 6, 0, 0, 0x01, 0xff, 0, 0x1f, 0xff, 0xff])
    static let connect = packet("C", texts("client.example").dropLast() + [0, 0x34, 0x30, 0x39] + texts("192.0.2.7"))

    static func mail(login: String?) -> [UInt8] {
        (login.map { packet("D", [UInt8(ascii: "M")] + texts("i", "4ABC", "{auth_authen}", $0)) } ?? [])
            + packet("M", texts("<joe@customer.example>", "BODY=8BITMIME"))
    }

    static let recipient = packet("R", texts("<ann@example.net>"))
    static let fields =
        packet("L", texts("Subject", " one\n two")) + packet("L", texts("From", " joe@customer.example"))
    static let content = packet("N") + packet("B", Array("Hello.\r\n".utf8)) + packet("E")
}

struct MilterProtocolTests {
    private func commands(_ bytes: [UInt8]) throws -> [MilterCommand] {
        var decoder = MilterFrameDecoder()
        decoder.feed(bytes)
        var found: [MilterCommand] = []
        while let packet = try decoder.next() { found.append(try MilterCommand(packet)) }
        #expect(decoder.waiting == 0)
        return found
    }

    /// A session that has met its client.
    private func session(_ offer: [UInt8] = Sent.negotiation) throws -> MilterSession {
        var session = MilterSession()
        for command in try commands(offer + Sent.connect) { _ = try session.receive(command) }
        return session
    }

    @Test func whatOneMessageIsTold() throws {
        var session = MilterSession()
        var answers: [MilterSession.Step] = []
        let bytes =
            Sent.negotiation + Sent.connect + Sent.packet("H", Sent.texts("mail.example")) + Sent.mail(login: "joe")
            + Sent.recipient + Sent.fields + Sent.content
        for command in try commands(bytes) {
            let steps = try session.receive(command)
            answers += steps
            for step in steps {
                if case .mail = step { #expect(session.take(.taken) == .goOn) }
                if case .recipient = step { #expect(session.takeRecipient(.taken) == .goOn) }
            }
        }
        let agreed = MilterOptions(version: 6, actions: 1, steps: 0x1c_3380)
        #expect(
            answers == [
                .answer(.negotiate(agreed)),
                .mail([Array("<joe@customer.example>".utf8), Array("BODY=8BITMIME".utf8)]),
                .recipient([Array("<ann@example.net>".utf8)]), .open,
                .content(Array("Subject: one\r\n two\r\n".utf8)),
                .content(Array("From: joe@customer.example\r\n".utf8)), .content([13, 10]),
                .content(Array("Hello.\r\n".utf8)), .end,
            ])
        #expect(session.client.login == "joe")
        #expect(session.client.queueID == "4ABC")
        #expect(session.client.helloName == "mail.example")
        #expect(session.client.peer == .internet(try #require(IPAddress("192.0.2.7")), port: 0x3039))
        #expect(
            session.decide(.accepted([.init("X-Test", "1")])) == [.addField(name: "X-Test", value: " 1"), .accept])
        #expect(session.isIdle)
    }

    @Test func aServerThatOffersLittleIsAnswered() throws {
        var session = try session(Sent.packet("O", [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x7f]))
        var steps: [MilterSession.Step] = []
        for command in try commands(Sent.mail(login: nil) + Sent.recipient + Sent.packet("T")) {
            for step in try session.receive(command) {
                steps.append(step)
                if case .mail = step { _ = session.take(.taken) }
                if case .recipient = step { _ = session.takeRecipient(.taken) }
            }
        }
        for command in try commands(Sent.packet("L", Sent.texts("Subject", "x")) + Sent.packet("E")) {
            steps += try session.receive(command)
        }
        #expect(
            steps.suffix(5) == [
                .answer(.goOn), .open, .content(Array("Subject: x\r\n".utf8)), .answer(.goOn), .end,
            ])
        #expect(session.decide(.accepted([.init("X-Test", "1")])) == [.accept], "it may not add fields")
    }

    @Test("A login is one message's: the next one without is nobody's") func loginsDoNotStay() throws {
        var session = try session()
        for command in try commands(Sent.mail(login: "joe")) { _ = try session.receive(command) }
        #expect(session.client.login == "joe")
        #expect(session.take(.passed) == .accept)
        for command in try commands(Sent.packet("A") + Sent.mail(login: nil)) { _ = try session.receive(command) }
        #expect(session.client.login == nil)
        for command in try commands(Sent.packet("A") + Sent.packet("K") + Sent.connect) {
            _ = try session.receive(command)
        }
        #expect(session.client.helloName == nil)
    }

    @Test func whatCannotBeOpenedIsRefusedAtItsEnd() throws {
        var session = try session()
        let reply = Reply(.localError, EnhancedStatusCode(4, 3, 2), "later")
        for command in try commands(Sent.mail(login: nil) + Sent.recipient + Sent.fields) {
            for step in try session.receive(command) {
                if case .mail = step { _ = session.take(.taken) }
                if case .recipient = step { _ = session.takeRecipient(.taken) }
                if case .open = step { session.refuse(reply) }
            }
        }
        #expect(session.refusal == reply)
        var last: MilterSession.Step?
        for command in try commands(Sent.content) { last = try session.receive(command).last }
        #expect(last == .end)
        #expect(session.decide(.refused(reply)) == [.refuse(reply)])
    }

    @Test func anAbortForgetsTheMessageOnly() throws {
        var session = try session()
        for command in try commands(Sent.mail(login: nil)) { _ = try session.receive(command) }
        _ = session.take(.taken)
        #expect(try session.receive(.abort) == [.forget])
        #expect(try session.receive(.abort) == [])
        #expect(try session.receive(.quit) == [.close])
    }

    @Test func packetsMayComeInAnySplit() throws {
        let bytes =
            Sent.negotiation + Sent.connect + Sent.mail(login: "joe") + Sent.recipient + Sent.fields + Sent.content
        let whole = try commands(bytes)
        for size in [1, 2, 3, 5, 7, 64] {
            var decoder = MilterFrameDecoder()
            var found: [MilterCommand] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                decoder.feed(bytes[start..<min(start + size, bytes.count)])
                while let packet = try decoder.next() { found.append(try MilterCommand(packet)) }
            }
            #expect(found == whole)
        }
    }

    @Test(
        "Nothing hostile is kept, or crashes",
        arguments: [
            [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0, 0x10, 0, 2], Sent.packet("C", [0x61]),
            Sent.packet("C", [0x61, 0]),
            Sent.packet("C", [0x61, 0, 0x34, 1]), Sent.packet("C", [0x61, 0, 0x34, 0, 25] + Sent.texts("300.1.1.1")),
            Sent.packet("L", Sent.texts("only")), Sent.packet("L", [0x61]), Sent.packet("M"), Sent.packet("R"),
            Sent.packet("D"), Sent.packet("D", [0x4d] + Sent.texts("a")), Sent.packet("O", [0, 0, 0, 6]),
            Sent.packet("Z"),
        ] as [[UInt8]])
    func hostile(_ bytes: [UInt8]) throws {
        #expect(throws: MilterError.self) { _ = try commands(bytes) }
    }

    @Test(
        "Commands out of their order end the connection",
        arguments: [
            Sent.recipient, Sent.fields, Sent.packet("E"), Sent.packet("T"), Sent.negotiation,
            Sent.mail(login: nil) + Sent.connect,
        ])
    func disorder(_ bytes: [UInt8]) throws {
        var session = try session()
        #expect(throws: MilterError.self) {
            for command in try commands(bytes) { _ = try session.receive(command) }
        }
    }

    @Test func nothingComesBeforeTheNegotiation() throws {
        var session = MilterSession()
        #expect(throws: MilterError(.order, "the connection does not begin with a negotiation")) {
            _ = try session.receive(.quit)
        }
        #expect(throws: MilterError(.unsupported, "version 1 of the protocol")) {
            _ = try session.receive(.negotiate(MilterOptions(version: 1, actions: 0, steps: 0)))
        }
    }

    @Test func refusalsAreOneReply() {
        let reply = Reply(
            .mailboxUnavailable, EnhancedStatusCode(5, 7, 1), lines: ["Not taken: 97 % sure\u{7}", "Reference 1"])
        let text = "550-5.7.1 Not taken: 97 per cent sure?\r\n550 5.7.1 Reference 1\0"
        #expect(MilterAnswer.refuse(reply).bytes == Sent.packet("y", Array(text.utf8)))
        #expect(MilterAnswer.refuse(Reply(.ok, nil, "fine")).bytes == Sent.packet("c"))
        #expect(
            MilterAnswer.addField(name: "X-A", value: "b\r\nBcc: c").bytes
                == Sent.packet("i", [0, 0, 0, 0] + Array("X-A\0b??Bcc: c\0".utf8)))
    }
}
