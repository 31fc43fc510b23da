import NIOCore
import SMTPProtocol

/// The sessions of one event loop: their clock, and what is done to all of them. Used on that loop only.
///
/// The clock stands still between two ticks of a second each, so that no session reads the time or holds a timer of its
/// own: with 10,000 idle connections a tick compares 10,000 numbers, and a command costs one addition.
final class LoopSessions {
    let eventLoop: any EventLoop
    let ledger: ConnectionLedger
    let memory: MemoryBudget
    /// The time of the last tick.
    private(set) var now: NIODeadline
    private(set) var isStopping = false

    private var sessions: [SMTPServerHandler] = []
    private var emptied: EventLoopPromise<Void>?
    /// One buffer for replies, lent to the session that is at work, so that idle ones hold none.
    private var lent: ByteBuffer?

    static let tickInterval = TimeAmount.seconds(1)

    init(_ eventLoop: any EventLoop, ledger: ConnectionLedger, memory: MemoryBudget, now: NIODeadline) {
        self.eventLoop = eventLoop
        self.ledger = ledger
        self.memory = memory
        self.now = now
    }

    var count: Int { sessions.count }

    func add(_ session: SMTPServerHandler) {
        session.slot = sessions.count
        sessions.append(session)
    }

    func remove(_ session: SMTPServerHandler) {
        let slot = session.slot
        guard sessions.indices.contains(slot), sessions[slot] === session else { return }
        let last = sessions.removeLast()
        if last !== session {
            sessions[slot] = last
            last.slot = slot
        }
        session.slot = -1
        if isStopping, sessions.isEmpty { emptied?.succeed() }
    }

    /// Moves the clock, and ends what took too long.
    func tick(_ now: NIODeadline) {
        self.now = now
        // Backwards: a session that ends takes itself out, and the last one takes its place.
        for index in sessions.indices.reversed() where index < sessions.count { sessions[index].tick(now) }
    }

    /// Gives each session what its listener works with from now on; a listener that is gone leaves its sessions as they are.
    func replace(_ services: [String: ListenerService]) {
        for session in sessions {
            if let service = services[session.service.listener.name] { session.replace(service) }
        }
    }

    /// Asks all sessions to end when their message is done. Completes when all did.
    func stop() -> EventLoopFuture<Void> {
        let promise = emptied ?? eventLoop.makePromise()
        emptied = promise
        isStopping = true
        if sessions.isEmpty { promise.succeed() }
        for session in Array(sessions) { session.stop() }
        return promise.futureResult
    }

    /// Ends all sessions now.
    func endAll() {
        for session in Array(sessions) {
            session.end(SessionReplies.stopping, .stopping)
            session.closeChannel()
        }
    }

    // MARK: - Replies

    func takeBuffer() -> ByteBuffer {
        guard let buffer = lent else { return ByteBufferAllocator().buffer(capacity: 1024) }
        lent = nil
        return buffer
    }

    /// Takes a buffer back that was sent; one that grew is let go.
    func giveBack(_ buffer: ByteBuffer) {
        guard lent == nil, buffer.capacity <= 8192 else { return }
        var buffer = buffer
        buffer.clear(minimumCapacity: 1024)
        lent = buffer
    }
}
