package import MailTypes
package import MilterProtocol
package import NIOCore

/// What the filter says of the mail that a mail server tells of. Implemented above; asked on event loops by many connections
/// at once: quick, never blocking.
package protocol MilterPolicy: Sendable {
    /// Whose mail this client's is; `nil`: nobody's that is looked after, and it passes unseen.
    func identify(_ client: MilterSession.Client) -> SubmissionIdentity?
    /// A sender. `nil`: taken.
    func sender(_ path: ReversePath, _ source: MilterSource) -> Reply?
    /// A recipient. `nil`: taken.
    func recipient(_ address: EmailAddress, _ source: MilterSource, count: Int) -> Reply?
    /// Opens a message, or refuses it.
    func open(
        _ envelope: Envelope, _ source: MilterSource, on loop: any EventLoop
    ) -> Result<any MilterReceiver, MilterRefusal>
}

/// A refusal as an error.
package struct MilterRefusal: Error, Hashable, Sendable {
    package var reply: Reply
    package init(_ reply: Reply) { self.reply = reply }
}

/// Who sends: the client that the mail server tells of, and whose mail that is.
package struct MilterSource: Sendable {
    package var client: MilterSession.Client
    package var identity: SubmissionIdentity
    /// Of the mail server's connection, unique in one run.
    package var connection: UInt64

    package init(client: MilterSession.Client, identity: SubmissionIdentity, connection: UInt64) {
        self.client = client
        self.identity = identity
        self.connection = connection
    }
}

/// Takes one message's bytes. Used on its connection's event loop only.
package protocol MilterReceiver: AnyObject {
    /// The message as the client sent it, in order. A future means: nothing more is given before it completes; if it fails,
    /// `abort` is called and the message gets a temporary failure.
    func receive(_ bytes: ByteBuffer) -> EventLoopFuture<Void>?
    /// The end: what becomes of it. `kept` and `refused` only when that is safe.
    func finish() -> EventLoopFuture<MilterSession.Fate>
    /// The message is given up. At most once, and never after the fate came; it may come while `finish` is under way.
    func abort()
}
