import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// A small SMTP server on loopback that behaves well, or badly as told.
final class TestServer: Sendable {
    struct Behaviour: Sendable {
        var keywords = ["PIPELINING", "8BITMIME", "SIZE 10000000"]
        var tls: NIOSSLContext?
        var implicitTLS = false
        /// Replies to STARTTLS with this instead of doing it.
        var startTLSReply: String?
        /// Says 220 to STARTTLS and then talks no TLS.
        var breaksTLS = false
        var greeting = "220 test"
        /// Closes without an answer at this verb; `.` is the end of data.
        var closesAt: String?
        /// Never answers this verb.
        var silentAt: String?
        /// Replies by a command's start.
        var replies: [String: String] = [:]
        /// Closes the connection after this many messages, without a word.
        var closesAfter = Int.max
    }

    struct Seen: Sendable {
        var connections = 0
        var commands: [String] = []
        var messages: [String] = []
        var messageBytes = 0
        /// Reads in which commands came: pipelined ones come in one.
        var reads = 0
    }

    let channel: any Channel
    private let box: NIOLockedValueBox<Seen>

    var seen: Seen { box.withLockedValue { $0 } }
    var port: UInt16 { UInt16(channel.localAddress?.port ?? 0) }

    init(_ behaviour: Behaviour) async throws {
        let box = NIOLockedValueBox(Seen())
        self.box = box
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if behaviour.implicitTLS, let tls = behaviour.tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(TestServerHandler(behaviour, box))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func stop() async throws { try await channel.close().get() }
}

private final class TestServerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let behaviour: TestServer.Behaviour
    private let seen: NIOLockedValueBox<TestServer.Seen>
    private var buffer = ByteBuffer()
    private var isInData = false
    private var isProtected: Bool
    private var message: [UInt8] = []
    private var messages = 0
    private var isGreeted = false

    init(_ behaviour: TestServer.Behaviour, _ seen: NIOLockedValueBox<TestServer.Seen>) {
        self.behaviour = behaviour
        self.seen = seen
        isProtected = behaviour.implicitTLS
    }

    func channelActive(context: ChannelHandlerContext) {
        guard !isGreeted else { return }
        isGreeted = true
        seen.withLockedValue { $0.connections += 1 }
        if behaviour.silentAt != "greeting" { say(behaviour.greeting, context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var incoming = unwrapInboundIn(data)
        buffer.writeBuffer(&incoming)
        if !isInData { seen.withLockedValue { $0.reads += 1 } }
        while let end = buffer.readableBytesView.firstIndex(of: 0x0a) {
            guard let line = buffer.readBytes(length: end - buffer.readerIndex + 1) else { return }
            if isInData {
                content(line, context)
            } else {
                command(String(decoding: line.dropLast(2), as: UTF8.self), context)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func content(_ line: [UInt8], _ context: ChannelHandlerContext) {
        guard line == Array(".\r\n".utf8) else {
            message += line.first == 0x2e ? Array(line.dropFirst()) : line
            return
        }
        isInData = false
        let text = String(decoding: message, as: UTF8.self)
        let count = message.count
        message = []
        messages += 1
        seen.withLockedValue { seen in
            seen.messageBytes += count
            if count < 1_000_000 { seen.messages.append(text) }
        }
        answer(".", "250 2.0.0 queued", context)
        if messages >= behaviour.closesAfter { context.close(promise: nil) }
    }

    private func command(_ line: String, _ context: ChannelHandlerContext) {
        seen.withLockedValue { $0.commands.append(line) }
        let verb = String(line.prefix(4)).uppercased()
        switch verb {
        case "EHLO":
            var keywords = behaviour.keywords
            if behaviour.tls != nil || behaviour.startTLSReply != nil || behaviour.breaksTLS, !isProtected {
                keywords.append("STARTTLS")
            }
            if isProtected { keywords.append("AUTH PLAIN") }
            let lines = ["test"] + keywords
            let text = lines.dropLast().map { "250-\($0)\r\n" }.joined() + "250 \(lines[lines.count - 1])"
            answer(line, text, context)
        case "STAR":
            if let reply = behaviour.startTLSReply { return say(reply, context) }
            say("220 go", context)
            if behaviour.breaksTLS { return say("this is no TLS record at all", context) }
            isProtected = true
            guard let tls = behaviour.tls else { return }
            try? context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
        case "DATA":
            if answer(line, "354 go", context) { isInData = true }
        case "AUTH": answer(line, "235 welcome", context)
        case "QUIT":
            say("221 bye", context)
            context.close(promise: nil)
        default: answer(line, "250 ok", context)
        }
    }

    /// True if the usual answer was given.
    @discardableResult
    private func answer(_ line: String, _ usual: String, _ context: ChannelHandlerContext) -> Bool {
        if let verb = behaviour.closesAt, line.hasPrefix(verb) {
            context.close(promise: nil)
            return false
        }
        if let verb = behaviour.silentAt, line.hasPrefix(verb) { return false }
        if let reply = behaviour.replies.first(where: { line.hasPrefix($0.key) })?.value {
            say(reply, context)
            return false
        }
        say(usual, context)
        return true
    }

    private func say(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
    }
}
