import MailTypes
import MilterProtocol
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import SMTPProtocol
import Testing

@testable import MilterServing

/// Decides as it is told, and keeps what it was given.
final class ScriptedPolicy: MilterPolicy, @unchecked Sendable {
    // `@unchecked Sendable`: used on one embedded loop.
    var identity: SubmissionIdentity?
    var senderRefusal, recipientRefusal, openRefusal: Reply?
    var fate = MilterSession.Fate.accepted([.init("X-Test", "1")])
    var envelopes: [Envelope] = []
    var receiver: ScriptedReceiver?
    var aborted = 0

    init() throws {
        identity = SubmissionIdentity(
            customer: try #require(CustomerID("acme")), server: .v4(0x7f00_0001), account: nil, evidence: .address)
    }

    func identify(_ client: MilterSession.Client) -> SubmissionIdentity? { identity }
    func sender(_ path: ReversePath, _ source: MilterSource) -> Reply? { senderRefusal }
    func recipient(_ address: EmailAddress, _ source: MilterSource, count: Int) -> Reply? { recipientRefusal }

    func open(
        _ envelope: Envelope, _ source: MilterSource, on loop: any EventLoop
    ) -> Result<any MilterReceiver, MilterRefusal> {
        envelopes.append(envelope)
        if let openRefusal { return .failure(MilterRefusal(openRefusal)) }
        let receiver = ScriptedReceiver(self, loop)
        self.receiver = receiver
        return .success(receiver)
    }
}

final class ScriptedReceiver: MilterReceiver {
    var text = ""
    /// Set: the next bytes wait for it.
    var hold: EventLoopPromise<Void>?
    var answer: EventLoopPromise<MilterSession.Fate>?
    private let policy: ScriptedPolicy
    private let loop: any EventLoop

    init(_ policy: ScriptedPolicy, _ loop: any EventLoop) {
        self.policy = policy
        self.loop = loop
    }

    func receive(_ bytes: ByteBuffer) -> EventLoopFuture<Void>? {
        text += String(buffer: bytes)
        return hold?.futureResult
    }

    func finish() -> EventLoopFuture<MilterSession.Fate> {
        answer?.futureResult ?? loop.makeSucceededFuture(policy.fate)
    }

    func abort() { policy.aborted += 1 }
}

struct MilterServerTests {
    private let policy: ScriptedPolicy
    private let channel: EmbeddedChannel

    init() throws {
        let policy = try ScriptedPolicy()
        self.policy = policy
        var limits = MilterSettings(
            address: .v4(0x7f00_0001), port: 0, networks: [], hostName: "gw.example", limits: .init(), connections: 5)
        limits.limits.recipientsPerMessage = 2
        limits.limits.messageSize = ByteCount(400)
        channel = EmbeddedChannel(handler: MilterHandler(limits, policy: policy, number: 1))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func send(_ letter: Unicode.Scalar, _ data: [UInt8] = []) throws {
        let count = UInt32(data.count + 1)
        let head = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
        try channel.writeInbound(ByteBuffer(bytes: head + [UInt8(ascii: letter)] + data))
    }

    private func send(_ letter: Unicode.Scalar, _ texts: String...) throws {
        try send(letter, texts.flatMap { Array($0.utf8) + [0] })
    }

    /// The letters of the answers so far, and the texts of those that have one.
    private func answers() throws -> [String] {
        var found: [String] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
            var decoder = MilterFrameDecoder()
            decoder.feed(buffer.readableBytesView)
            while let packet = try decoder.next() {
                let text =
                    packet.letter == UInt8(ascii: "O")
                    ? "" : String(decoding: packet.data.filter { $0 > 0 }, as: UTF8.self)
                found.append(String(UnicodeScalar(packet.letter)) + text)
            }
        }
        return found
    }

    private func open() throws {
        try send("O", [0, 0, 0, 6, 0, 0, 0x01, 0xff, 0, 0x1f, 0xff, 0xff])
        try send("C", Array("client.example".utf8) + [0, 0x34, 0, 25] + Array("192.0.2.7".utf8) + [0])
        try send("H", "client.example")
    }

    /// A message that is complete, and whose fate is not known yet.
    private func undecided() throws -> EventLoopPromise<MilterSession.Fate> {
        try open()
        try send("M", "<joe@customer.example>")
        try send("R", "<ann@example.net>")
        try send("L", "Subject", " x")
        let receiver = try #require(policy.receiver)
        let answer = channel.eventLoop.makePromise(of: MilterSession.Fate.self)
        receiver.answer = answer
        try send("E", [])
        return answer
    }

    private func message(_ body: String = "Hello.\r\n") throws {
        try send("L", "Subject", " x")
        try send("N", [])
        try send("B", Array(body.utf8))
        try send("E", [])
    }

    @Test func aMessageThatMayGo() throws {
        try open()
        try send("M", "<joe@customer.example>", "BODY=8BITMIME", "SOMETHING=NEW")
        try send("R", "<ann@example.net>", "NOTIFY=NEVER")
        try message()
        #expect(try answers() == ["O", "c", "c", "iX-Test 1", "a"])
        #expect(policy.receiver?.text == "Subject: x\r\n\r\nHello.\r\n")
        let envelope = try #require(policy.envelopes.first)
        #expect(envelope.sender.description == "<joe@customer.example>" || envelope.sender.address != nil)
        #expect(envelope.recipients.map(\.address.description) == ["ann@example.net"])
        #expect(envelope.recipients.first?.notify == .never)
        #expect(policy.aborted == 0)
    }

    @Test func whatIsKeptHereIsForgottenThere() throws {
        policy.fate = .kept
        try open()
        try send("M", "<>")
        try send("R", "<ann@example.net>")
        try message()
        #expect(try answers().last == "d")
        #expect(policy.envelopes.first?.sender == .null)
    }

    @Test func mailOfNobodyPassesUnseen() throws {
        policy.identity = nil
        try open()
        try send("M", "<joe@elsewhere.example>")
        #expect(try answers().last == "a")
        #expect(policy.envelopes.isEmpty)
        // The next message of the same client is looked at anew.
        policy.identity = try ScriptedPolicy().identity
        try send("M", "<joe@elsewhere.example>")
        try send("R", "<ann@example.net>")
        try message()
        #expect(try answers() == ["c", "c", "iX-Test 1", "a"])
    }

    @Test func refusalsHaveTheirWords() throws {
        try open()
        policy.senderRefusal = Reply(.mailboxUnavailable, EnhancedStatusCode(5, 7, 1), "stopped")
        try send("M", "<joe@customer.example>")
        policy.senderRefusal = nil
        try send("M", "<joe@customer.example>")
        policy.recipientRefusal = Reply(.mailboxUnavailable, EnhancedStatusCode(5, 7, 1), "not there")
        try send("R", "<ann@example.net>")
        policy.recipientRefusal = nil
        for name in ["a", "b", "c"] { try send("R", "<\(name)@example.net>") }
        policy.fate = .refused(Reply(.localError, EnhancedStatusCode(4, 7, 1), "later"))
        try message()
        #expect(
            try answers().dropFirst() == [
                "y550 5.7.1 stopped", "c", "y550 5.7.1 not there", "c", "c",
                "y452 4.5.3 Too many recipients; send the rest later", "y451 4.7.1 later",
            ])
    }

    @Test func addressesWithoutADomainAreCompleted() throws {
        try open()
        try send("M", "<joe>")
        try send("R", "root")
        try message()
        #expect(policy.envelopes.first?.sender.address?.description == "joe@gw.example")
        #expect(policy.envelopes.first?.recipients.first?.address.description == "root@gw.example")
    }

    @Test("An address that cannot be one is refused, not passed") func nonsense() throws {
        try open()
        try send("M", "<a@@b>")
        #expect(try answers().last == "y553 5.1.7 No such sender address can be")
    }

    @Test func aMessageThatIsTooLargeIsRefusedAtItsEnd() throws {
        try open()
        try send("M", "<joe@customer.example>")
        try send("R", "<ann@example.net>")
        try message(String(repeating: "x", count: 500))
        #expect(try answers().last == "y552 5.3.4 The message is too large")
        #expect(policy.aborted == 1)
    }

    @Test func nothingMoreIsTakenWhileSomebodyHasToAnswer() throws {
        try open()
        try send("M", "<joe@customer.example>")
        try send("R", "<ann@example.net>")
        try send("L", "Subject", " x")
        let receiver = try #require(policy.receiver)
        let hold = channel.eventLoop.makePromise(of: Void.self)
        receiver.hold = hold
        try send("N", [])
        try send("B", Array("late\r\n".utf8))
        #expect(receiver.text == "Subject: x\r\n\r\n")
        receiver.hold = nil
        hold.succeed()
        channel.embeddedEventLoop.run()
        #expect(receiver.text == "Subject: x\r\n\r\nlate\r\n")
        let answer = channel.eventLoop.makePromise(of: MilterSession.Fate.self)
        receiver.answer = answer
        try send("E", [])
        #expect(try answers().last == "c")
        answer.succeed(.kept)
        channel.embeddedEventLoop.run()
        #expect(try answers() == ["d"])
    }

    @Test func aLostConnectionGivesTheMessageUp() throws {
        let answer = try undecided()
        channel.pipeline.fireChannelInactive()
        #expect(policy.aborted == 1)
        answer.succeed(.kept)
        channel.embeddedEventLoop.run()
    }

    @Test func whatFailsIsTemporary() throws {
        let answer = try undecided()
        answer.fail(MilterError(.syntax, "test"))
        channel.embeddedEventLoop.run()
        #expect(try answers().last == "y451 4.3.0 The filter is in trouble; try again later")
    }

    @Test func atAStopTheMessageUnderWayEnds() throws {
        try open()
        try send("M", "<joe@customer.example>")
        channel.pipeline.fireUserInboundEventTriggered(MilterStopEvent())
        #expect(channel.isActive)
        try send("R", "<ann@example.net>")
        try message()
        #expect(try answers().last == "a")
        #expect(!channel.isActive)
    }

    @Test func disorderEndsTheConnection() throws {
        try open()
        try send("E", [])
        #expect(!channel.isActive)
    }
}
