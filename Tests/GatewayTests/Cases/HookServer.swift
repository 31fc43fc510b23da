import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A web server on loopback that answers as a test says, and remembers what it was asked.
final class HookServer: Sendable {
    struct Request: Sendable, Equatable {
        var path: String
        var signature: String
        var body: [UInt8]
    }

    enum Answer: Sendable {
        case status(UInt)
        /// Sends the reader elsewhere.
        case redirect(String)
        /// First says that the answer is to come.
        case continued(UInt)
        /// Takes the request, and says nothing.
        case silence
        /// Closes the connection.
        case hangUp
    }

    let port: Int
    private let channel: any Channel
    private let seen: NIOLockedValueBox<[Request]>

    /// No other test uses these.
    private static let ports = 38_500..<39_500

    /// - Parameter answers: one after the other; the last one stays.
    init(_ answers: [Answer], tls: NIOSSLContext? = nil) async throws {
        let seen = NIOLockedValueBox<[Request]>([])
        let rest = NIOLockedValueBox(answers)
        self.seen = seen
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Handler(seen: seen, rest: rest))
                }
            }
        let start = Int.random(in: Self.ports)
        var bound: (any Channel)?
        for offset in 0..<100 where bound == nil {
            let port = Self.ports.lowerBound + (start - Self.ports.lowerBound + offset) % Self.ports.count
            bound = try? await bootstrap.bind(host: "127.0.0.1", port: port).get()
        }
        guard let bound, let port = bound.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        (channel, self.port) = (bound, port)
    }

    var requests: [Request] { seen.withLockedValue { $0 } }

    func stop() async throws { try await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let seen: NIOLockedValueBox<[Request]>
        private let rest: NIOLockedValueBox<[Answer]>
        private var request = Request(path: "", signature: "", body: [])

        init(seen: NIOLockedValueBox<[Request]>, rest: NIOLockedValueBox<[Answer]>) {
            self.seen = seen
            self.rest = rest
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = Request(
                    path: head.uri, signature: head.headers.first(name: "Sluice-Signature") ?? "", body: [])
            case .body(let part): request.body += Array(part.readableBytesView)
            case .end:
                seen.withLockedValue { $0.append(request) }
                let answer = rest.withLockedValue { $0.count > 1 ? $0.removeFirst() : $0.first }
                answer.map { give($0, context) }
            }
        }

        private func give(_ answer: Answer, _ context: ChannelHandlerContext) {
            switch answer {
            case .status(let code): finish(code, [:], context)
            case .redirect(let place): finish(302, ["Location": place], context)
            case .continued(let code):
                let head = HTTPResponseHead(version: .http1_1, status: .processing)
                context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
                finish(code, [:], context)
            case .silence: break
            case .hangUp: context.close(promise: nil)
            }
        }

        private func finish(_ code: UInt, _ headers: HTTPHeaders, _ context: ChannelHandlerContext) {
            var headers = headers
            headers.add(name: "Content-Length", value: "2")
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: Int(code)), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "ok")))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
