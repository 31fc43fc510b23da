import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
import NIOTLS
import SMTPProtocol

/// The shell around `ClientSession`: carries out its actions on a channel and keeps its deadlines. All on one event loop.
final class SMTPClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the handler needs to begin TLS.
    struct TLS {
        var context: NIOSSLContext
        var serverName: String?
    }

    private struct Pending {
        var message: OutgoingMessage
        var promise: EventLoopPromise<DeliveryResult>
    }

    private var session: ClientSession
    private let timeouts: SendingTimeouts
    private let tls: TLS?
    private let counters: NIOLockedValueBox<SendingCounters>
    private var ready: EventLoopPromise<ServerExtensions>?
    private var pending: Pending?
    private var context: ChannelHandlerContext?
    private var deadline: NIODeadline?
    private var phase = ClientPhase.greeting
    private var ticker: RepeatedTask?
    private var writer = ContentWriter()
    /// Reused for messages that fit: its storage is free again when the last write is done.
    private var joined = ByteBuffer()
    /// The chunk that is asked for next, while a stream is being sent; `nil` otherwise.
    private var nextChunk: Int?
    private var isReading = false
    private(set) var tlsVersion: String?

    init(
        _ settings: ClientSession.Settings, timeouts: SendingTimeouts, tls: TLS?,
        counters: NIOLockedValueBox<SendingCounters>, ready: EventLoopPromise<ServerExtensions>
    ) {
        session = ClientSession(settings)
        self.timeouts = timeouts
        self.tls = tls
        self.counters = counters
        self.ready = ready
    }

    // MARK: For the connection

    /// One transaction. `neverStarted` at once if the session is not free for it.
    func send(_ message: OutgoingMessage, _ promise: EventLoopPromise<DeliveryResult>) {
        var actions: [ClientAction] = []
        guard pending == nil, let context else {
            let reply = Reply(.localError, EnhancedStatusCode(4, 4, 2), "The connection is not free for a message")
            promise.succeed(
                DeliveryResult(
                    replies: message.envelope.recipients.map { _ in reply }, connection: .neverStarted,
                    passedOnNotify: false, isAmbiguous: false))
            return
        }
        pending = Pending(message: message, promise: promise)
        if case .stream(let read) = message.content, session.needsSurvey(message.envelope) {
            return survey(read, 0, ContentSurvey(), context)
        }
        session.begin(message.envelope, size: message.size, survey: { message.survey }, &actions)
        perform(actions, context)
    }

    /// Reads a stream for what its bytes are, a chunk at a time, before the transaction begins.
    private func survey(
        _ read: @escaping @Sendable (Int) -> EventLoopFuture<ByteBuffer?>, _ number: Int, _ survey: ContentSurvey,
        _ context: ChannelHandlerContext
    ) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        read(number).hop(to: context.eventLoop).whenComplete { result in
            var survey = survey
            // What cannot be read fails when it is sent, with its own reply.
            if case .success(let chunk?) = result {
                chunk.withUnsafeReadableBytes { survey.scan($0) }
                if !survey.isDecided { return bound.value.surveyOn(read, number + 1, survey) }
            }
            bound.value.surveyed(survey)
        }
    }

    private func surveyOn(
        _ read: @escaping @Sendable (Int) -> EventLoopFuture<ByteBuffer?>, _ number: Int, _ found: ContentSurvey
    ) {
        guard let context else { return surveyed(found) }
        survey(read, number, found, context)
    }

    private func surveyed(_ survey: ContentSurvey) {
        guard let message = pending?.message else { return }
        var actions: [ClientAction] = []
        // Were the connection lost meanwhile, the session says so.
        session.begin(message.envelope, size: message.size, survey: { survey }, &actions)
        if let context {
            perform(actions, context)
        } else {
            for case .finished(let outcome) in actions { finish(outcome) }
        }
    }

    func quit() {
        guard let context else { return }
        var actions: [ClientAction] = []
        session.quit(&actions)
        perform(actions, context)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ticker?.cancel()
        ticker = nil
        self.context = nil
        ready?.fail(ClientFailure(.lost, "The connection was lost"))
        ready = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard ticker == nil else { return }
        deadline = timeouts[.greeting].map { .now() + $0 }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        ticker = context.eventLoop.scheduleRepeatedTask(initialDelay: timeouts.tick, delay: timeouts.tick) { _ in
            bound.value.tick()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        var actions: [ClientAction] = []
        buffer.withUnsafeReadableBytes { session.receive($0, &actions) }
        perform(actions, context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { readNextChunk(context) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        interrupt(context) { $0.connectionLost("The connection was lost", &$1) }
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            let version = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self).tlsVersion
            tlsVersion = version.map(Self.name) ?? "TLS"
            var actions: [ClientAction] = []
            session.tlsEstablished(&actions)
            perform(actions, context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if tls != nil, tlsVersion == nil, session.phase == .tlsHandshake || session.phase == .greeting,
            error is NIOSSLError
                || error is NIOSSLExtraError || error is BoringSSLError
        {
            return interrupt(context) { $0.tlsFailed("\(error)", &$1) }
        }
        // A peer that ends TLS without saying so: the end of the connection follows and tells all there is to tell.
        if case .uncleanShutdown? = error as? NIOSSLError { return }
        interrupt(context) { $0.connectionLost("The connection failed (\(SafeText.printable("\(error)")))", &$1) }
    }

    private func tick() {
        guard let context, let deadline, deadline <= .now() else { return }
        interrupt(context) { $0.timedOut(&$1) }
    }

    private func interrupt(
        _ context: ChannelHandlerContext, _ event: (inout ClientSession, inout [ClientAction]) -> Void
    ) {
        var actions: [ClientAction] = []
        event(&session, &actions)
        perform(actions, context)
    }

    // MARK: Actions

    private func perform(_ actions: [ClientAction], _ context: ChannelHandlerContext) {
        var needsFlush = false
        for action in actions {
            switch action {
            case .send(let bytes):
                context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
                needsFlush = true
            case .sendContent: needsFlush = sendContent(context) || needsFlush
            case .startTLS: startTLS(context)
            case .ready(let extensions):
                let promise = ready
                ready = nil
                promise?.succeed(extensions)
            case .failed(let failure):
                let promise = ready
                ready = nil
                promise?.fail(failure)
            case .finished(let outcome): finish(outcome)
            case .close:
                nextChunk = nil
                context.close(promise: nil)
            }
        }
        if needsFlush { context.flush() }
        let now = session.phase
        if needsFlush || now != phase {
            phase = now
            deadline = timeouts[now].map { .now() + $0 }
        }
    }

    private func startTLS(_ context: ChannelHandlerContext) {
        do {
            guard let tls else { throw ClientFailure(.tlsUnavailable, "No TLS is configured") }
            let handler = try NIOSSLClientHandler(context: tls.context, serverHostname: tls.serverName)
            try context.pipeline.syncOperations.addHandler(handler, position: .first)
        } catch {
            interrupt(context) { $0.tlsFailed("\(error)", &$1) }
        }
    }

    private func finish(_ outcome: DeliveryResult) {
        guard let done = pending else { return }
        pending = nil
        nextChunk = nil
        counters.withLockedValue { counters in
            counters.transactions += 1
            for reply in outcome.replies where reply.code.isPositive { counters.acceptedRecipients += 1 }
        }
        done.promise.succeed(outcome)
    }

    // MARK: Content

    /// Begins to send the message; true if something was written.
    private func sendContent(_ context: ChannelHandlerContext) -> Bool {
        guard let message = pending?.message else { return false }
        writer = ContentWriter()
        let size: Int
        switch message.content {
        case .stream:
            nextChunk = 0
            readNextChunk(context)
            return false
        case .buffers(let buffers):
            size = buffers.reduce(0) { $0 + $1.readableBytes }
            if size > ContentWriter.joinedSize {
                for buffer in buffers {
                    context.write(wrapOutboundOut(writer.encode(buffer, context.channel.allocator)), promise: nil)
                }
                joined.clear()
            } else {
                joined.clear(minimumCapacity: size + 64)
                for buffer in buffers { buffer.withUnsafeReadableBytes { writer.append($0, to: &joined) } }
            }
        case .bytes(let chunks):
            size = chunks.reduce(0) { $0 + $1.count }
            joined.clear(minimumCapacity: min(size, ContentWriter.joinedSize) + 64)
            for chunk in chunks {
                if joined.readableBytes + chunk.count > ContentWriter.joinedSize {
                    context.write(wrapOutboundOut(joined), promise: nil)
                    joined.clear(minimumCapacity: chunk.count + 64)
                }
                chunk.withUnsafeBytes { writer.append($0, to: &joined) }
            }
        }
        writer.appendEnd(to: &joined)
        context.write(wrapOutboundOut(joined), promise: nil)
        counters.withLockedValue { $0.contentBytes += size }
        session.contentSent()
        return true
    }

    /// Asks for the next chunk, unless one is asked for or the channel has enough.
    private func readNextChunk(_ context: ChannelHandlerContext) {
        guard let number = nextChunk, !isReading, context.channel.isWritable,
            case .stream(let read)? = pending?.message.content
        else { return }
        isReading = true
        let transaction = session.transactions
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        read(number).hop(to: context.eventLoop).whenComplete { result in
            bound.value.chunkRead(result, transaction: transaction)
        }
    }

    private func chunkRead(_ result: Result<ByteBuffer?, any Error>, transaction: Int) {
        isReading = false
        guard let context else { return }
        guard transaction == session.transactions, let number = nextChunk else {
            // For a transaction that is over; the one that came after may wait for its first.
            return readNextChunk(context)
        }
        switch result {
        case .failure:
            nextChunk = nil
            interrupt(context) { $0.contentFailed(&$1) }
        case .success(nil):
            nextChunk = nil
            joined.clear()
            writer.appendEnd(to: &joined)
            context.writeAndFlush(wrapOutboundOut(joined), promise: nil)
            session.contentSent()
            phase = session.phase
            deadline = timeouts[phase].map { .now() + $0 }
        case .success(let chunk?):
            nextChunk = number + 1
            deadline = timeouts[.content].map { .now() + $0 }
            counters.withLockedValue { $0.contentBytes += chunk.readableBytes }
            context.writeAndFlush(
                wrapOutboundOut(writer.encode(chunk, context.channel.allocator)), promise: nil)
            readNextChunk(context)
        }
    }

    private static func name(_ version: TLSVersion) -> String {
        switch version {
        case .tlsv1: "TLSv1"
        case .tlsv11: "TLSv1.1"
        case .tlsv12: "TLSv1.2"
        case .tlsv13: "TLSv1.3"
        }
    }
}
