import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The destination: an SMTP server on loopback that keeps every byte of what it was sent, so that tests can count by id
/// and compare to the byte.
final class RecordingSink: Sendable {
    struct Message: Sendable {
        var sender: String
        var recipients: [String]
        /// Between the 354 and the final dot, as on the wire (dots still stuffed).
        var content: [UInt8]

        var text: String { String(decoding: content, as: UTF8.self) }
    }

    private let channel: any Channel
    private let received: NIOLockedValueBox<[Message]>
    let port: Int

    private init(channel: any Channel, received: NIOLockedValueBox<[Message]>, port: Int) {
        self.channel = channel
        self.received = received
        self.port = port
    }

    var messages: [Message] { received.withLockedValue { $0 } }

    static func start() async throws -> RecordingSink {
        let received = NIOLockedValueBox<[Message]>([])
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SinkHandler(received: received))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RecordingSink(channel: channel, received: received, port: channel.localAddress?.port ?? 0)
    }

    func stop() async { try? await channel.close() }

    /// Waits until `count` messages have come, `seconds` at most; gives what came.
    func await(_ count: Int, seconds: Double = 120) async throws -> [Message] {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while messages.count < count, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        return messages
    }
}

private final class SinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let received: NIOLockedValueBox<[RecordingSink.Message]>
    private var pending: [UInt8] = []
    private var current = RecordingSink.Message(sender: "", recipients: [], content: [])
    private var inContent = false

    init(received: NIOLockedValueBox<[RecordingSink.Message]>) { self.received = received }

    func channelActive(context: ChannelHandlerContext) { reply("220 sink.example ESMTP", context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pending += unwrapInboundIn(data).readableBytesView
        var start = 0
        while let end = lineEnd(from: start) {
            take(Array(pending[start..<end]), context)
            start = end
        }
        pending.removeFirst(start)
    }

    private func lineEnd(from start: Int) -> Int? {
        var i = start
        while i + 1 < pending.count {
            if pending[i] == 0x0d, pending[i + 1] == 0x0a { return i + 2 }
            i += 1
        }
        return nil
    }

    private func take(_ line: [UInt8], _ context: ChannelHandlerContext) {
        if inContent {
            guard line != Array(".\r\n".utf8) else {
                inContent = false
                let message = current
                received.withLockedValue { $0.append(message) }
                reply("250 2.0.0 taken", context)
                return
            }
            current.content += line
            return
        }
        let text = String(decoding: line.dropLast(2), as: UTF8.self)
        switch text.prefix(4).uppercased() {
        case "EHLO": reply("250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 0", context)
        case "MAIL":
            current = RecordingSink.Message(sender: path(text), recipients: [], content: [])
            reply("250 2.1.0 ok", context)
        case "RCPT":
            let recipient = path(text)
            if recipient.hasPrefix("unknown") {
                reply("550 5.1.1 no such mailbox", context)
            } else {
                current.recipients.append(recipient)
                reply("250 2.1.5 ok", context)
            }
        case "DATA":
            inContent = !current.recipients.isEmpty
            reply(inContent ? "354 go on" : "554 5.5.1 no valid recipients", context)
        case "QUIT":
            reply("221 2.0.0 bye", context)
            context.close(promise: nil)
        default: reply("250 2.0.0 ok", context)
        }
    }

    private func path(_ text: String) -> String {
        guard let open = text.firstIndex(of: "<"), let end = text.firstIndex(of: ">"), open < end else { return "" }
        return String(text[text.index(after: open)..<end])
    }

    private func reply(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
    }
}
