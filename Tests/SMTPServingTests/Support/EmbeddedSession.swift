import MailTypes
import NIOCore
import NIOEmbedded
import SMTPProtocol

@testable import SMTPServing

/// One session on an embedded channel, with a clock that the test moves.
final class EmbeddedSession {
    let channel = EmbeddedChannel()
    let loop: LoopSessions
    let handler: SMTPServerHandler
    let policy: RecordingPolicy
    let memory: MemoryBudget
    private var now = NIODeadline.uptimeNanoseconds(1_000_000_000)

    init(
        _ policy: RecordingPolicy = RecordingPolicy(), from address: String = "192.0.2.7",
        kind: ListenerKind = .relay, limits: IntakeLimits = IntakeLimits(), offersAuthentication: Bool = false,
        proxies: [String] = [], ledger: ConnectionLedger = ConnectionLedger()
    ) throws {
        self.policy = policy
        memory = MemoryBudget(limit: limits.memory)
        loop = LoopSessions(channel.embeddedEventLoop, ledger: ledger, memory: memory, now: now)
        let listener = SMTPListener(
            name: "test", addresses: [], kind: kind, hostName: "relay.example.net",
            offersAuthentication: offersAuthentication, proxyNetworks: proxies.compactMap { IPNetwork($0) })
        let service = ListenerService(listener, limits: limits, policy: policy, authenticator: TestAccounts())
        guard let address = IPAddress(address) else { throw TestError.badFixture(address) }
        handler = SMTPServerHandler(service, loop, address: address, port: 4711)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// Sends bytes as one read.
    func send(_ bytes: some Sequence<UInt8>) {
        var buffer = channel.allocator.buffer(capacity: 64)
        buffer.writeBytes(bytes)
        guard channel.isActive else { return }
        channel.pipeline.fireChannelRead(buffer)
        channel.pipeline.fireChannelReadComplete()
        channel.embeddedEventLoop.run()
    }

    func send(_ text: String) { send(text.utf8) }

    /// What came back since it was last asked.
    func received() -> String {
        var text = ""
        while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }

    /// How many writes came back since it was last asked.
    func writes() -> Int {
        var count = 0
        while (try? channel.readOutbound(as: ByteBuffer.self)) != nil { count += 1 }
        return count
    }

    /// Sends text and gives what it was answered.
    func ask(_ text: String) -> String {
        _ = received()
        send(text)
        return received()
    }

    func advance(_ duration: Duration) {
        now = now + TimeAmount(duration)
        loop.tick(now)
        channel.embeddedEventLoop.run()
    }

    /// Lets everything happen that is due.
    func run() { channel.embeddedEventLoop.run() }

    /// Bytes that the session keeps and has not read yet.
    var waitingInput: Int { handler.input.readableBytes }

    var isOpen: Bool { channel.isActive }

    func close() { channel.close(promise: nil) }
}

enum TestError: Error {
    case badFixture(String)
    case tool(String)
    case timeout(String)
}
