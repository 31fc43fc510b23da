package import MailTypes

/// One mail transaction: from MAIL to the end of its data (RFC 5321 §3.3). Pure.
package struct MailTransaction: Hashable, Sendable {
    package private(set) var envelope: Envelope
    /// Bytes of the chunks that were announced (RFC 3030).
    package private(set) var chunkBytes = 0
    /// The first BDAT came: only BDAT may follow, or RSET.
    package private(set) var hasChunks = false

    package init(sender: ReversePath, parameters: Command.MailParameters) {
        envelope = Envelope(
            sender: sender, body: parameters.body, needsSMTPUTF8: parameters.needsSMTPUTF8,
            envelopeID: parameters.envelopeID, returnContent: parameters.returnContent)
    }

    /// Whether MAIL may begin a transaction with these parameters. `nil`: yes.
    package static func objection(_ parameters: Command.MailParameters, _ limits: IntakeLimits) -> Reply? {
        if let size = parameters.size, size > limits.messageSize { return SessionReplies.tooLarge }
        // BINARYMIME is not offered: its bytes could not go on by DATA.
        if parameters.body == .binaryMIME { return CommandError.value("BODY").reply }
        return nil
    }

    /// Whether RCPT may add this recipient. `nil`: yes.
    package func objection(_ address: EmailAddress, _ limits: IntakeLimits) -> Reply? {
        if hasChunks { return SessionReplies.chunksBegun }
        if envelope.recipients.count >= limits.recipientsPerMessage { return SessionReplies.tooManyRecipients }
        if !envelope.needsSMTPUTF8, !address.isASCII { return SessionReplies.utf8Needed }
        return nil
    }

    package mutating func add(_ address: EmailAddress, _ parameters: Command.RecipientParameters) {
        envelope.recipients.append(
            Envelope.Recipient(
                address: address, notify: parameters.notify, originalRecipient: parameters.originalRecipient))
    }

    /// Whether DATA may come now. `nil`: yes.
    package var dataObjection: Reply? {
        if hasChunks { return SessionReplies.chunksBegun }
        return envelope.recipients.isEmpty ? SessionReplies.recipientFirst : nil
    }

    /// Counts an announced chunk. `nil`: it may be read.
    package mutating func chunk(_ size: Int, _ limits: IntakeLimits) -> Reply? {
        if envelope.recipients.isEmpty { return SessionReplies.recipientFirst }
        hasChunks = true
        chunkBytes += size
        return chunkBytes > limits.messageSize.bytes ? SessionReplies.tooLarge : nil
    }
}
