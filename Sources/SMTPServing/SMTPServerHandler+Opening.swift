import MailTypes
import NIOCore
import NIOSSL
import NIOTLS
import SMTPProtocol

extension SMTPServerHandler {
    /// The connection is there: its place first, then whoever it says it is, then TLS, then the greeting.
    func open() {
        loop.add(self)
        opened = loop.now
        guard !loop.isStopping else { return turnAway(SessionReplies.stopping, .stopping) }
        guard let number = loop.ledger.open(&place, limit: service.limits.connections) else {
            return turnAway(SessionReplies.tooManyConnections, .limit)
        }
        info = SessionInfo(connection: number, peer: info.peer, hostName: info.hostName)
        if service.isProxy(peerAddress) {
            phase = .proxyHeader
            deadline = loop.now + service.timeouts.proxy
        } else {
            admit(info.peer)
        }
        if !isInBurst { flush() }
    }

    func readProxyHeader() -> Bool {
        switch input.withUnsafeReadableBytes({ ProxyHeader.parse($0) }) {
        case .incomplete: return false
        case .invalid:
            closeReason = .refused
            closeChannel()
            return false
        case .complete(let header, let consumed):
            input.moveReaderIndex(forwardBy: consumed)
            var peer = info.peer
            if case .client(let address, let port) = header {
                peer.proxy = peerAddress
                peer.address = address
                peer.port = port
            }
            admit(peer)
            return true
        }
    }

    private func admit(_ peer: PeerInfo) {
        info = SessionInfo(connection: info.connection, peer: peer, hostName: info.hostName)
        let limits = service.limits
        guard loop.ledger.enter(peer.address.site, &place, limit: limits.connectionsPerSite) else {
            return turnAway(SessionReplies.tooManyConnections, .limit)
        }
        let isKnown: Bool
        switch identify(peer) {
        case .success(let identity):
            isKnown = identity != nil
            info = SessionInfo(
                connection: info.connection, peer: peer, hostName: info.hostName,
                identity: service.settings.kind.needsLogin ? nil : identity)
        case .failure(let refusal):
            return turnAway(
                refusal.reply, refusal.reply == SessionReplies.tooManyConnections ? .limit : .refused)
        }
        session = ServerSession(settings: service.settings, isKnown: isKnown, isEncrypted: false)
        guard service.settings.kind == .submissions else { return greet() }
        guard let tls = service.listener.tls else { return closeChannel() }
        beginTLS(tls(), greets: true)
    }

    /// Asks the policy whose address this is, and takes a place among the customer's connections.
    private func identify(_ peer: PeerInfo) -> Result<SubmissionIdentity?, ReplyError> {
        switch service.policy.admit(peer) {
        case .refuse(let reply): return .failure(ReplyError(reply))
        case .stranger: return .success(nil)
        case .customer(let customer):
            guard enter(customer) else { return .failure(ReplyError(SessionReplies.tooManyConnections)) }
            return .success(
                SubmissionIdentity(customer: customer, server: peer.address, account: nil, evidence: .address))
        }
    }

    /// Takes a place among the customer's connections; `false`: too many.
    func enter(_ customer: CustomerID) -> Bool {
        let limit = service.policy.connectionLimit(customer) ?? service.limits.connectionsPerCustomer
        return loop.ledger.enter(customer, &place, limit: limit)
    }

    private func turnAway(_ reply: Reply, _ reason: IntakeEvent.CloseReason) {
        service.policy.note(.turnedAway(reply), info)
        guard service.settings.kind != .submissions else {
            // No TLS is made for somebody who is sent away; in the clear, the client could not read it.
            closeReason = reason
            return closeChannel()
        }
        end(reply, reason)
    }

    private func greet() {
        service.policy.note(.opened, info)
        write(session.greeting)
        enterCommands()
    }

    // MARK: - TLS

    /// RFC 3207 §4.2: what the client sent behind STARTTLS in the clear is thrown away, however it came.
    func startTLS(_ reply: Reply) {
        guard let tls = service.listener.tls else { return write(SessionReplies.tlsUnavailable) }
        write(reply)
        flush()
        input = ByteBuffer()
        beginTLS(tls(), greets: false)
    }

    private func beginTLS(_ tls: NIOSSLContext, greets: Bool) {
        guard let context else { return }
        phase = .handshake(greets: greets)
        deadline = loop.now + service.timeouts.handshake
        let rest = input
        input = ByteBuffer()
        // The end of this read comes to the TLS handler, which need not pass it on.
        isInBurst = false
        do {
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(NIOSSLServerHandler(context: tls), position: .first)
            // Only behind a PROXY header: the client's first TLS bytes came with it.
            guard rest.readableBytes > 0 else { return }
            pipeline.fireChannelRead(NIOAny(rest))
            pipeline.fireChannelReadComplete()
        } catch {
            closeReason = .tlsFailure
            closeChannel()
        }
    }

    /// The handshake is done.
    func encrypted() {
        guard case .handshake(let greets) = phase else { return }
        session.encrypted()
        let version = try? context?.pipeline.syncOperations.nioSSL_tlsVersion()
        info = SessionInfo(
            connection: info.connection, peer: info.peer, hostName: info.hostName,
            security: TransportSecurity(version: version?.name ?? "TLS"), identity: info.identity)
        service.policy.note(.encrypted, info)
        if greets { greet() } else { enterCommands() }
        if isStopping { end(SessionReplies.stopping, .stopping) }
        resume()
    }

    // MARK: - Reload

    /// Takes a new configuration over, unless a message is under way: then after it.
    func adoptIfFree() {
        guard let next = nextService, !session.isInTransaction, !session.isAuthenticating, message == nil else {
            return
        }
        nextService = nil
        service = next
        var identity = info.identity
        var isKnown = false
        if identity?.evidence != .login {
            switch identify(info.peer) {
            case .success(let found):
                isKnown = found != nil
                identity = next.settings.kind.needsLogin ? nil : found
            case .failure(let refusal): return end(refusal.reply, .refused)
            }
        }
        session.adopt(next.settings, isKnown: isKnown)
        info = SessionInfo(
            connection: info.connection, peer: info.peer, hostName: next.settings.hostName,
            helloName: info.helloName, isESMTP: info.isESMTP, security: info.security, identity: identity)
    }
}

extension TLSVersion {
    /// As trace lines call it.
    var name: String {
        switch self {
        case .tlsv1: "TLSv1"
        case .tlsv11: "TLSv1.1"
        case .tlsv12: "TLSv1.2"
        case .tlsv13: "TLSv1.3"
        }
    }
}
