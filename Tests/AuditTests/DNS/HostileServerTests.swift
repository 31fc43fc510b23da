import Audit
import DNSClient
import MailTypes
import NIOCore
import NIOPosix
import Posture
import Testing

/// Name servers that lie, break or say nothing: no check passes by them.
@Suite(.serialized) struct HostileServerTests {
    enum Manner: String, CaseIterable, Sendable {
        case silent, garbage, wrongClass, wrongIdentifier, wrongQuestion, serverFailure, aliasLoop, truncated, empty
        case pointerLoop
    }

    @Test(arguments: Manner.allCases) func passNothing(manner: Manner) async throws {
        let server = try await LyingServer(manner)
        var settings = UnboundSettings(
            forwarders: [.init(.v4(0x7f00_0001), port: UInt16(server.port))],
            askedLocalZones: ["2.0.192.in-addr.arpa."], timeout: .milliseconds(300))
        settings.maximumLookups = 200
        var group = DNSGroup(resolver: settings, on: MultiThreadedEventLoopGroup.singleton)
        group.addresses = [.v4(0xc000_0219)]
        group.domains = [try #require(DomainName("d.example.org"))]
        group.helo = "mail.d.example.org"
        group.selectors = ["s1"]
        let request = AuditRequest(origin: .host, target: "host", facts: CollectedFacts())
        let found = try await group.findings(request)
        #expect(found.filter { $0.result.word == "pass" }.isEmpty, "\(manner): \(found)")
        #expect(Set(found.map(\.check)).count == 17)

        let list = try #require(AddressList(.zen))
        let lists = ListingsGroup(
            addressLists: [list], domainLists: [], resolver: settings, on: MultiThreadedEventLoopGroup.singleton)
        var asking = lists
        asking.subjects = [.address(.v4(0xc000_0219))]
        let listed = try await asking.findings(request)
        #expect(listed.allSatisfy { $0.result.word == "unknown" }, "\(manner): \(listed)")
        try await server.stop()
    }
}

/// Answers over UDP, wrongly.
private final class LyingServer: Sendable {
    let port: Int
    private let channel: any Channel

    init(_ manner: HostileServerTests.Manner) async throws {
        let start = Int.random(in: 0..<90)
        var bound: (any Channel)?
        for offset in 0..<90 where bound == nil {
            bound = try? await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(LyingHandler(manner))
                    }
                }
                .bind(host: "127.0.0.1", port: 37_400 + (start + offset) % 90).get()
        }
        channel = try #require(bound)
        port = try #require(channel.localAddress?.port)
    }

    func stop() async throws { try await channel.close().get() }
}

private final class LyingHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let manner: HostileServerTests.Manner

    init(_ manner: HostileServerTests.Manner) { self.manner = manner }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let query = Array(envelope.data.readableBytesView)
        guard query.count > 16, let answer = answer(query) else { return }
        let reply = AddressedEnvelope(
            remoteAddress: envelope.remoteAddress, data: context.channel.allocator.buffer(bytes: answer))
        context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
    }

    private func answer(_ query: [UInt8]) -> [UInt8]? {
        var end = 12
        while end < query.count, query[end] != 0 { end += 1 + Int(query[end]) }
        guard end + 5 <= query.count else { return nil }
        let question = Array(query[12..<(end + 5)])
        let type = Array(question.suffix(4).prefix(2))
        func message(_ flags: [UInt8], _ answers: Int, _ rest: [UInt8]) -> [UInt8] {
            Array(query[..<2]) + flags + [0, 1, 0, UInt8(answers), 0, 0, 0, 0] + question + rest
        }
        // A record at the question's name with data of its type's kind.
        let data: [UInt8] = type == [0, 1] ? [127, 0, 0, 2] : [1, 0x61]
        func record(_ type: [UInt8], _ kind: [UInt8], _ data: [UInt8]) -> [UInt8] {
            [0xc0, 0x0c] + type + kind + [0, 0, 0, 60, 0, UInt8(data.count)] + data
        }
        let good: [UInt8] = [0x81, 0x80]
        switch manner {
        case .silent: return nil
        case .garbage: return (0..<200).map { _ in UInt8.random(in: 0...255) }
        case .wrongClass: return message(good, 1, record(type, [0, 3], data))
        case .wrongIdentifier:
            return [query[0] ^ 1, query[1]] + message(good, 1, record(type, [0, 1], data)).dropFirst(2)
        case .wrongQuestion:
            var other = message(good, 1, record(type, [0, 1], data))
            other[13] ^= 1
            return other
        case .serverFailure: return message([0x81, 0x82], 0, [])
        case .aliasLoop: return message(good, 1, record([0, 5], [0, 1], [0xc0, 0x0c]))
        case .truncated: return message([0x83, 0x80], 0, [])
        case .empty: return Array(query[..<2])
        case .pointerLoop:
            return message(good, 1, record(type, [0, 1], [0xc0, UInt8(truncatingIfNeeded: 12 + question.count + 12)]))
        }
    }
}
