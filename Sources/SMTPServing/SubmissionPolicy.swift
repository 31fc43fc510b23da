package import MailTypes
package import NIOCore

/// What may be sent by whom. Implemented above; asked on event loops by many sessions at once: quick, never blocking.
package protocol SubmissionPolicy: Sendable {
    /// Asked once a connection, before the greeting and after a PROXY header.
    func admit(_ peer: PeerInfo) -> Admission
    /// How many connections the customer may have at the same time; `nil`: as the limits say.
    func connectionLimit(_ customer: CustomerID) -> Int?
    /// MAIL FROM of a known identity. `nil`: accepted.
    func sender(_ path: ReversePath, _ identity: SubmissionIdentity, _ session: SessionInfo) -> Reply?
    /// RCPT TO; `count` recipients were accepted before. `nil`: accepted.
    func recipient(
        _ address: EmailAddress, _ identity: SubmissionIdentity, _ session: SessionInfo, count: Int
    ) -> Reply?
    /// Opens a receiver for a message's bytes, or refuses it before they are sent. The identity is a value of its own, so
    /// that no code path can open a message that is nobody's.
    func open(
        _ envelope: Envelope, _ identity: SubmissionIdentity, _ session: SessionInfo, on loop: any EventLoop
    ) -> Result<any SubmissionReceiver, ReplyError>
    /// Something happened that is worth a log line or a count. Does nothing by default.
    func note(_ event: IntakeEvent, _ session: SessionInfo)
}

extension SubmissionPolicy {
    package func connectionLimit(_ customer: CustomerID) -> Int? { nil }
    package func note(_ event: IntakeEvent, _ session: SessionInfo) {}
}

/// Whether a peer may talk to us.
package enum Admission: Hashable, Sendable {
    /// The address is one of the customer's servers.
    case customer(CustomerID)
    /// Unknown: may authenticate where that is offered, and nothing else.
    case stranger
    /// Answered instead of the greeting; then the connection ends.
    case refuse(Reply)
}

/// A refusal as an error.
package struct ReplyError: Error, Hashable, Sendable {
    package var reply: Reply
    package init(_ reply: Reply) { self.reply = reply }
}

/// Takes one message's bytes. Used on its session's event loop only.
package protocol SubmissionReceiver: AnyObject {
    /// Decoded content (dots unstuffed, CRLF line ends), in order, at most 64 KiB a call.
    ///
    /// A future means: nothing more is given before it completes (back-pressure). If it fails, the rest of the message is
    /// read and dropped, `abort` is called and the client gets 451, or the reply of a `ReplyError`.
    func receive(_ bytes: ByteBuffer) -> EventLoopFuture<Void>?
    /// The end of the message: exactly one reply. A 2xx says that the message is safe. Completes on the session's loop.
    func finish() -> EventLoopFuture<Reply>
    /// The client went away, or the message was refused: forget it. Called at most once, and never after the reply came;
    /// it may come while `finish` is under way, when the connection is lost before the answer.
    func abort()
}

/// What the intake tells of itself.
package enum IntakeEvent: Hashable, Sendable {
    case opened
    /// The limits or the policy sent it away at once.
    case turnedAway(Reply)
    case encrypted
    case authenticated
    case authenticationFailed(mechanism: String, user: String)
    /// A command or message was refused by the intake itself: its form, or a limit.
    case refused(Reply)
    case closed(reason: CloseReason)

    package enum CloseReason: String, Hashable, Sendable {
        case quit, lost, timeout, tooSlow, limit, stopping, tlsFailure, refused
    }
}
