import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

@testable import SMTPServing

/// A client that a test leads, over a real socket.
final class LiveClient: Sendable {
    private let channel: any Channel
    private let collector: NIOLoopBound<Collector>

    private init(_ channel: any Channel, _ collector: NIOLoopBound<Collector>) {
        self.channel = channel
        self.collector = collector
    }

    static func connect(port: Int) async throws -> LiveClient {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(channel.eventLoop))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let collector = try await channel.eventLoop.submit {
            NIOLoopBound(
                try channel.pipeline.syncOperations.handler(type: Collector.self), eventLoop: channel.eventLoop)
        }.get()
        return LiveClient(channel, collector)
    }

    func send(_ bytes: some Sequence<UInt8> & Sendable) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: Array(bytes)))
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Sends without caring whether the server still listens.
    func push(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

    /// The next whole reply, its lines joined by `\n`; empty when the server has closed.
    func reply() async throws -> String {
        let collector = collector
        return try await channel.eventLoop.flatSubmit { collector.value.next() }.get()
    }

    func ask(_ line: String) async throws -> String {
        try await send(line + "\r\n")
        return try await reply()
    }

    func startTLS(_ context: NIOSSLContext) async throws {
        let (channel, collector) = (channel, collector)
        try await channel.eventLoop.flatSubmit {
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    NIOSSLClientHandler(context: context, serverHostname: nil), position: .first)
            }.flatMap { collector.value.handshake.futureResult }
        }.get()
    }

    func close() async throws { try? await channel.close() }

    /// Completes when the server has closed.
    func closed() async throws { try await channel.closeFuture.get() }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        /// Long enough for a busy machine; a test that waits longer has failed.
        static let patience = TimeAmount.seconds(300)

        let handshake: EventLoopPromise<Void>
        private let loop: any EventLoop
        private var text = ""
        private var lines: [String] = []
        private var replies: [String] = []
        private var waiting: [EventLoopPromise<String>] = []
        private var isClosed = false

        init(_ loop: any EventLoop) {
            self.loop = loop
            handshake = loop.makePromise()
        }

        func next() -> EventLoopFuture<String> {
            if !replies.isEmpty { return loop.makeSucceededFuture(replies.removeFirst()) }
            if isClosed { return loop.makeSucceededFuture("") }
            let promise = loop.makePromise(of: String.self)
            waiting.append(promise)
            let timer = loop.scheduleTask(in: Self.patience) { promise.fail(TestError.timeout("no reply")) }
            promise.futureResult.whenComplete { _ in timer.cancel() }
            return promise.futureResult
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            while let end = text.range(of: "\r\n") {
                let line = String(text[..<end.lowerBound])
                text.removeSubrange(..<end.upperBound)
                lines.append(line)
                guard line.dropFirst(3).first != "-" else { continue }
                let reply = lines.joined(separator: "\n")
                lines = []
                if waiting.isEmpty { replies.append(reply) } else { waiting.removeFirst().succeed(reply) }
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .handshakeCompleted? = event as? TLSUserEvent { handshake.succeed() }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            handshake.fail(error)
            context.close(promise: nil)
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            isClosed = true
            handshake.fail(ChannelError.eof)
            for promise in waiting { promise.succeed("") }
            waiting = []
        }
    }
}
