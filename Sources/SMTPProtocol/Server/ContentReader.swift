package import MailTypes

/// One message's content on its way in: framing, form and limits in one place. Pure.
///
/// A refused message is read on to its end, so that the session stays in step with the client; `refusal` tells that it is
/// to be answered so, and nothing more of it is given out.
package struct ContentReader: Sendable {
    /// The message will be answered with this, whatever comes.
    package private(set) var refusal: Reply?
    /// The client sent so much of a refused message that the connection is to end.
    package private(set) var isBeyondDrain = false

    private var decoder: DataDecoder
    private var header: HeaderGuard
    private let limits: IntakeLimits
    /// `decoder.count` when the refusal was certain.
    private var refusedAt = 0

    package init(_ limits: IntakeLimits, framing: DataDecoder.Framing) {
        self.limits = limits
        decoder = DataDecoder(lineLimit: limits.lineLength - 2, framing: framing)
        header = HeaderGuard(limits)
    }

    /// Decoded bytes so far.
    package var count: Int { decoder.count }

    /// Counted content that does not end with a line end needs one.
    package var needsLineEnd: Bool { !decoder.isAtLineStart }

    /// Reads from `bytes` and gives the ranges that are content to `emit`; see ``DataDecoder/decode(_:emit:)``.
    package mutating func read(
        _ bytes: UnsafeRawBufferPointer, emit: (Range<Int>) -> Void
    ) -> (consumed: Int, isComplete: Bool) {
        let wasRefused = refusal != nil
        var header = header
        let result = decoder.decode(bytes) { range in
            guard !wasRefused else { return }
            if !header.isComplete { header.read(UnsafeRawBufferPointer(rebasing: bytes[range])) }
            emit(range)
        }
        self.header = header
        judge()
        return result
    }

    /// The last counted chunk was read.
    package mutating func endCounted() {
        decoder.endCounted()
        judge()
    }

    /// Refuses the message for a reason from elsewhere: no memory, a receiver that failed.
    package mutating func refuse(_ reply: Reply) {
        guard refusal == nil else { return }
        refusal = reply
        refusedAt = decoder.count
    }

    private mutating func judge() {
        if let defect = decoder.defect {
            refuse(Self.reply(defect))
        } else if let defect = header.defect {
            refuse(Self.reply(defect))
        } else if decoder.count > limits.messageSize.bytes {
            refuse(SessionReplies.tooLarge)
        }
        if refusal != nil, decoder.count - refusedAt > limits.drain.bytes { isBeyondDrain = true }
    }

    private static func reply(_ defect: DataDecoder.Defect) -> Reply {
        let what =
            switch defect {
            case .bareCarriageReturn: "bare CR in the message; lines end in CRLF"
            case .bareLineFeed: "bare LF in the message; lines end in CRLF"
            case .nul: "NUL byte in the message"
            case .lineTooLong: "line too long in the message"
            }
        return Reply(.transactionFailed, EnhancedStatusCode(5, 6, 0), what)
    }

    private static func reply(_ defect: HeaderGuard.Defect) -> Reply {
        switch defect {
        case .tooManyFields: Reply(.transactionFailed, EnhancedStatusCode(5, 6, 0), "too many header fields")
        case .tooLarge: Reply(.exceededStorage, EnhancedStatusCode(5, 3, 4), "message header too large")
        case .tooManyHops:
            Reply(.transactionFailed, EnhancedStatusCode(5, 4, 6), "too many hops; this message is in a loop")
        }
    }
}
