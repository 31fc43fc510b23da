import ControlStore
import Crypto
import Logging
import MailTypes
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SluiceConfiguration
import TLSContexts

/// Posts notices to web hooks: signed, in order, tried again until they are taken.
///
/// A hook's oldest notice goes first and alone; the next one goes when that one was taken (any 2xx) or its time is over. The
/// signature is `Sluice-Signature: t=UNIX,v1=HEX`, HMAC-SHA256 with the hook's secret over `t`, a dot, and the body.
final class WebhookSender: Sendable {
    static let interval = TimeAmount.seconds(5)
    /// Notices sent to one hook in one round.
    private static let round = 20

    private let control: ControlDatabase
    private let group: any EventLoopGroup
    private let tls: NIOSSLContext
    private let logger: Logger
    private let blocking: CaseKeeper.Blocking
    private let timeout: TimeAmount

    /// - Parameter timeout: for the connection, and for the answer after it.
    init(
        control: ControlDatabase, group: any EventLoopGroup, tls: NIOSSLContext, logger: Logger,
        blocking: CaseKeeper.Blocking, timeout: TimeAmount = .seconds(20)
    ) {
        self.control = control
        self.group = group
        self.tls = tls
        self.logger = logger
        self.blocking = blocking
        self.timeout = timeout
    }

    /// Sends what is due to each hook; none waits for another that is slow. An address that is named twice is one hook.
    func send(to hooks: [Configuration.Webhook], now: @escaping @Sendable () -> Timestamp) async {
        var seen: Set<String> = []
        await withDiscardingTaskGroup { group in
            for hook in hooks where seen.insert(hook.url).inserted {
                group.addTask { [self] in
                    for _ in 0..<Self.round where await !sendOne(to: hook, at: now()) { break }
                }
            }
        }
    }

    /// Whether one was taken, so that the next may follow.
    private func sendOne(to hook: Configuration.Webhook, at time: Timestamp) async -> Bool {
        do {
            let control = control
            let found = try await blocking { try control.nextHook(hook.url, at: time) }
            guard let (notice, body) = found else { return false }
            let (isDone, outcome) = await post(body, to: hook, at: time)
            try await blocking { try control.answered(notice, isDone: isDone, outcome: outcome, at: time) }
            if !isDone { logger.warning("web hook did not take a notice", metadata: ["outcome": "\(outcome)"]) }
            return isDone
        } catch {
            logger.error("web hook failed", metadata: ["error": "\(error)"])
            return false
        }
    }

    static func signature(_ body: [UInt8], secret: Secret, at time: Timestamp) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(time.seconds).".utf8) + body, using: SymmetricKey(data: secret.bytes))
        return "t=\(time.seconds),v1=\(Hexadecimal.text(code))"
    }

    private func post(_ body: [UInt8], to hook: Configuration.Webhook, at time: Timestamp) async -> (Bool, String) {
        guard let target = WebTarget(hook.url) else { return (false, "the address cannot be used") }
        let promise = group.next().makePromise(of: UInt.self)
        do {
            let channel = try await connect(to: target, promise)
            let deadline = channel.eventLoop.scheduleTask(in: timeout) { [timeout] in
                promise.fail(ChannelError.connectTimeout(timeout))
            }
            defer {
                deadline.cancel()
                channel.close(promise: nil)
            }
            let head = HTTPRequestHead(
                version: .http1_1, method: .POST, uri: target.path,
                headers: [
                    "Host": target.authority, "Content-Type": "application/json", "Content-Length": "\(body.count)",
                    "User-Agent": "Sluice/1", "Connection": "close",
                    "Sluice-Signature": Self.signature(body, secret: hook.secret, at: time),
                ])
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
            let status = try await promise.futureResult.get()
            // A redirection is not followed: it would carry what is signed for one place to another.
            return ((200..<300).contains(status), "HTTP \(status)")
        } catch {
            // Nobody else answers it where no connection came about.
            promise.fail(error)
            return (false, SafeText.printable("\(error)", limit: 200))
        }
    }

    private func connect(to target: WebTarget, _ promise: EventLoopPromise<UInt>) async throws -> any Channel {
        try await ClientBootstrap(group: group)
            .connectTimeout(timeout)
            .channelInitializer { [tls] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if target.isSecure {
                        let name = IPAddress(target.host) == nil ? target.host : nil
                        try pipeline.addHandler(try NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(AnswerHandler(promise))
                }
            }
            .connect(host: target.host, port: target.port).get()
    }
}

/// A web address, taken apart: `https://host[:port]/path`.
struct WebTarget: Hashable {
    var isSecure: Bool
    var host: String
    var port: Int
    var authority: String
    var path: String

    init?(_ url: String) {
        isSecure = url.hasPrefix("https://")
        guard isSecure || url.hasPrefix("http://") else { return nil }
        let rest = url.dropFirst(isSecure ? 8 : 7)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        authority = String(rest[..<slash])
        path = slash == rest.endIndex ? "/" : String(rest[slash...])
        var name = authority
        port = isSecure ? 443 : 80
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            name = String(authority[..<colon])
        }
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        guard !name.isEmpty, !authority.contains("@") else { return nil }
        host = name
    }
}

/// Waits for the status of one answer; its body is not read.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<UInt>

    init(_ promise: EventLoopPromise<UInt>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Not those that only say that the answer is to come.
        guard case .head(let head) = unwrapInboundIn(data), head.status.code >= 200 else { return }
        promise.succeed(head.status.code)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
