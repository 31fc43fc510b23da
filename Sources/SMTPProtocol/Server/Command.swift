package import MailTypes

/// One SMTP command, parsed (RFC 5321 §4.1.1 and the extensions that Sluice offers).
package enum Command: Hashable, Sendable {
    case helo(String)
    case ehlo(String)
    case mail(ReversePath, MailParameters)
    case rcpt(EmailAddress, RecipientParameters)
    case data
    /// `BDAT size [LAST]` (RFC 3030).
    case bdat(size: Int, isLast: Bool)
    case rset
    case noop
    case quit
    case vrfy
    case expn
    case help
    case startTLS
    /// Mechanism in upper case, initial response as sent (base64, `=` for empty), `nil` if none.
    case auth(mechanism: String, initialResponse: String?)

    /// The parameters of MAIL FROM.
    package struct MailParameters: Hashable, Sendable {
        /// `SIZE=` (RFC 1870).
        package var size: ByteCount?
        package var body: Envelope.BodyType = .sevenBit
        package var needsSMTPUTF8 = false
        package var envelopeID: String?
        package var returnContent: Envelope.ReturnContent?

        package init() {}
    }

    /// The parameters of RCPT TO (RFC 3461).
    package struct RecipientParameters: Hashable, Sendable {
        package var notify: Envelope.Notify = .unspecified
        package var originalRecipient: String?

        package init() {}
    }
}

/// Why a command line was not taken; becomes the reply.
package enum CommandError: Error, Hashable, Sendable {
    /// 500: no such command.
    case unrecognised
    /// 501: the argument does not fit the grammar.
    case syntax(String)
    /// 555: a parameter that was not offered.
    case parameter(String)
    /// 504: a value that is not supported.
    case value(String)
    /// 553 5.1.7 or 501 5.1.3: no mailbox.
    case address(String)
    /// A source route (`@a,@b:user@c`, RFC 5321 appendix C), which only relays of the 1980s needed.
    case sourceRoute

    /// The reply to send.
    package var reply: Reply {
        switch self {
        case .unrecognised: Reply(.syntaxError, EnhancedStatusCode(5, 5, 2), "command not recognised")
        case .syntax(let usage): Reply(.parameterSyntaxError, EnhancedStatusCode(5, 5, 4), usage)
        case .parameter(let name):
            Reply(
                .parametersNotRecognised, EnhancedStatusCode(5, 5, 4),
                "parameter \(SafeText.ascii(name, limit: 40)) not recognised")
        case .value(let name):
            Reply(
                .parameterNotImplemented, EnhancedStatusCode(5, 5, 4),
                "value of \(SafeText.ascii(name, limit: 40)) not supported")
        case .address(let what): Reply(.mailboxNameNotAllowed, EnhancedStatusCode(5, 1, 3), what)
        case .sourceRoute: Reply(.mailboxUnavailable, EnhancedStatusCode(5, 1, 3), "source routes are not accepted")
        }
    }
}
