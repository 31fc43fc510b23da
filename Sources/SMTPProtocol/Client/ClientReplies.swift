import MailTypes

/// Replies that the client gives itself, where no server's reply decides about a recipient.
enum ClientReplies {
    static let needsEightBitMIME = Reply(
        .transactionFailed, EnhancedStatusCode(5, 6, 3),
        "The message has 8-bit content, and the next server does not offer 8BITMIME")
    static let needsBinaryMIME = Reply(
        .transactionFailed, EnhancedStatusCode(5, 6, 1),
        "The message is BINARYMIME, which cannot be sent by DATA to the next server")
    static let needsSMTPUTF8 = Reply(
        .transactionFailed, EnhancedStatusCode(5, 6, 7),
        "The message is internationalized, and the next server does not offer SMTPUTF8")
    static let addressNeedsSMTPUTF8 = Reply(
        .mailboxNameNotAllowed, EnhancedStatusCode(5, 6, 7),
        "The address is not ASCII, and the next server does not offer SMTPUTF8")
    static let contentUnavailable = Reply(
        .localError, EnhancedStatusCode(4, 3, 0), "The message could not be read from the queue; it will be sent later")

    static func tooLarge(_ size: ByteCount, _ limit: ByteCount) -> Reply {
        Reply(
            .exceededStorage, EnhancedStatusCode(5, 3, 4),
            "The message has \(size.bytes) bytes, and the next server takes \(limit.bytes)")
    }

    static func lost(_ reason: String) -> Reply {
        Reply(.localError, EnhancedStatusCode(4, 4, 2), "\(reason) before the message was sent")
    }

    static func lostAfterEnd(_ reason: String) -> Reply {
        Reply(
            .localError, EnhancedStatusCode(4, 4, 2),
            "\(reason) after the end of the message was sent: it may have been delivered, and will be sent again")
    }

    static func violation(_ what: String) -> Reply {
        Reply(.localError, EnhancedStatusCode(4, 5, 0), "The server \(what), against the protocol")
    }

    /// 552 to RCPT means too many recipients, which is temporary (RFC 5321 §4.5.3.1.10), unless its enhanced code says that
    /// the mailbox is full or the like.
    static func recipientRefusal(_ reply: Reply) -> Reply {
        guard reply.code == .exceededStorage, reply.enhanced == nil || reply.enhanced == EnhancedStatusCode(5, 5, 3)
        else { return reply }
        var changed = reply
        changed.code = .insufficientStorage
        changed.enhanced = EnhancedStatusCode(4, 5, 3)
        return changed
    }

    /// `esmtp-value` (RFC 5321 §4.1.2): no spaces, no `=`… that could begin another parameter or command. ORCPT and ENVID
    /// are xtext, which encodes `=` and `+`; others are dropped.
    static func isParameterValue(_ text: String) -> Bool {
        (1...500).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x3d }
    }
}
