import MailTypes
import NIOCore
import SMTPProtocol

/// One message on its way from a session to its receiver: its form, its bounds and its share of the memory.
final class IncomingMessage {
    var content: ContentReader
    /// The refusal is not the client's fault: our memory, our disk.
    private(set) var isOurFault = false

    private var receiver: (any SubmissionReceiver)?
    private let limits: IntakeLimits
    private let memory: MemoryBudget
    private var charged = 0
    /// When its first byte could come; later by as long as we made the client wait.
    private var began: NIODeadline
    private var stalledAt: NIODeadline?

    /// `nil`: the memory is used up.
    init?(
        _ receiver: any SubmissionReceiver, framing: DataDecoder.Framing, limits: IntakeLimits, memory: MemoryBudget,
        now: NIODeadline
    ) {
        guard memory.take(MemoryBudget.step) else { return nil }
        charged = MemoryBudget.step
        self.receiver = receiver
        self.limits = limits
        self.memory = memory
        content = ContentReader(limits, framing: framing)
        began = now
    }

    deinit { giveBack() }

    private func giveBack() {
        memory.giveBack(charged)
        charged = 0
    }

    /// Gives content to the receiver, unless the message is refused. A future: wait for it.
    func give(_ bytes: ByteBuffer) -> EventLoopFuture<Void>? {
        guard let receiver, charge() else { return nil }
        return receiver.receive(bytes)
    }

    /// Charges what is there against the budget, up to the share of one message; refuses the message if that is too much.
    private func charge() -> Bool {
        let wanted = min(content.count, limits.memoryPerMessage.bytes)
        guard wanted > charged else { return true }
        let steps = (wanted - charged + MemoryBudget.step - 1) / MemoryBudget.step * MemoryBudget.step
        guard memory.take(steps) else {
            refuse(SessionReplies.outOfMemory)
            return false
        }
        charged += steps
        return true
    }

    /// Refuses it for a reason of ours.
    func refuse(_ reply: Reply) {
        isOurFault = content.refusal == nil
        content.refuse(reply)
        abort()
    }

    /// Asks for the answer. `nil`: it is refused already.
    func finish() -> EventLoopFuture<Reply>? {
        guard content.refusal == nil else { return nil }
        return receiver?.finish()
    }

    /// The answer came: the receiver is done, and is not to be told anything more.
    func finished() {
        receiver = nil
        giveBack()
    }

    /// Tells the receiver to forget the message; once.
    func abort() {
        receiver?.abort()
        finished()
    }

    // MARK: - Time

    /// The client has to wait for us from now on.
    func stall(_ now: NIODeadline) { stalledAt = stalledAt ?? now }

    func goOn(_ now: NIODeadline) {
        guard let stalledAt else { return }
        began = began + (now - stalledAt)
        self.stalledAt = nil
    }

    /// Whether it comes in slower than it may, or takes longer in all.
    func isTooSlow(_ now: NIODeadline, _ timeouts: ListenerService.Timeouts) -> Bool {
        guard stalledAt == nil else { return false }
        let time = now - began
        if time > timeouts.message { return true }
        guard time > timeouts.grace else { return false }
        return content.count < Int(time.nanoseconds / 1_000_000_000) * limits.minimumRate
    }
}
