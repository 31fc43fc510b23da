import MailTypes
import NIOCore
import NIOTLS
import SMTPProtocol

/// The shell around one ``ServerSession``: bytes in, replies out, policy and receiver asked on the way.
///
/// It decides nothing about the protocol. What it has of its own is what needs a channel: reading no more than it can
/// hand on, sending all replies of one read at once, TLS, time, and the places and the memory that a session takes.
///
/// Threads: used on its channel's event loop only. Files: `+Input` reads, `+Actions` does what the session says,
/// `+Message` hands content on, `+Login`, `+Opening` (PROXY, TLS, greeting), `+Ending`.
final class SMTPServerHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the next bytes are.
    enum Phase {
        case proxyHeader
        /// TLS is being negotiated; `greets` on a listener with implicit TLS.
        case handshake(greets: Bool)
        case commands
        /// A line that was too long, up to its end.
        case longLine(dropped: Int)
        case data
        case chunk(remaining: Int, isLast: Bool)
        /// Bytes of a chunk that nobody takes, and the reply that follows them.
        case skip(remaining: Int, Reply)
        /// Nothing is read before somebody answers.
        case waiting(Wait)
        /// The last reply is out; what still comes is dropped, so that the reply is not lost to a reset.
        case draining
        case closed
    }

    enum Wait {
        case login
        /// For the receiver to take what it has.
        case receiver(then: Continuation)
        /// For the answer to the message.
        case answer
    }

    /// Where reading goes on when the receiver took its bytes.
    enum Continuation {
        case data
        case chunk(remaining: Int, isLast: Bool)
        case end
    }

    let loop: LoopSessions
    let peerAddress: IPAddress
    let peerPort: UInt16
    /// Place in the loop's list; -1 outside it.
    var slot = -1

    var service: ListenerService
    /// To be taken over at the next command outside a transaction.
    var nextService: ListenerService?
    var session: ServerSession
    var info: SessionInfo
    var place = ConnectionLedger.Place()
    var phase = Phase.closed
    var deadline = NIODeadline.distantFuture
    /// When the connection came.
    var opened: NIODeadline

    var context: ChannelHandlerContext?
    var input = ByteBuffer()
    /// `input` is as large as what it holds, not a slice of what was read.
    var ownsInput = true
    /// What of the memory budget the waiting input takes.
    var inputCharge = 0
    var output: ByteBuffer?
    var message: IncomingMessage?
    var login: LoginUnderWay?
    /// Counts waits, so that an answer that came too late is known as such.
    var waits: UInt64 = 0
    var closeReason: IntakeEvent.CloseReason?
    var isStopping = false
    var isProcessing = false
    /// Between the first byte of a read and its end: replies are collected.
    var isInBurst = false
    var isReadWanted = false

    init(_ service: ListenerService, _ loop: LoopSessions, address: IPAddress, port: UInt16) {
        self.service = service
        self.loop = loop
        peerAddress = address
        peerPort = port
        opened = loop.now
        session = ServerSession(settings: service.settings, isKnown: false, isEncrypted: false)
        info = SessionInfo(
            connection: ConnectionID(rawValue: 0),
            peer: PeerInfo(
                address: address, port: port, listener: service.listener.name, kind: service.listener.kind),
            hostName: service.settings.hostName)
    }

    // MARK: - Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { open() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        forget()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if case .closed = phase, closeReason == nil { open() }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        forget()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isInBurst = true
        take(unwrapInboundIn(data))
        process()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInBurst = false
        flush()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if isPaused {
            isReadWanted = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resume() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { encrypted() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .handshake = phase { closeReason = closeReason ?? .tlsFailure }
        closeReason = closeReason ?? .lost
        closeChannel()
    }

    // MARK: - Time, reload, stop

    func tick(_ now: NIODeadline) {
        if now >= deadline {
            expire()
        } else if let message, message.isTooSlow(now, service.timeouts) {
            end(SessionReplies.tooSlow, .tooSlow)
        } else if session.permission != .granted, now >= opened + service.timeouts.login, case .commands = phase {
            end(SessionReplies.timeout, .timeout)
        }
    }

    func replace(_ service: ListenerService) {
        nextService = service
        if case .commands = phase { adoptIfFree() }
    }

    /// Ends the session when its message is done.
    func stop() {
        isStopping = true
        switch phase {
        case .commands, .longLine, .proxyHeader, .handshake:
            if !session.isInTransaction { end(SessionReplies.stopping, .stopping) }
        default: break
        }
    }
}
