package import MailTypes

/// What a client session is to do about TLS (RFC 3207).
package enum TLSRequirement: String, Sendable, Hashable, CaseIterable {
    case none
    /// Where offered and where it works; plain text otherwise (RFC 7435).
    case may
    /// TLS or nothing.
    case required
}

/// A login for a server (RFC 4954). Never sent without TLS, never shown.
package struct ClientCredentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    package let user: String
    let password: String

    /// `nil` if either is empty or has a NUL, which PLAIN cannot carry (RFC 4616 §2), or is longer than 255 bytes.
    package init?(user: String, password: String) {
        for text in [user, password] {
            guard (1...255).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        }
        self.user = user
        self.password = password
    }

    package var description: String { "login of \(SafeText.printable(user))" }
    package var debugDescription: String { description }
}

/// Why a session did not get as far as taking mail.
package struct ClientFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// The TCP connection could not be made.
        case unreachable
        /// The server said no: its reply is there.
        case refused
        /// TLS is required and was not offered or was refused.
        case tlsUnavailable
        /// The TLS handshake failed, or the certificate was not accepted.
        case tlsFailed
        /// Plain bytes came behind the reply to STARTTLS: someone is putting words into the server's mouth
        /// (CVE-2011-0411).
        case plaintextInjected
        /// The login was rejected, or no mechanism is common.
        case authenticationFailed
        /// A login is configured and the connection is not protected.
        case authenticationNeedsTLS
        case protocolViolation
        case lost
        case timedOut
    }

    package var code: Code
    /// One sentence for people.
    package var message: String
    package var reply: Reply?

    package init(_ code: Code, _ message: String, reply: Reply? = nil) {
        self.code = code
        self.message = message
        self.reply = reply
    }

    package var description: String { reply.map { "\(message): \($0)" } ?? message }
}

/// What a transaction came to.
package struct TransactionOutcome: Sendable, Hashable {
    /// One per recipient of the envelope, in order: the reply that decided about it.
    package var replies: [Reply]
    package var connection: ConnectionFate
    /// The server takes over NOTIFY: it offers DSN (RFC 3461 §5.2.1).
    package var passedOnNotify: Bool
    /// The end of the message was sent and no answer came: it may have been delivered (RFC 1047).
    package var isAmbiguous: Bool

    /// How a transaction left its connection.
    package enum ConnectionFate: Sendable, Hashable {
        case usable
        /// Over, for a reason that says nothing about the server.
        case ended
        /// 421, loss, timeout, nonsense: the server is in trouble.
        case troubled
        /// A kept connection turned out dead before the server took up the transaction: no attempt was made.
        case neverStarted
    }

    package init(replies: [Reply], connection: ConnectionFate, passedOnNotify: Bool, isAmbiguous: Bool) {
        self.replies = replies
        self.connection = connection
        self.passedOnNotify = passedOnNotify
        self.isAmbiguous = isAmbiguous
    }
}

/// What a session waits for: each has a time limit of its own (RFC 5321 §4.5.3.2).
package enum ClientPhase: Sendable, Hashable {
    case greeting, hello, startTLS, tlsHandshake, authentication
    case idle
    case mail, recipient, data
    /// The message's bytes are on their way.
    case content
    /// The message was sent to its end.
    case final
    case quit
    case closed
}

/// What the owner of a session has to do, in order.
package enum ClientAction: Sendable, Hashable {
    case send([UInt8])
    /// Begin TLS, then call `tlsEstablished`.
    case startTLS
    /// The session takes transactions now.
    case ready(ServerExtensions)
    /// Comes instead of `ready`; `close` follows.
    case failed(ClientFailure)
    /// Send the message, dots doubled, with the end of data; then call `contentSent`.
    case sendContent
    case finished(TransactionOutcome)
    case close
}
