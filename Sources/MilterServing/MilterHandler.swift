import MailTypes
import MilterProtocol
import NIOCore
import SMTPProtocol

/// Tells a handler that the filter stops: it ends between messages.
struct MilterStopEvent: Sendable {}

/// One connection of a mail server: a shell around `MilterSession`.
///
/// While somebody has to answer (the disk, a list that is asked by DNS) no more is read, so that what waits here stays
/// bounded by one packet.
final class MilterHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let settings: MilterSettings
    private let policy: any MilterPolicy
    private let number: UInt64

    private var decoder = MilterFrameDecoder()
    private var session = MilterSession()
    /// Of the packet under way.
    private var steps: [MilterSession.Step] = []
    private var transaction: MailTransaction?
    private var source: MilterSource?
    private var receiver: (any MilterReceiver)?
    private var size = 0
    private var context: ChannelHandlerContext?
    private var isWaiting = false
    private var isReadWanted = false
    private var isStopping = false
    private var isWorking = false

    init(_ settings: MilterSettings, policy: any MilterPolicy, number: UInt64) {
        self.settings = settings
        self.policy = policy
        self.number = number
    }

    // MARK: - Channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        forget()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        forget()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.feed(unwrapInboundIn(data).readableBytesView)
        work()
    }

    func read(context: ChannelHandlerContext) {
        if isWaiting { isReadWanted = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is MilterStopEvent:
            isStopping = true
            endIfStopping()
        case is IdleStateHandler.IdleStateEvent where !isWaiting: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func endIfStopping() {
        if isStopping, session.isIdle, !isWaiting { context?.close(promise: nil) }
    }

    private func forget() {
        receiver?.abort()
        receiver = nil
        transaction = nil
        source = nil
        size = 0
    }

    // MARK: - Work

    private func work() {
        guard !isWorking else { return }
        isWorking = true
        defer { isWorking = false }
        do throws(MilterError) {
            while !isWaiting, context?.channel.isActive == true {
                if !steps.isEmpty {
                    perform(steps.removeFirst())
                } else if let packet = try decoder.next() {
                    steps = try session.receive(MilterCommand(packet))
                } else {
                    break
                }
            }
        } catch {
            context?.close(promise: nil)
        }
        context?.flush()
        endIfStopping()
    }

    private func perform(_ step: MilterSession.Step) {
        switch step {
        case .answer(let answer): write(answer)
        case .mail(let arguments): write(session.take(mail(arguments)))
        case .recipient(let arguments): write(session.takeRecipient(recipient(arguments)))
        case .open: open()
        case .content(let bytes): content(bytes)
        case .end: end()
        case .forget: forget()
        case .close: context?.close(promise: nil)
        }
    }

    private func write(_ answer: MilterAnswer) {
        guard let context else { return }
        context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: answer.bytes)), promise: nil)
    }

    private func mail(_ arguments: [[UInt8]]) -> MilterSession.Taking {
        forget()
        guard let identity = policy.identify(session.client) else { return .passed }
        switch EnvelopeReading.sender(arguments, host: settings.hostName) {
        case .failure(let error): return .refused(error.reply)
        case .success(let transaction):
            let source = MilterSource(client: session.client, identity: identity, connection: number)
            if let refusal = policy.sender(transaction.envelope.sender, source) { return .refused(refusal) }
            self.transaction = transaction
            self.source = source
            return .taken
        }
    }

    private func recipient(_ arguments: [[UInt8]]) -> MilterSession.Taking {
        guard let source, let count = transaction?.envelope.recipients.count else { return .passed }
        switch EnvelopeReading.recipient(arguments, host: settings.hostName) {
        case .failure(let error): return .refused(error.reply)
        case .success(let (address, parameters)):
            if count >= settings.limits.recipientsPerMessage {
                return .refused(
                    Reply(.insufficientStorage, EnhancedStatusCode(4, 5, 3), "Too many recipients; send the rest later")
                )
            }
            if let refusal = policy.recipient(address, source, count: count) { return .refused(refusal) }
            transaction?.add(address, parameters)
            return .taken
        }
    }

    private func open() {
        guard let context, let source, let transaction else {
            return session.refuse(Self.lost)
        }
        switch policy.open(transaction.envelope, source, on: context.eventLoop) {
        case .success(let receiver): self.receiver = receiver
        case .failure(let refusal): session.refuse(refusal.reply)
        }
    }

    private func content(_ bytes: [UInt8]) {
        guard let receiver, let context else { return }
        size += bytes.count
        guard size <= settings.limits.messageSize.bytes else {
            forget()
            return session.refuse(Reply(.exceededStorage, EnhancedStatusCode(5, 3, 4), "The message is too large"))
        }
        guard let wait = receiver.receive(context.channel.allocator.buffer(bytes: bytes)) else { return }
        isWaiting = true
        wait.assumeIsolated().whenComplete { result in
            if case .failure(let error) = result {
                self.forget()
                self.session.refuse(Self.reply(error))
            }
            self.resume()
        }
    }

    private func end() {
        if let refusal = session.refusal { return decide(.refused(refusal)) }
        guard let receiver else {
            return decide(.refused(Self.lost))
        }
        isWaiting = true
        receiver.finish().assumeIsolated().whenComplete { result in
            guard self.receiver === receiver else { return }
            // It is done, whatever it said.
            self.receiver = nil
            switch result {
            case .success(let fate): self.decide(fate)
            case .failure(let error): self.decide(.refused(Self.reply(error)))
            }
            self.resume()
        }
    }

    private func decide(_ fate: MilterSession.Fate) {
        for answer in session.decide(fate) { write(answer) }
        forget()
    }

    private func resume() {
        isWaiting = false
        work()
        if isReadWanted, !isWaiting {
            isReadWanted = false
            context?.read()
        }
    }

    /// Steps came in an order that leaves nothing to judge.
    private static let lost = Reply(.localError, EnhancedStatusCode(4, 3, 0), "The filter lost this message")

    private static func reply(_ error: any Error) -> Reply {
        (error as? MilterRefusal)?.reply
            ?? Reply(.localError, EnhancedStatusCode(4, 3, 0), "The filter is in trouble; try again later")
    }
}
