package import MailTypes

/// The server's side of one SMTP session (RFC 5321), as a pure machine: events in, one action out.
///
/// It decides sequence, grammar and limits; who may send what is asked of the policy through actions. It holds no bytes:
/// lines come in whole, content goes through ``ContentReader``. AUTH exists under TLS only, so that no listener can be
/// made to take a password in the clear.
package struct ServerSession: Sendable {
    /// Whose mail may be taken in this session.
    package enum Permission: Hashable, Sendable {
        /// Somebody answers for it: known by address, or logged in.
        case granted
        /// After AUTH only.
        case loginNeeded
        /// Not at all: unknown address, and no AUTH is offered.
        case denied
    }

    package private(set) var settings: ServerSettings
    package private(set) var permission: Permission
    /// The argument of the last EHLO or HELO.
    package private(set) var helloName: String?
    package private(set) var isESMTP = false
    package internal(set) var isEncrypted: Bool
    package private(set) var isAuthenticated = false
    package private(set) var counters = SessionCounters()

    private(set) var transaction: MailTransaction?
    var exchange: AuthExchange?
    private var awaitedRecipient: (EmailAddress, Command.RecipientParameters)?
    private var awaitedSender: (ReversePath, Command.MailParameters)?

    /// - Parameter isKnown: the client's address belongs to a customer.
    package init(settings: ServerSettings, isKnown: Bool, isEncrypted: Bool) {
        self.settings = settings
        self.isEncrypted = isEncrypted
        permission = Self.permission(settings, isKnown)
    }

    private static func permission(_ settings: ServerSettings, _ isKnown: Bool) -> Permission {
        if isKnown, !settings.kind.needsLogin { return .granted }
        return settings.offersAuthentication ? .loginNeeded : .denied
    }

    /// Goes on with other settings: those of a configuration that was read anew. Only between transactions. A login that
    /// was made stays; whether its account may still send is the policy's to say at each MAIL.
    package mutating func adopt(_ settings: ServerSettings, isKnown: Bool) {
        guard transaction == nil, exchange == nil else { return }
        self.settings = settings
        if !isAuthenticated { permission = Self.permission(settings, isKnown) }
    }

    package var greeting: Reply { Reply(.serviceReady, nil, "\(settings.hostName) ESMTP Sluice") }

    /// Whether a message is under way, from MAIL on.
    package var isInTransaction: Bool { transaction != nil }

    /// Whether the next line belongs to an AUTH exchange.
    package var isAuthenticating: Bool { exchange != nil }

    // MARK: - Lines

    /// A line came, without its CRLF.
    package mutating func line(_ bytes: UnsafeRawBufferPointer) -> ServerAction {
        if exchange != nil { return exchangeLine(bytes) }
        if let reply = counters.command(settings.limits) { return .close(reply) }
        switch CommandParser.parse(bytes) {
        case .success(let command): return take(command)
        case .failure(let error): return fail(error.reply)
        }
    }

    /// A line came that is none: too long, or ended by a bare LF.
    package mutating func badLine(_ reply: Reply) -> ServerAction {
        exchange = nil
        return fail(reply)
    }

    /// Answers an error, or ends the session after too many.
    mutating func fail(_ reply: Reply) -> ServerAction {
        counters.error(settings.limits).map { .close($0) } ?? .reply(reply)
    }

    private mutating func take(_ command: Command) -> ServerAction {
        switch command {
        case .mail(let path, let parameters): return mail(path, parameters)
        case .rcpt(let address, let parameters): return recipient(address, parameters)
        case .data: return data()
        case .bdat(let size, let isLast): return chunk(size, isLast)
        case .ehlo(let name): return hello(name, isESMTP: true)
        case .helo(let name): return hello(name, isESMTP: false)
        case .rset:
            transaction = nil
            return .abandon(SessionReplies.ok)
        case .noop: return .reply(SessionReplies.ok)
        case .quit: return .close(SessionReplies.closing)
        case .vrfy: return .reply(SessionReplies.cannotVerify)
        case .expn: return fail(SessionReplies.expansionRefused)
        case .help: return .reply(SessionReplies.help)
        case .startTLS: return startTLS()
        case .auth(let mechanism, let response): return authenticate(mechanism, response)
        }
    }

    // MARK: - Hello and TLS

    private mutating func hello(_ name: String, isESMTP: Bool) -> ServerAction {
        transaction = nil
        helloName = SafeText.printable(name, limit: 255)
        self.isESMTP = isESMTP
        return .greeted(isESMTP ? Reply(.ok, nil, lines: extensions) : Reply(.ok, nil, settings.hostName))
    }

    /// The lines of the reply to EHLO.
    private var extensions: [String] {
        var lines = [
            settings.hostName, "PIPELINING", "SIZE \(settings.limits.messageSize.bytes)", "8BITMIME", "SMTPUTF8",
            "CHUNKING", "DSN", "ENHANCEDSTATUSCODES",
        ]
        if settings.offersTLS, !isEncrypted { lines.append("STARTTLS") }
        if settings.offersAuthentication, isEncrypted, !isAuthenticated {
            lines.append("AUTH \(settings.offersSCRAM ? "SCRAM-SHA-256 " : "")PLAIN LOGIN")
        }
        lines.append("HELP")
        return lines
    }

    private mutating func startTLS() -> ServerAction {
        guard settings.offersTLS else { return fail(SessionReplies.notOffered) }
        guard !isEncrypted, transaction == nil else { return fail(SessionReplies.badSequence) }
        return .startTLS(SessionReplies.readyForTLS)
    }

    /// The handshake is done: the client begins anew, and nothing that it said in the clear counts (RFC 3207 §4.2).
    package mutating func encrypted() {
        isEncrypted = true
        helloName = nil
        isESMTP = false
        transaction = nil
        exchange = nil
    }

    // MARK: - Transaction

    private mutating func mail(_ path: ReversePath, _ parameters: Command.MailParameters) -> ServerAction {
        guard helloName != nil else { return fail(SessionReplies.helloFirst) }
        switch permission {
        case .granted: break
        case .loginNeeded: return fail(SessionReplies.loginNeeded)
        case .denied: return fail(SessionReplies.relayDenied)
        }
        guard transaction == nil else { return fail(SessionReplies.nested) }
        if let reply = MailTransaction.objection(parameters, settings.limits) { return fail(reply) }
        awaitedSender = (path, parameters)
        return .askSender(path)
    }

    /// The policy's answer to `askSender`; `nil` accepts.
    package mutating func senderAnswered(_ refusal: Reply?) -> ServerAction {
        guard let (path, parameters) = awaitedSender else { return .reply(SessionReplies.badSequence) }
        awaitedSender = nil
        if let refusal { return fail(refusal) }
        transaction = MailTransaction(sender: path, parameters: parameters)
        return .reply(SessionReplies.senderOK)
    }

    private mutating func recipient(
        _ address: EmailAddress, _ parameters: Command.RecipientParameters
    ) -> ServerAction {
        if let reply = counters.recipient(settings.limits) { return .close(reply) }
        guard let transaction else { return fail(SessionReplies.mailFirst) }
        if let reply = transaction.objection(address, settings.limits) {
            // RFC 5321 §4.5.3.1.10: the client sends what was accepted, and the rest later. No error of its.
            return reply == SessionReplies.tooManyRecipients ? .reply(reply) : fail(reply)
        }
        awaitedRecipient = (address, parameters)
        return .askRecipient(address, count: transaction.envelope.recipients.count)
    }

    /// The policy's answer to `askRecipient`; `nil` accepts.
    package mutating func recipientAnswered(_ refusal: Reply?) -> ServerAction {
        guard let (address, parameters) = awaitedRecipient else { return .reply(SessionReplies.badSequence) }
        awaitedRecipient = nil
        if let refusal { return fail(refusal) }
        transaction?.add(address, parameters)
        return .reply(SessionReplies.recipientOK)
    }

    private mutating func data() -> ServerAction {
        guard let transaction else { return fail(SessionReplies.mailFirst) }
        if let reply = transaction.dataObjection { return fail(reply) }
        return .openData(transaction.envelope)
    }

    /// The receiver is open, or the message refused.
    package mutating func dataOpened(_ refusal: Reply?) -> ServerAction {
        guard let refusal else { return .readData(SessionReplies.sendData) }
        transaction = nil
        return fail(refusal)
    }

    private mutating func chunk(_ size: Int, _ isLast: Bool) -> ServerAction {
        guard var current = transaction else { return skip(size, SessionReplies.mailFirst) }
        let isFirst = !current.hasChunks
        if let reply = current.chunk(size, settings.limits) { return skip(size, reply) }
        transaction = current
        return isFirst
            ? .openChunk(current.envelope, size: size, isLast: isLast) : .readChunk(size: size, isLast: isLast)
    }

    /// The receiver is open, or the message refused; the chunk's bytes follow in either case.
    package mutating func chunkOpened(_ refusal: Reply?, size: Int, isLast: Bool) -> ServerAction {
        guard let refusal else { return .readChunk(size: size, isLast: isLast) }
        return skip(size, refusal)
    }

    /// RFC 3030 §2: the bytes of a chunk come whatever the answer, and must not be read as commands.
    private mutating func skip(_ size: Int, _ reply: Reply) -> ServerAction {
        transaction = nil
        if let last = counters.error(settings.limits) { return .close(last) }
        guard size <= settings.limits.drain.bytes else { return .close(reply) }
        return .skipChunk(size: size, reply)
    }

    /// A chunk that is not the last was read. With a refusal the message is over; further chunks get 503.
    package mutating func chunkRead(_ refusal: Reply?) -> ServerAction {
        guard let refusal else { return .reply(SessionReplies.chunkOK) }
        transaction = nil
        return counters.error(settings.limits).map { .close($0) } ?? .abandon(refusal)
    }

    /// The message was read to its end and answered; the transaction is over.
    ///
    /// - Parameter isFault: the intake refused it for its form or a limit, which counts as an error of the client.
    package mutating func messageAnswered(_ reply: Reply, isFault: Bool) -> ServerAction {
        transaction = nil
        if isFault { return fail(reply) }
        counters.message()
        return .reply(reply)
    }

    // MARK: - Login

    /// Counts a login that failed.
    mutating func failLogin(_ reply: Reply) -> ServerAction {
        counters.failedLogin(settings.limits).map { .close($0) } ?? .reply(reply)
    }

    mutating func login() {
        isAuthenticated = true
        permission = .granted
    }
}
