import NIOCore
import SMTPProtocol

extension SMTPServerHandler {
    /// The longest piece that a receiver gets.
    static let pieceLimit = 64 * 1024
    /// How much of an endless line is read before the connection ends.
    static let longLineLimit = 1 << 20
    /// Replies are sent, and the client's reading waited for, when there are more than this.
    static let outputLimit = 16 * 1024
    /// Waiting input beyond this counts toward the memory of all sessions.
    static let freeInput = 16 * 1024

    var isPaused: Bool {
        switch phase {
        case .waiting: true
        case .draining, .closed, .handshake, .proxyHeader: false
        case .commands, .longLine, .data, .chunk, .skip: context.map { !$0.channel.isWritable } ?? false
        }
    }

    /// Keeps what was read.
    func take(_ bytes: ByteBuffer) {
        switch phase {
        case .draining, .closed: return
        default: break
        }
        if input.readableBytes == 0 {
            input = bytes
            ownsInput = false
        } else {
            input.writeImmutableBuffer(bytes)
        }
    }

    /// Goes on after something that was waited for.
    func resume() {
        process()
        if !isInBurst { flush() }
        guard isReadWanted, !isPaused else { return }
        isReadWanted = false
        context?.read()
    }

    /// Works through the input as far as that is possible now.
    func process() {
        guard !isProcessing else { return }
        isProcessing = true
        while advance() {}
        isProcessing = false
        trimInput()
    }

    /// One step; `false` when nothing can be done before something else happens.
    private func advance() -> Bool {
        guard input.readableBytes > 0 || isLastChunkAtEnd else { return false }
        switch phase {
        case .commands: return mayWrite() && readLine()
        case .longLine(let dropped): return readLongLine(dropped)
        case .data: return readData()
        case .chunk(let remaining, let isLast): return readChunk(remaining, isLast)
        case .skip(let remaining, let reply): return skipChunk(remaining, reply)
        case .proxyHeader: return readProxyHeader()
        case .handshake, .waiting: return false
        case .draining, .closed:
            input = ByteBuffer()
            return false
        }
    }

    /// `BDAT 0 LAST` needs no more input.
    private var isLastChunkAtEnd: Bool {
        switch phase {
        case .chunk(0, _), .skip(0, _): true
        default: false
        }
    }

    /// Whether the client reads what we say; one that only talks is not listened to.
    private func mayWrite() -> Bool {
        if let output, output.readableBytes > Self.outputLimit { flush() }
        return context?.channel.isWritable ?? false
    }

    // MARK: - Lines

    private func readLine() -> Bool {
        if nextService != nil { adoptIfFree() }
        if isStopping, !session.isInTransaction {
            end(SessionReplies.stopping, .stopping)
            return false
        }
        var action: ServerAction?
        var consumed = 0
        input.withUnsafeReadableBytes { bytes in
            switch CommandLines.next(in: bytes) {
            case .line(let length):
                consumed = length + 2
                action = session.line(UnsafeRawBufferPointer(rebasing: bytes[..<length]))
            case .bareLineFeed(let length):
                consumed = length
                action = session.badLine(SessionReplies.bareLineFeed)
            case .incomplete: break
            case .tooLong:
                consumed = bytes.count
                phase = .longLine(dropped: bytes.count)
            }
        }
        input.moveReaderIndex(forwardBy: consumed)
        if let action {
            deadline = loop.now + service.timeouts.command
            perform(action, isOurs: true)
        }
        return consumed > 0
    }

    private func readLongLine(_ dropped: Int) -> Bool {
        let lineEnd = input.readableBytesView.firstIndex(of: 0x0a)
        let count = lineEnd.map { $0 - input.readerIndex + 1 } ?? input.readableBytes
        input.moveReaderIndex(forwardBy: count)
        if lineEnd != nil {
            enterCommands()
            perform(session.badLine(SessionReplies.lineTooLong), isOurs: true)
        } else if dropped + count > Self.longLineLimit {
            end(SessionReplies.tooManyErrors, .limit)
        } else {
            phase = .longLine(dropped: dropped + count)
        }
        return true
    }

    func enterCommands() {
        phase = .commands
        deadline = loop.now + service.timeouts.command
    }

    // MARK: - Memory

    /// Lets go of what was read, or keeps just what is left of it.
    private func trimInput() {
        let count = input.readableBytes
        if count == 0 {
            if !ownsInput || input.capacity > 0 { input = ByteBuffer() }
            ownsInput = true
        } else if !ownsInput {
            if count * 4 < input.storageCapacity {
                var kept = ByteBufferAllocator().buffer(capacity: count)
                kept.writeImmutableBuffer(input)
                input = kept
            }
            ownsInput = true
        }
        let wanted = count > Self.freeInput ? input.storageCapacity : 0
        guard wanted != inputCharge else { return }
        loop.memory.giveBack(inputCharge)
        inputCharge = 0
        guard wanted > 0 else { return }
        if loop.memory.take(wanted) {
            inputCharge = wanted
        } else {
            end(SessionReplies.overloaded, .limit)
        }
    }
}
