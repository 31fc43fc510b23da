package import MailTypes

/// The fixed replies of a session, made once.
package enum SessionReplies {
    package static let ok = Reply(.ok, EnhancedStatusCode(2, 0, 0), "ok")
    package static let senderOK = Reply(.ok, EnhancedStatusCode(2, 1, 0), "sender ok")
    package static let recipientOK = Reply(.ok, EnhancedStatusCode(2, 1, 5), "recipient ok")
    package static let chunkOK = Reply(.ok, EnhancedStatusCode(2, 0, 0), "chunk taken")
    package static let sendData = Reply(.startMailInput, nil, "end with CRLF.CRLF")
    package static let closing = Reply(.closing, EnhancedStatusCode(2, 0, 0), "closing")
    package static let readyForTLS = Reply(.serviceReady, EnhancedStatusCode(2, 0, 0), "ready for TLS")
    package static let cannotVerify = Reply(
        .cannotVerify, EnhancedStatusCode(2, 5, 0), "not verified here; send the message")
    package static let expansionRefused = Reply(.notImplemented, EnhancedStatusCode(5, 5, 1), "EXPN is not offered")
    package static let authenticated = Reply(
        .authenticationSucceeded, EnhancedStatusCode(2, 7, 0), "authentication succeeded")
    package static let rejected = Reply(
        .authenticationInvalid, EnhancedStatusCode(5, 7, 8), "authentication credentials invalid")
    package static let unavailable = Reply(
        .temporaryAuthenticationFailure, EnhancedStatusCode(4, 7, 0), "authentication not possible now")
    package static let cancelled = Reply(
        .parameterSyntaxError, EnhancedStatusCode(5, 7, 0), "authentication cancelled")
    package static let badExchange = Reply(
        .parameterSyntaxError, EnhancedStatusCode(5, 5, 2), "not what this mechanism sends here")
    package static let helloFirst = Reply(.badSequence, EnhancedStatusCode(5, 5, 1), "send EHLO first")
    package static let mailFirst = Reply(.badSequence, EnhancedStatusCode(5, 5, 1), "send MAIL first")
    package static let recipientFirst = Reply(.transactionFailed, EnhancedStatusCode(5, 5, 1), "no valid recipients")
    package static let nested = Reply(.badSequence, EnhancedStatusCode(5, 5, 1), "a message is under way already")
    package static let chunksBegun = Reply(
        .badSequence, EnhancedStatusCode(5, 5, 1), "BDAT was used; only BDAT may follow")
    package static let badSequence = Reply(.badSequence, EnhancedStatusCode(5, 5, 1), "not now")
    package static let notOffered = Reply(.notImplemented, EnhancedStatusCode(5, 5, 1), "not offered here")
    package static let encryptionNeeded = Reply(
        ReplyCode(538) ?? .authenticationRequired, EnhancedStatusCode(5, 7, 11), "encryption required: STARTTLS first")
    package static let unknownMechanism = Reply(
        .parameterNotImplemented, EnhancedStatusCode(5, 5, 4), "mechanism not supported")
    package static let loginNeeded = Reply(
        .authenticationRequired, EnhancedStatusCode(5, 7, 0), "authentication required")
    package static let relayDenied = Reply(
        .mailboxUnavailable, EnhancedStatusCode(5, 7, 1), "relaying denied: your address is not known here")
    package static let tooLarge = Reply(
        .exceededStorage, EnhancedStatusCode(5, 3, 4), "message exceeds the size limit")
    package static let tooManyRecipients = Reply(
        .insufficientStorage, EnhancedStatusCode(4, 5, 3), "too many recipients; send the rest in another message")
    package static let outOfMemory = Reply(
        .insufficientStorage, EnhancedStatusCode(4, 3, 1), "too much mail at once; try again later")
    package static let overloaded = Reply(
        .serviceNotAvailable, EnhancedStatusCode(4, 3, 1), "too much mail at once; closing")
    package static let receiverFailed = Reply(
        .localError, EnhancedStatusCode(4, 3, 0), "could not take the message; try again")
    package static let utf8Needed = Reply(
        .mailboxNameNotAllowed, EnhancedStatusCode(5, 6, 7), "this address needs SMTPUTF8")
    package static let bareLineFeed = Reply(.syntaxError, EnhancedStatusCode(5, 5, 2), "lines end in CRLF")
    package static let lineTooLong = Reply(.syntaxError, EnhancedStatusCode(5, 5, 2), "line too long")
    package static let tooManyErrors = Reply(
        .serviceNotAvailable, EnhancedStatusCode(4, 7, 0), "too many errors; closing")
    package static let tooManyCommands = Reply(
        .serviceNotAvailable, EnhancedStatusCode(4, 7, 0), "too many commands; closing")
    package static let tooManyConnections = Reply(
        .serviceNotAvailable, EnhancedStatusCode(4, 7, 0), "too many connections; try again later")
    package static let timeout = Reply(.serviceNotAvailable, EnhancedStatusCode(4, 4, 2), "timeout; closing")
    package static let tooSlow = Reply(.serviceNotAvailable, EnhancedStatusCode(4, 4, 2), "too slow; closing")
    package static let stopping = Reply(.serviceNotAvailable, EnhancedStatusCode(4, 3, 2), "service is stopping")
    package static let tlsUnavailable = Reply(
        .temporaryAuthenticationFailure, EnhancedStatusCode(4, 7, 0), "TLS not available now")
    package static let help = Reply(.ok, nil, "see RFC 5321")
}
