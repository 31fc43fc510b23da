import MailTypes

/// One mail transaction, from MAIL to the reply to the end of data (RFC 5321 §3.3), as a pure machine.
///
/// With PIPELINING (RFC 2920) MAIL, all RCPT and DATA go out together; without it one by one.
struct ClientTransaction: Sendable {
    private enum Step: Hashable {
        case reset, mail
        /// The number in `active` of the recipient whose reply is next.
        case recipient(Int)
        case data, content, final
        /// The server wants a message that nobody is to get: only the end of data was sent (RFC 2920 §3.1).
        case emptyFinal
    }

    let envelope: Envelope
    private let size: ByteCount
    private let extensions: ServerExtensions
    private let usesSMTPUTF8: Bool
    private let sendsBodyType: Bool
    /// Recipients that are asked for: their indices in the envelope.
    private var active: [Int]
    private var replies: [Reply?]
    private var accepted = 0
    private var mailRefusal: Reply?
    private var wasAnswered = false
    private var step: Step
    /// What the server must be told before its next transaction.
    private(set) var leavesTransactionOpen: Bool

    /// What a step of the machine asks for.
    enum Action {
        case wait
        case send([UInt8])
        case sendContent
        case finished(TransactionOutcome)
    }

    /// Refuses by itself what the server cannot take. `survey` is asked only where it matters.
    init(
        _ envelope: Envelope, size: ByteCount, extensions: ServerExtensions, needsReset: Bool,
        survey: () -> ContentSurvey
    ) {
        self.envelope = envelope
        self.size = size
        self.extensions = extensions
        step = needsReset ? .reset : .mail
        leavesTransactionOpen = needsReset
        replies = Array(repeating: nil, count: envelope.recipients.count)
        active = Array(envelope.recipients.indices)
        let isSenderASCII = envelope.sender.address?.isASCII ?? true
        let areRecipientsASCII = envelope.recipients.allSatisfy { $0.address.isASCII }
        usesSMTPUTF8 =
            extensions.smtputf8 && (envelope.needsSMTPUTF8 || !isSenderASCII || !areRecipientsASCII)
        sendsBodyType = envelope.body == .eightBitMIME && extensions.eightBitMIME
        if let refusal = refusal(isSenderASCII: isSenderASCII, survey: survey) {
            replies = Array(repeating: refusal, count: replies.count)
            active = []
        } else if !extensions.smtputf8, !areRecipientsASCII {
            for index in active where !envelope.recipients[index].address.isASCII {
                replies[index] = ClientReplies.addressNeedsSMTPUTF8
            }
            active.removeAll { replies[$0] != nil }
        }
    }

    /// Why none of it can go to this server. Nothing is converted: a conversion would break signatures (DKIM), and servers
    /// without these extensions are rare.
    private func refusal(isSenderASCII: Bool, survey: () -> ContentSurvey) -> Reply? {
        if let limit = extensions.sizeLimit, size > limit { return ClientReplies.tooLarge(size, limit) }
        if !extensions.smtputf8 {
            if !isSenderASCII { return ClientReplies.needsSMTPUTF8 }
            // Announced for a message that does not need it: then it is an ordinary one (RFC 6531 §3.4 asks of the client
            // only that it announces what it may need).
            if envelope.needsSMTPUTF8, survey().hasInternationalHeader { return ClientReplies.needsSMTPUTF8 }
        }
        switch envelope.body {
        case .sevenBit: return nil
        case .eightBitMIME:
            return !extensions.eightBitMIME && survey().isEightBit ? ClientReplies.needsEightBitMIME : nil
        case .binaryMIME:
            return survey().isEightBit || !extensions.eightBitMIME ? ClientReplies.needsBinaryMIME : nil
        }
    }

    var phase: ClientPhase {
        switch step {
        case .reset, .mail: .mail
        case .recipient: .recipient
        case .data: .data
        case .content: .content
        case .final, .emptyFinal: .final
        }
    }

    /// The first command or, with pipelining, all of them. Finished at once if no recipient is left to ask for.
    mutating func start() -> Action {
        guard !active.isEmpty else { return finish(.usable) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 + 64 * active.count)
        if step == .reset { bytes += "RSET\r\n".utf8 }
        guard extensions.pipelining else {
            if step == .mail { appendMail(&bytes) }
            return .send(bytes)
        }
        appendMail(&bytes)
        for index in active { appendRecipient(index, &bytes) }
        bytes += "DATA\r\n".utf8
        return .send(bytes)
    }

    /// The next reply.
    mutating func receive(_ reply: Reply) -> Action {
        if reply.code == .serviceNotAvailable {
            if step == .reset, !wasAnswered { return finish(.neverStarted, rest: reply) }
            return finish(.troubled, rest: reply)
        }
        switch step {
        case .reset:
            guard reply.code.isPositive else { return finish(.neverStarted, rest: reply) }
            step = .mail
            return command(appendMail)
        case .mail: return mailAnswered(reply)
        case .recipient(let number): return recipientAnswered(number, reply)
        case .data: return dataAnswered(reply)
        case .content:
            // An answer before the end: the rest of the message would be read as commands.
            if reply.code.isPositive { return violated("answered before the end of the message") }
            return finish(.ended, rest: reply)
        case .final:
            guard reply.code.value < 300 || !reply.code.isPositive else {
                return violated("answered the end of the message with \(reply.code)", isAmbiguous: true)
            }
            leavesTransactionOpen = false
            return finish(.usable, rest: reply)
        case .emptyFinal:
            leavesTransactionOpen = false
            return finish(.usable)
        }
    }

    /// The whole message and its end were written.
    mutating func contentSent() {
        if step == .content { step = .final }
    }

    /// The connection is gone, or its time is over. `provesTrouble`: it did not just end between two transactions;
    /// `isReused`: other transactions went before on it.
    mutating func interrupted(_ reason: String, provesTrouble: Bool, isReused: Bool) -> TransactionOutcome {
        let isAmbiguous = step == .final
        let rest =
            isAmbiguous ? ClientReplies.lostAfterEnd(reason) : ClientReplies.lost(reason)
        let fate: TransactionOutcome.ConnectionFate =
            isReused && !wasAnswered && !provesTrouble ? .neverStarted : .troubled
        return outcome(fate, rest: rest, isAmbiguous: isAmbiguous)
    }

    /// The message's bytes could not be had: the transaction is broken off by closing, so that no half message counts.
    mutating func contentFailed() -> TransactionOutcome { outcome(.ended, rest: ClientReplies.contentUnavailable) }

    // MARK: Steps

    private mutating func mailAnswered(_ reply: Reply) -> Action {
        wasAnswered = true
        guard reply.code.value < 300 || !reply.code.isPositive else {
            return violated("answered MAIL with \(reply.code)")
        }
        leavesTransactionOpen = reply.code.isPositive
        if !reply.code.isPositive {
            mailRefusal = reply
            if !extensions.pipelining { return finish(.usable, rest: reply) }
        }
        step = .recipient(0)
        return command { appendRecipient(active[0], &$0) }
    }

    private mutating func recipientAnswered(_ number: Int, _ reply: Reply) -> Action {
        guard reply.code.value < 300 || !reply.code.isPositive else {
            return violated("answered RCPT with \(reply.code)")
        }
        if mailRefusal == nil {
            if reply.code.isPositive {
                accepted += 1
            } else {
                replies[active[number]] = ClientReplies.recipientRefusal(reply)
            }
        }
        if number + 1 < active.count {
            step = .recipient(number + 1)
            return command { appendRecipient(active[number + 1], &$0) }
        }
        if accepted == 0, !extensions.pipelining { return finish(.usable) }
        step = .data
        return command { $0 += "DATA\r\n".utf8 }
    }

    private mutating func dataAnswered(_ reply: Reply) -> Action {
        if reply.code.value >= 300, reply.code.isPositive {
            if accepted > 0 {
                step = .content
                return .sendContent
            }
            step = .emptyFinal
            return .send(Array(".\r\n".utf8))
        }
        if reply.code.isPositive { return violated("answered DATA with \(reply.code)") }
        return finish(.usable, rest: reply)
    }

    /// Sends a command now, unless it went out with the first.
    private func command(_ append: (inout [UInt8]) -> Void) -> Action {
        guard !extensions.pipelining else { return .wait }
        var bytes: [UInt8] = []
        append(&bytes)
        return .send(bytes)
    }

    private mutating func violated(_ what: String, isAmbiguous: Bool = false) -> Action {
        .finished(outcome(.troubled, rest: ClientReplies.violation(what), isAmbiguous: isAmbiguous))
    }

    private mutating func finish(_ fate: TransactionOutcome.ConnectionFate, rest: Reply? = nil) -> Action {
        .finished(outcome(fate, rest: rest))
    }

    private mutating func outcome(
        _ fate: TransactionOutcome.ConnectionFate, rest: Reply?, isAmbiguous: Bool = false
    ) -> TransactionOutcome {
        let undecided = mailRefusal ?? rest ?? ClientReplies.violation("left a recipient without an answer")
        return TransactionOutcome(
            replies: replies.map { $0 ?? undecided }, connection: fate, passedOnNotify: extensions.dsn,
            isAmbiguous: isAmbiguous)
    }

    // MARK: Commands

    private func appendMail(_ bytes: inout [UInt8]) {
        bytes += "MAIL FROM:<".utf8
        bytes += envelope.sender.description.utf8
        bytes.append(UInt8(ascii: ">"))
        if extensions.size {
            bytes += " SIZE=".utf8
            bytes += String(size.bytes).utf8
        }
        if sendsBodyType { bytes += " BODY=8BITMIME".utf8 }
        if usesSMTPUTF8 { bytes += " SMTPUTF8".utf8 }
        if extensions.dsn {
            if let wish = envelope.returnContent { bytes += " RET=\(wish.rawValue)".utf8 }
            if let id = envelope.envelopeID, ClientReplies.isParameterValue(id) { bytes += " ENVID=\(id)".utf8 }
        }
        bytes += "\r\n".utf8
    }

    private func appendRecipient(_ index: Int, _ bytes: inout [UInt8]) {
        let recipient = envelope.recipients[index]
        bytes += "RCPT TO:<".utf8
        bytes += recipient.address.description.utf8
        bytes.append(UInt8(ascii: ">"))
        if extensions.dsn {
            if recipient.notify.contains(.never) {
                bytes += " NOTIFY=NEVER".utf8
            } else if recipient.notify != .unspecified {
                let names: [(Envelope.Notify, String)] = [
                    (.success, "SUCCESS"), (.failure, "FAILURE"), (.delay, "DELAY"),
                ]
                let wishes = names.filter { recipient.notify.contains($0.0) }.map(\.1)
                bytes += " NOTIFY=\(wishes.joined(separator: ","))".utf8
            }
            if let original = recipient.originalRecipient, ClientReplies.isParameterValue(original) {
                bytes += " ORCPT=\(original)".utf8
            }
        }
        bytes += "\r\n".utf8
    }
}
