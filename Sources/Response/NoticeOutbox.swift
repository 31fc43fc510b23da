import Detection
import Logging
import MailTypes
import NIOConcurrencyHelpers
import Spool

/// Puts our own messages into the spool: null return path, no identity, so that no stop covers them and no failure of
/// theirs makes another message.
final class NoticeOutbox: Sendable {
    /// Notices that wait for a spool that has no room; beyond it the oldest go, with a line in the log.
    static let limit = 100

    private struct Letter: Sendable {
        var message: SpooledMessage
        var chunks: [[UInt8]]
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

    func send(
        _ bytes: [UInt8], id: SubmissionID, to: EmailAddress, caseID: CaseID, expires: Timestamp, at time: Timestamp
    ) {
        var chunks: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Spool.chunkLimit)
            chunks.append(Array(bytes[start..<end]))
            start = end
        }
        let isASCII = bytes.allSatisfy { $0 < 0x80 }
        let message = SpooledMessage(
            id: id, kind: .notice, identity: nil,
            envelope: Envelope(
                sender: .null, recipients: [.init(address: to, notify: .never)],
                body: isASCII ? .sevenBit : .eightBitMIME, needsSMTPUTF8: !to.isASCII),
            size: ByteCount(bytes.count), chunkCount: chunks.count, received: time, caseID: caseID, expires: expires)
        commit(Letter(message: message, chunks: chunks))
    }

    /// Tries those again that the spool did not take.
    func retry() {
        let letters = waiting.withLockedValue { letters in
            defer { letters = [] }
            return letters
        }
        for letter in letters { commit(letter) }
    }

    private func commit(_ letter: Letter) {
        spool.commit(letter.message, chunks: letter.chunks) { [self] result in
            switch result {
            case .success: callbacks.spooled(letter.message, letter.chunks)
            case .failure(let error):
                logger.error(
                    "notice waits for the spool",
                    metadata: ["id": "\(letter.message.id)", "error": "\(error)"])
                waiting.withLockedValue { letters in
                    if letters.count == Self.limit { letters.removeFirst() }
                    letters.append(letter)
                }
            }
        }
    }
}
