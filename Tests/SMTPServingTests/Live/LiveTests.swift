import MailTypes
import NIOCore
import NIOPosix
import SMTPProtocol
import Testing

@testable import SMTPServing

struct LiveTests {
    /// The dialogues that the embedded channel runs, over a socket.
    @Test(arguments: Dialogue.all.filter { $0.address == "192.0.2.7" })
    func dialogues(dialogue: Dialogue) async throws {
        let policy = RecordingPolicy()
        let server = SMTPServer(
            listeners: [try plainListener()], limits: IntakeLimits(), policy: policy, authenticator: nil,
            group: MultiThreadedEventLoopGroup.singleton)
        let port = try await server.start().first?.port ?? 0
        let client = try await LiveClient.connect(port: Int(port))
        for step in dialogue.steps {
            if !step.sent.isEmpty { try await client.send(step.sent) }
            var expected = step.expected[...]
            while !expected.isEmpty {
                let lines = try await client.reply().split(separator: "\n", omittingEmptySubsequences: false)
                for line in lines {
                    let wanted = expected.popFirst() ?? "nothing"
                    #expect(line.hasPrefix(wanted), "\(dialogue.name): \(step.sent.debugDescription) → \(line)")
                }
                if lines == [""] { break }
            }
        }
        try await client.close()
        await server.stop(grace: .zero)
        #expect(policy.accepted.map(\.text) == dialogue.taken)
    }

    private func plainListener() throws -> SMTPListener {
        guard let loopback = IPAddress("127.0.0.1") else { throw TestError.badFixture("loopback") }
        return SMTPListener(
            name: "relay", addresses: [.ip(loopback, port: 0)], kind: .relay, hostName: "relay.example.net")
    }

    @Test func largeMessagesWithBackPressure() async throws {
        let policy = RecordingPolicy()
        try await LiveServer.run(policy) { live in
            let client = try await live.client("relay")
            _ = try await client.reply()
            _ = try await client.ask("EHLO c")
            _ = try await client.ask("MAIL FROM:<a@example.org>")
            _ = try await client.ask("RCPT TO:<b@example.com>")
            _ = try await client.ask("DATA")
            let text = "A: b\r\n\r\n" + String(repeating: String(repeating: "x", count: 70) + "\r\n", count: 40_000)
            try await client.send(text)
            #expect(try await client.ask(".").hasPrefix("250"))
            #expect(policy.accepted.first?.text == text)
            #expect(live.server.statistics.memory == ByteCount(0))
            #expect(live.server.statistics.connections == 1)
        }
    }

    /// A client that only talks and never reads is not listened to any more, and costs no memory.
    @Test func aClientThatNeverReads() async throws {
        var limits = IntakeLimits()
        limits.idleCommands = 1_000_000
        limits.commands = 1_000_000
        try await LiveServer.run(limits: limits) { live in
            let deaf = try await DeafClient.connect(port: live.port("relay"))
            deaf.talk(String(repeating: "EHLO c\r\n", count: 10_000), times: 40)
            // Others are served meanwhile.
            for _ in 0..<50 {
                let client = try await live.client("relay")
                #expect(try await client.reply().hasPrefix("220"))
                #expect(try await client.ask("EHLO c").hasPrefix("250"))
                try await client.close()
            }
            #expect(live.server.statistics.memory < .mib(1))
            try await deaf.close()
        }
    }

    @Test func stopWithATransactionUnderWay() async throws {
        let policy = RecordingPolicy()
        policy.set { $0.holdsFinish = true }
        try await LiveServer.run(policy) { live in
            let idle = try await live.client("relay")
            let busy = try await live.client("relay")
            for client in [idle, busy] {
                _ = try await client.reply()
                _ = try await client.ask("EHLO c")
            }
            _ = try await busy.ask("MAIL FROM:<a@example.org>")
            _ = try await busy.ask("RCPT TO:<b@example.com>")
            _ = try await busy.ask("DATA")
            async let stopped: Void = live.server.stop(grace: .seconds(60))
            #expect(try await idle.reply() == "421 4.3.2 service is stopping")
            try await busy.send("x\r\n.\r\n")
            // The answer is held until the message is there.
            while policy.taken.first?.isFinished != true { await Task.yield() }
            policy.release()
            #expect(try await busy.reply().hasPrefix("250"))
            #expect(try await busy.reply().hasPrefix("421 4.3.2"))
            try await idle.close()
            try await busy.close()
            await stopped
            #expect(policy.accepted.count == 1)
            #expect(live.server.statistics.connections == 0)
            // That nothing listens there any more cannot be asked: the system may have given the port to another test.
        }
    }

    @Test func reloadKeepsConnections() async throws {
        try await LiveServer.run { live in
            let client = try await live.client("relay")
            _ = try await client.reply()
            #expect(try await client.ask("EHLO c").contains("SIZE 52428800"))
            var listener = try plainListener()
            listener.hostName = "renamed.example.net"
            var limits = IntakeLimits()
            limits.messageSize = .mib(1)
            let restarts = live.server.reload(
                listeners: [listener], limits: limits, policy: live.policy, authenticator: nil)
            #expect(restarts.isEmpty)
            // A session takes it on its event loop, which may have this command before it.
            var reply = try await client.ask("EHLO c")
            for _ in 0..<5 where !reply.contains("SIZE 1048576") { reply = try await client.ask("EHLO c") }
            #expect(reply.contains("SIZE 1048576"))
            #expect(reply.hasPrefix("250-renamed.example.net"))
            let fresh = try await live.client("relay")
            #expect(try await fresh.reply() == "220 renamed.example.net ESMTP Sluice")
        }
    }

    @Test func startErrors() async throws {
        let first = SMTPServer(
            listeners: [try plainListener()], limits: IntakeLimits(), policy: RecordingPolicy(), authenticator: nil,
            group: MultiThreadedEventLoopGroup.singleton)
        let port = try await first.start().first?.port ?? 0
        await #expect(throws: SMTPServerError.self) { try await first.start() }
        var taken = try plainListener()
        taken.addresses = taken.addresses + [.ip(try #require(IPAddress("127.0.0.1")), port: port)]
        let second = SMTPServer(
            listeners: [taken], limits: IntakeLimits(), policy: RecordingPolicy(), authenticator: nil,
            group: MultiThreadedEventLoopGroup.singleton)
        await #expect(throws: SMTPServerError.self) { try await second.start() }
        await second.stop(grace: .zero)
        await first.stop(grace: .zero)
    }
}

/// A client that writes and never reads.
private struct DeafClient: Sendable {
    let channel: any Channel

    static func connect(port: Int) async throws -> DeafClient {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port).get()
        return DeafClient(channel: channel)
    }

    func talk(_ text: String, times: Int) {
        for _ in 0..<times { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
    }

    func close() async throws { try? await channel.close() }
}
