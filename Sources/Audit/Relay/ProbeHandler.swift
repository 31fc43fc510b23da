import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOTLS
import SMTPProtocol

/// Collects a server's replies for whom waits for them. All state is behind a lock, so that both sides may ask.
final class ProbeHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private struct State {
        var reader = ReplyReader()
        var replies: [Reply] = []
        var waiting: EventLoopPromise<Reply>?
        var handshake: EventLoopPromise<Void>?
        var failure: AuditError?
    }

    /// Replies that nobody asked for; a server that sends more is not talking SMTP.
    private static let maximumReplies = 16
    private let state = NIOLockedValueBox(State())

    /// The next reply; one waits at a time.
    func next(on loop: any EventLoop, within timeout: Duration) -> EventLoopFuture<Reply> {
        let promise = loop.makePromise(of: Reply.self)
        let ready: Result<Reply, AuditError>? = state.withLockedValue { state in
            if !state.replies.isEmpty { return .success(state.replies.removeFirst()) }
            if let failure = state.failure { return .failure(failure) }
            state.waiting = promise
            return nil
        }
        switch ready {
        case .success(let reply)?: promise.succeed(reply)
        case .failure(let error)?: promise.fail(error)
        case nil:
            let timer = loop.scheduleTask(in: TimeAmount(timeout)) {
                self.fail(AuditError(.timeout, "no answer within \(timeout)"))
            }
            promise.futureResult.whenComplete { _ in timer.cancel() }
        }
        return promise.futureResult
    }

    /// Forgets what came before TLS: nothing said in clear text may count behind it (RFC 3207 §6).
    func beginHandshake(_ promise: EventLoopPromise<Void>) {
        state.withLockedValue { state in
            state.reader = ReplyReader()
            state.replies = []
            state.handshake = promise
        }
    }

    func fail(_ error: AuditError) {
        let (waiting, handshake) = state.withLockedValue { state in
            state.failure = state.failure ?? error
            defer {
                state.waiting = nil
                state.handshake = nil
            }
            return (state.waiting, state.handshake)
        }
        waiting?.fail(error)
        handshake?.fail(error)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        var isBroken = false
        buffer.withUnsafeReadableBytes { bytes in
            var start = 0
            while start < bytes.count, !isBroken {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
                let result = state.withLockedValue { state in Result { try state.reader.read(rest) } }
                switch result {
                case .success((let reply, let consumed)):
                    start += consumed
                    if let reply { isBroken = !deliver(reply) }
                case .failure:
                    fail(AuditError(.malformed, "the server's answer is no SMTP reply"))
                    isBroken = true
                }
            }
        }
        if isBroken { context.close(promise: nil) }
    }

    private func deliver(_ reply: Reply) -> Bool {
        let (waiting, isFull) = state.withLockedValue { state in
            defer { state.waiting = nil }
            if state.waiting == nil { state.replies.append(reply) }
            return (state.waiting, state.replies.count > Self.maximumReplies)
        }
        waiting?.succeed(reply)
        if isFull { fail(AuditError(.malformed, "the server sends replies that nobody asked for")) }
        return !isFull
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            let promise = state.withLockedValue { state in
                defer { state.handshake = nil }
                return state.handshake
            }
            promise?.succeed()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(AuditError(.connection, "the server closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(AuditError(.connection, SafeText.printable("\(error)")))
        context.close(promise: nil)
    }
}
