import Detection
import Logging
import MailTypes
import NIOConcurrencyHelpers
import Spool

/// Puts our own messages into the spool: null return path, no identity, so that no stop covers them and no failure of
/// theirs makes another message.
final class NoticeOutbox: Sendable {
    /// Letters that wait for a spool that has no room; beyond it the oldest go. Notices among them are in the control
    /// database as unsent, and come back at the next start.
    static let limit = 100

    struct Letter: Sendable {
        var message: SpooledMessage
        var chunks: [[UInt8]]
        /// Called on the spool's thread when it is committed.
        var committed: @Sendable () -> Void

        init(
            _ bytes: [UInt8], id: SubmissionID, to: [EmailAddress], caseID: CaseID?, expires: Timestamp,
            at time: Timestamp, committed: @escaping @Sendable () -> Void = {}
        ) {
            chunks = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Spool.chunkLimit)
                chunks.append(Array(bytes[start..<end]))
                start = end
            }
            let isASCII = bytes.allSatisfy { $0 < 0x80 }
            message = SpooledMessage(
                id: id, kind: .notice, identity: nil,
                envelope: Envelope(
                    sender: .null, recipients: to.map { .init(address: $0, notify: .never) },
                    body: isASCII ? .sevenBit : .eightBitMIME, needsSMTPUTF8: !to.allSatisfy(\.isASCII)),
                size: ByteCount(bytes.count), chunkCount: chunks.count, received: time, caseID: caseID,
                expires: expires)
            self.committed = committed
        }
    }

    private let waiting = NIOLockedValueBox<[Letter]>([])
    private let spool: Spool
    private let callbacks: Responder.Callbacks
    private let logger: Logger

    init(spool: Spool, callbacks: Responder.Callbacks, logger: Logger) {
        self.spool = spool
        self.callbacks = callbacks
        self.logger = logger
    }

    /// Tries those again that the spool did not take.
    func retry() {
        let letters = waiting.withLockedValue { letters in
            defer { letters = [] }
            return letters
        }
        for letter in letters { send(letter) }
    }

    func send(_ letter: Letter) {
        spool.commit(letter.message, chunks: letter.chunks) { [self] result in
            switch result {
            case .success:
                letter.committed()
                callbacks.spooled(letter.message, letter.chunks)
            case .failure(let error):
                logger.error(
                    "notice waits for the spool",
                    metadata: ["id": "\(letter.message.id)", "error": "\(error)"])
                // Taken by somebody, and it will be for ever: the next start gives the notice another number.
                guard error.code != .conflict else { return }
                waiting.withLockedValue { letters in
                    if letters.count == Self.limit { letters.removeFirst() }
                    letters.append(letter)
                }
            }
        }
    }
}
