import MailTypes
import NIOCore
import NIOPosix
import SMTPProtocol
import SMTPServing

/// Takes the bytes of a report, in memory and bounded, and has it read on a thread of its own. Used on its session's event
/// loop only.
final class FeedbackIntake: SubmissionReceiver {
    /// Reports quote at most one message; what is larger is cut by receivers, too.
    static let sizeLimit = 1 << 20

    private let desk: FeedbackDesk
    private let tags: [String]
    private let time: Timestamp
    private let loop: any EventLoop
    private let workers: NIOThreadPool
    private var bytes: [UInt8] = []
    private var isTooLarge = false

    init(_ desk: FeedbackDesk, tags: [String], at time: Timestamp, on loop: any EventLoop, workers: NIOThreadPool) {
        self.desk = desk
        self.tags = tags
        self.time = time
        self.loop = loop
        self.workers = workers
    }

    func receive(_ buffer: ByteBuffer) -> EventLoopFuture<Void>? {
        guard !isTooLarge, bytes.count + buffer.readableBytes <= Self.sizeLimit else {
            isTooLarge = true
            bytes = []
            return nil
        }
        bytes += buffer.readableBytesView
        return nil
    }

    func abort() { bytes = [] }

    func finish() -> EventLoopFuture<Reply> {
        if isTooLarge {
            return loop.makeSucceededFuture(
                Reply(.exceededStorage, EnhancedStatusCode(5, 3, 4), "A report has at most 1 MiB"))
        }
        let (desk, tags, time, message) = (desk, tags, time, bytes)
        bytes = []
        return workers.runIfActive(eventLoop: loop) { Self.reply(desk.take(message, tags: tags, at: time)) }
            .flatMapErrorThrowing { _ in
                Reply(.localError, EnhancedStatusCode(4, 3, 2), "The gateway is stopping; try again")
            }
    }

    static func reply(_ outcome: FeedbackDesk.Outcome) -> Reply {
        switch outcome {
        case .notReport:
            Reply(.mailboxUnavailable, EnhancedStatusCode(5, 6, 0), "This mailbox takes reports only: ARF or DSN")
        case .unproven: Reply(.ok, EnhancedStatusCode(2, 0, 0), "read; it names no message that was sent from here")
        case .spent, .noted: Reply(.ok, EnhancedStatusCode(2, 0, 0), "read; nothing new was counted")
        case .counted, .refused: Reply(.ok, EnhancedStatusCode(2, 0, 0), "counted")
        }
    }
}
