import MailTypes
import NIOCore
import SMTPProtocol

extension SMTPServerHandler {
    /// Opens a receiver; the refusal, if there is one.
    func openMessage(_ envelope: Envelope, framing: DataDecoder.Framing) -> Reply? {
        guard let identity = info.identity else { return SessionReplies.relayDenied }
        switch service.policy.open(envelope, identity, info, on: loop.eventLoop) {
        case .failure(let error): return error.reply
        case .success(let receiver):
            message = IncomingMessage(
                receiver, framing: framing, limits: service.limits, memory: loop.memory, now: loop.now)
            guard message == nil else { return nil }
            receiver.abort()
            return SessionReplies.outOfMemory
        }
    }

    func readData() -> Bool {
        guard let message else { return lostMessage() }
        deadline = loop.now + service.timeouts.data
        let piece = read(into: message, limit: Self.pieceLimit)
        goOn(message, piece.future, piece.isComplete ? .end : .data)
        return true
    }

    func readChunk(_ remaining: Int, _ isLast: Bool) -> Bool {
        guard let message else { return lostMessage() }
        guard remaining > 0 else { return endChunk(message, isLast) }
        deadline = loop.now + service.timeouts.data
        let before = input.readableBytes
        let piece = read(into: message, limit: min(remaining, Self.pieceLimit))
        let left = remaining - (before - input.readableBytes)
        goOn(message, piece.future, .chunk(remaining: left, isLast: isLast))
        return true
    }

    private func endChunk(_ message: IncomingMessage, _ isLast: Bool) -> Bool {
        guard isLast else {
            enterCommands()
            let refusal = message.content.refusal
            perform(session.chunkRead(refusal), isOurs: !message.isOurFault)
            return true
        }
        message.content.endCounted()
        var future: EventLoopFuture<Void>?
        // What is stored and sent on ends with a line end.
        if message.content.refusal == nil, message.content.needsLineEnd {
            future = message.give(ByteBuffer(string: "\r\n"))
        }
        goOn(message, future, .end)
        return true
    }

    func skipChunk(_ remaining: Int, _ reply: Reply) -> Bool {
        let count = min(remaining, input.readableBytes)
        input.moveReaderIndex(forwardBy: count)
        if remaining == count {
            enterCommands()
            write(reply)
        } else {
            phase = .skip(remaining: remaining - count, reply)
            deadline = loop.now + service.timeouts.data
        }
        return true
    }

    /// Reads at most `limit` bytes of the input, and gives the content among them to the receiver.
    private func read(
        into message: IncomingMessage, limit: Int
    ) -> (isComplete: Bool, future: EventLoopFuture<Void>?) {
        var first = 0..<0
        var more: [Range<Int>] = []
        let result = input.withUnsafeReadableBytes { bytes in
            message.content.read(UnsafeRawBufferPointer(rebasing: bytes.prefix(limit))) { range in
                if first.isEmpty {
                    first = range
                } else if more.isEmpty, first.upperBound == range.lowerBound {
                    first = first.lowerBound..<range.upperBound
                } else {
                    more.append(range)
                }
            }
        }
        var future: EventLoopFuture<Void>?
        if message.content.refusal != nil {
            message.abort()
        } else if !first.isEmpty {
            future = message.give(content(first, more))
        }
        input.moveReaderIndex(forwardBy: result.consumed)
        return (result.isComplete, future)
    }

    /// The content as one piece: a slice of what was read, unless dots were taken out of its middle, or what was read is
    /// much larger than what it holds and would be kept with it.
    private func content(_ first: Range<Int>, _ more: [Range<Int>]) -> ByteBuffer {
        let start = input.readerIndex
        if more.isEmpty, first.count * 4 >= input.storageCapacity,
            let slice = input.getSlice(at: start + first.lowerBound, length: first.count)
        {
            return slice
        }
        var piece = ByteBufferAllocator().buffer(capacity: more.reduce(first.count) { $0 + $1.count })
        input.withUnsafeReadableBytes { bytes in
            piece.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[first]))
            for range in more { piece.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[range])) }
        }
        return piece
    }

    // MARK: - Going on

    /// Goes on reading, or to the answer: at once, or when the receiver took what it got.
    private func goOn(_ message: IncomingMessage, _ future: EventLoopFuture<Void>?, _ next: Continuation) {
        guard let future else { return goOn(message, next) }
        message.stall(loop.now)
        let number = wait(.receiver(then: next))
        future.hop(to: loop.eventLoop).assumeIsolated().whenComplete { result in
            guard self.isWaiting(number), self.message === message else { return }
            if case .failure(let error) = result {
                message.refuse((error as? ReplyError)?.reply ?? SessionReplies.receiverFailed)
            }
            message.goOn(self.loop.now)
            self.goOn(message, next)
            self.resume()
        }
    }

    private func goOn(_ message: IncomingMessage, _ next: Continuation) {
        guard !message.content.isBeyondDrain else { return end(SessionReplies.tooManyErrors, .limit) }
        switch next {
        case .data: phase = .data
        case .chunk(let remaining, let isLast): phase = .chunk(remaining: remaining, isLast: isLast)
        case .end: return finish(message)
        }
        deadline = loop.now + service.timeouts.data
    }

    private func finish(_ message: IncomingMessage) {
        guard let future = message.finish() else {
            let reply = message.content.refusal ?? SessionReplies.receiverFailed
            return answer(message, reply, isFault: !message.isOurFault)
        }
        message.stall(loop.now)
        let number = wait(.answer)
        future.hop(to: loop.eventLoop).assumeIsolated().whenComplete { result in
            guard self.isWaiting(number), self.message === message else { return }
            message.finished()
            switch result {
            case .success(let reply): self.answer(message, reply, isFault: false)
            case .failure(let error):
                let reply = (error as? ReplyError)?.reply ?? SessionReplies.receiverFailed
                self.answer(message, reply, isFault: false)
            }
            self.resume()
        }
    }

    private func answer(_ message: IncomingMessage, _ reply: Reply, isFault: Bool) {
        message.abort()
        self.message = nil
        enterCommands()
        perform(session.messageAnswered(reply, isFault: isFault), isOurs: isFault)
        // The intake ends between two messages, and answers the last one first.
        if isStopping, case .commands = phase { end(SessionReplies.stopping, .stopping) }
    }

    /// The message under way is nobody's any more.
    func dropMessage() {
        message?.abort()
        message = nil
    }

    /// Cannot be: content is read only while there is a message. If it is, the session cannot be in step any more.
    private func lostMessage() -> Bool {
        end(SessionReplies.receiverFailed, .lost)
        return false
    }
}
