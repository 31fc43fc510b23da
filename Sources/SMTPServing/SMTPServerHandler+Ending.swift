import MailTypes
import NIOCore
import SMTPProtocol

extension SMTPServerHandler {
    /// How long input is dropped after the last reply, so that the client can read it before it sees a reset.
    private static let lingering = TimeAmount.seconds(5)

    // MARK: - Output

    /// Nothing more is said.
    private var isOver: Bool {
        switch phase {
        case .draining: true
        case .closed: closeReason != nil
        default: false
        }
    }

    func write(_ reply: Reply) {
        guard !isOver else { return }
        var buffer = output ?? loop.takeBuffer()
        output = nil
        buffer.writeReply(reply)
        output = buffer
    }

    /// Sends the replies that were collected.
    func flush() {
        guard let buffer = output else { return }
        output = nil
        guard let context, buffer.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        loop.giveBack(buffer)
    }

    // MARK: - End

    /// The last reply, and the end of the connection. The message under way is given up.
    func end(_ reply: Reply, _ reason: IntakeEvent.CloseReason) {
        guard !isOver else { return }
        dropMessage()
        if case .handshake = phase {
            closeReason = reason
            return closeChannel()
        }
        write(reply)
        flush()
        closeReason = closeReason ?? reason
        guard let context else { return }
        input = ByteBuffer()
        phase = .draining
        deadline = loop.now + Self.lingering
        guard reason != .quit, info.security == nil else { return closeChannel() }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenFailure { _ in self.closeChannel() }
        context.close(mode: .output, promise: promise)
    }

    /// Ends the connection without a word.
    func closeChannel() {
        dropMessage()
        input = ByteBuffer()
        phase = .closed
        deadline = .distantFuture
        closeReason = closeReason ?? .lost
        context?.close(mode: .all, promise: nil)
    }

    /// Something took longer than it may.
    func expire() {
        switch phase {
        case .proxyHeader, .handshake:
            closeReason = .timeout
            closeChannel()
        case .commands, .longLine, .data, .chunk, .skip: end(SessionReplies.timeout, .timeout)
        case .waiting(.login):
            // A late answer finds that nobody waits for it.
            enterCommands()
            perform(session.authenticationAnswered(.unavailable))
            resume()
        case .waiting: end(SessionReplies.receiverFailed, .timeout)
        case .draining: closeChannel()
        case .closed: deadline = .distantFuture
        }
    }

    /// The channel is gone: gives back all that the session took.
    func forget() {
        guard slot >= 0 else { return }
        dropMessage()
        loop.memory.giveBack(inputCharge)
        inputCharge = 0
        loop.ledger.close(&place)
        phase = .closed
        deadline = .distantFuture
        let reason = closeReason ?? .lost
        closeReason = reason
        service.policy.note(.closed(reason: reason), info)
        loop.remove(self)
    }
}
