package import MailTypes

/// What the shell does after an event of ``ServerSession``. Exactly one; where it asks for an answer, no other event may
/// come before that answer.
package enum ServerAction: Hashable, Sendable {
    case reply(Reply)
    /// Reply, then end the connection.
    case close(Reply)
    /// The client introduced itself; a message under way is given up, then the reply.
    case greeted(Reply)
    /// Give up the message under way, then reply.
    case abandon(Reply)
    /// Reply and send it, throw away every byte that is already here, then begin TLS (RFC 3207 §5; command injection).
    case startTLS(Reply)
    /// Ask the policy, then `senderAnswered`.
    case askSender(ReversePath)
    /// Ask the policy, then `recipientAnswered`.
    case askRecipient(EmailAddress, count: Int)
    /// Open a receiver, then `dataOpened`.
    case openData(Envelope)
    /// Open a receiver, then `chunkOpened`.
    case openChunk(Envelope, size: Int, isLast: Bool)
    /// Read so many bytes into the open receiver, then `chunkRead`.
    case readChunk(size: Int, isLast: Bool)
    /// Read and drop so many bytes, then reply. A message under way is given up.
    case skipChunk(size: Int, Reply)
    /// Reply, then read DATA into the open receiver up to its end, then `messageAnswered`.
    case readData(Reply)
    /// Check the password, then `authenticationAnswered`.
    case verify(user: String, password: [UInt8])
    /// Look up the stored keys, then `scramAnswered`.
    case lookUp(user: String)
    /// The SCRAM exchange ended well: the identity is the one that the lookup gave. Reply follows from
    /// `authenticationAnswered`.
    case accept(user: String)
    /// The SCRAM proof was wrong: tell the authenticator, then `authenticationAnswered`.
    case reject(user: String)
}
