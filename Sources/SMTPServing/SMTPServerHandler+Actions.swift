import MailTypes
import NIOCore
import SMTPProtocol

extension SMTPServerHandler {
    /// Does what the session says. `isOurs`: a refusal among it comes from the intake, not from the policy.
    func perform(_ action: ServerAction, isOurs: Bool = false) {
        switch action {
        case .reply(let reply):
            if isOurs { noteRefusal(reply) }
            write(reply)
        case .close(let reply):
            end(reply, reply.code == .closing ? .quit : .limit)
        case .greeted(let reply):
            dropMessage()
            info = SessionInfo(
                connection: info.connection, peer: info.peer, hostName: info.hostName, helloName: session.helloName,
                isESMTP: session.isESMTP, security: info.security, identity: info.identity)
            write(reply)
        case .abandon(let reply):
            dropMessage()
            if isOurs { noteRefusal(reply) }
            write(reply)
        case .startTLS(let reply): startTLS(reply)
        case .askSender(let path):
            let refusal = info.identity.map { service.policy.sender(path, $0, info) } ?? SessionReplies.relayDenied
            perform(session.senderAnswered(refusal))
        case .askRecipient(let address, let count):
            let refusal =
                info.identity.map { service.policy.recipient(address, $0, info, count: count) }
                ?? SessionReplies.relayDenied
            perform(session.recipientAnswered(refusal))
        case .openData(let envelope):
            perform(session.dataOpened(openMessage(envelope, framing: .dots)))
        case .openChunk(let envelope, let size, let isLast):
            let refusal = openMessage(envelope, framing: .counted)
            perform(session.chunkOpened(refusal, size: size, isLast: isLast))
        case .readData(let reply):
            write(reply)
            enterContent(.data)
        case .readChunk(let size, let isLast): enterContent(.chunk(remaining: size, isLast: isLast))
        case .skipChunk(let size, let reply):
            dropMessage()
            if isOurs { noteRefusal(reply) }
            enterContent(.skip(remaining: size, reply))
        case .verify(let user, let password): verify(user, password)
        case .lookUp(let user): lookUp(user)
        case .accept(let user): scramFinished(user, succeeded: true)
        case .reject(let user): scramFinished(user, succeeded: false)
        }
    }

    private func noteRefusal(_ reply: Reply) {
        if !reply.code.isPositive { service.policy.note(.refused(reply), info) }
    }

    private func enterContent(_ phase: Phase) {
        self.phase = phase
        deadline = loop.now + service.timeouts.data
    }

    /// Waits for somebody's answer. The number is what ``isWaiting(_:)`` asks for when it comes.
    func wait(_ wait: Wait) -> UInt64 {
        phase = .waiting(wait)
        deadline = loop.now + service.timeouts.answer
        waits += 1
        return waits
    }

    /// Whether the answer with this number is still waited for.
    func isWaiting(_ number: UInt64) -> Bool {
        guard number == waits, case .waiting = phase else { return false }
        return true
    }
}
