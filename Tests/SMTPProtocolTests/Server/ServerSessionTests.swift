import MailTypes
import SMTPProtocol
import Testing

/// The machine alone: each event's action, and the state behind it.
struct ServerSessionTests {
    private func settings(
        _ kind: ListenerKind = .relay, tls: Bool = true, login: Bool? = nil,
        _ change: (inout IntakeLimits) -> Void = { _ in }
    ) -> ServerSettings {
        var limits = IntakeLimits()
        change(&limits)
        // No test here comes so far that a hash is asked for.
        let none = ScramFunctions(hmac: { _, _ in [] }, hash: { _ in [] })
        return ServerSettings(
            hostName: "relay.example.net", kind: kind, offersTLS: tls, offersAuthentication: login, limits: limits,
            scram: none)
    }

    private func session(_ settings: ServerSettings, isKnown: Bool = true, isEncrypted: Bool = false) -> ServerSession {
        ServerSession(settings: settings, isKnown: isKnown, isEncrypted: isEncrypted)
    }

    private func line(_ session: inout ServerSession, _ text: String) -> ServerAction {
        Array(text.utf8).withUnsafeBytes { session.line($0) }
    }

    private func code(_ action: ServerAction) -> UInt16? {
        switch action {
        case .reply(let reply), .close(let reply), .greeted(let reply), .abandon(let reply), .startTLS(let reply),
            .readData(let reply):
            reply.code.value
        default: nil
        }
    }

    @Test func aTransactionStepByStep() throws {
        var session = session(settings())
        #expect(code(line(&session, "EHLO client.example")) == 250)
        #expect(session.isESMTP && session.helloName == "client.example")
        let sender = try #require(ReversePath("a@example.org"))
        #expect(line(&session, "MAIL FROM:<a@example.org>") == .askSender(sender))
        #expect(!session.isInTransaction)
        #expect(session.senderAnswered(nil) == .reply(SessionReplies.senderOK))
        #expect(session.isInTransaction)
        let recipient = try #require(EmailAddress("b@example.com"))
        #expect(line(&session, "RCPT TO:<b@example.com>") == .askRecipient(recipient, count: 0))
        #expect(session.recipientAnswered(nil) == .reply(SessionReplies.recipientOK))
        let envelope = Envelope(sender: sender, recipients: [Envelope.Recipient(address: recipient)])
        #expect(line(&session, "DATA") == .openData(envelope))
        #expect(session.dataOpened(nil) == .readData(SessionReplies.sendData))
        let taken = Reply(.ok, nil, "taken")
        #expect(session.messageAnswered(taken, isFault: false) == .reply(taken))
        #expect(!session.isInTransaction)
        #expect(session.counters.messages == 1)
        #expect(session.counters.idleCommands == 0)
    }

    @Test func refusalsByThePolicyLeaveNothingBehind() throws {
        let no = Reply(.mailboxUnavailable, EnhancedStatusCode(5, 7, 1), "no")
        var session = session(settings())
        _ = line(&session, "EHLO c")
        _ = line(&session, "MAIL FROM:<a@example.org>")
        #expect(session.senderAnswered(no) == .reply(no))
        #expect(!session.isInTransaction)
        // An answer that nobody asked for changes nothing.
        #expect(code(session.senderAnswered(nil)) == 503)
        #expect(code(session.recipientAnswered(nil)) == 503)
        #expect(!session.isInTransaction)
        _ = line(&session, "MAIL FROM:<a@example.org>")
        _ = session.senderAnswered(nil)
        _ = line(&session, "RCPT TO:<b@example.com>")
        #expect(session.recipientAnswered(no) == .reply(no))
        #expect(line(&session, "DATA") == .reply(SessionReplies.recipientFirst))
        #expect(session.isInTransaction)
        #expect(session.counters.errors == 3)
    }

    @Test(arguments: [
        (ListenerKind.relay, true, false, ServerSession.Permission.granted), (.relay, false, false, .denied),
        (.relay, false, true, .loginNeeded), (.submission, true, true, .loginNeeded),
        (.submission, false, false, .denied), (.submissions, true, true, .loginNeeded),
    ])
    func whoMaySend(kind: ListenerKind, isKnown: Bool, login: Bool, permission: ServerSession.Permission) {
        var session = session(settings(kind, login: login), isKnown: isKnown)
        #expect(session.permission == permission)
        _ = line(&session, "EHLO c")
        let action = line(&session, "MAIL FROM:<>")
        switch permission {
        case .granted: #expect(action == .askSender(.null))
        case .loginNeeded: #expect(action == .reply(SessionReplies.loginNeeded))
        case .denied: #expect(action == .reply(SessionReplies.relayDenied))
        }
    }

    @Test func tlsForgetsEverything() {
        var session = session(settings(login: true))
        _ = line(&session, "EHLO c")
        _ = line(&session, "MAIL FROM:<>")
        _ = session.senderAnswered(nil)
        #expect(code(line(&session, "STARTTLS")) == 503)
        _ = line(&session, "RSET")
        #expect(line(&session, "STARTTLS") == .startTLS(SessionReplies.readyForTLS))
        session.encrypted()
        #expect(session.isEncrypted && session.helloName == nil && !session.isESMTP)
        #expect(line(&session, "MAIL FROM:<>") == .reply(SessionReplies.helloFirst))
        #expect(code(line(&session, "STARTTLS")) == 503)
        var without = self.session(settings(tls: false))
        #expect(code(line(&without, "STARTTLS")) == 502)
    }

    @Test func loginsAreCountedAndNeverInTheClear() {
        var session = session(settings(.submission), isKnown: false)
        _ = line(&session, "EHLO c")
        #expect(line(&session, "AUTH PLAIN AGEAYg==") == .reply(SessionReplies.encryptionNeeded))
        session.encrypted()
        _ = line(&session, "HELO c")
        #expect(code(line(&session, "AUTH PLAIN AGEAYg==")) == 503)
        _ = line(&session, "EHLO c")
        #expect(line(&session, "AUTH PLAIN AGEAYg==") == .verify(user: "a", password: [UInt8(ascii: "b")]))
        #expect(session.authenticationAnswered(.rejected) == .reply(SessionReplies.rejected))
        #expect(!session.isAuthenticating)
        #expect(code(line(&session, "AUTH LOGIN")) == 334)
        #expect(session.isAuthenticating)
        #expect(line(&session, "*") == .reply(SessionReplies.cancelled))
        _ = line(&session, "AUTH PLAIN AGEAYg==")
        #expect(session.authenticationAnswered(.unavailable) == .reply(SessionReplies.unavailable))
        for _ in 0..<2 {
            _ = line(&session, "AUTH PLAIN AGEAYg==")
            #expect(session.permission == .loginNeeded)
            _ = session.authenticationAnswered(.rejected)
        }
        #expect(session.counters.failedLogins == 3)
        _ = line(&session, "AUTH PLAIN AGEAYg==")
        #expect(session.authenticationAnswered(.accepted) == .reply(SessionReplies.authenticated))
        #expect(session.permission == .granted)
    }

    /// Offered only where every login can use it; asked for nevertheless, it is unknown.
    @Test func scramIsLeftOutWhereItWouldFail() {
        let settings = ServerSettings(
            hostName: "relay.example.net", kind: .submission, offersTLS: true, offersSCRAM: false,
            limits: IntakeLimits(), scram: ScramFunctions(hmac: { _, _ in [] }, hash: { _ in [] }))
        var session = session(settings, isKnown: false)
        session.encrypted()
        guard case .greeted(let reply) = line(&session, "EHLO c") else {
            Issue.record("not greeted")
            return
        }
        #expect(reply.lines.contains("AUTH PLAIN LOGIN"))
        #expect(line(&session, "AUTH SCRAM-SHA-256 biws") == .reply(SessionReplies.unknownMechanism))
        #expect(!session.isAuthenticating)
    }

    @Test func chunks() throws {
        var session = session(settings { $0.messageSize = ByteCount(100) })
        _ = line(&session, "EHLO c")
        #expect(line(&session, "BDAT 7") == .skipChunk(size: 7, SessionReplies.mailFirst))
        _ = line(&session, "MAIL FROM:<>")
        _ = session.senderAnswered(nil)
        #expect(line(&session, "BDAT 7") == .skipChunk(size: 7, SessionReplies.recipientFirst))
        #expect(!session.isInTransaction)
        _ = line(&session, "MAIL FROM:<>")
        _ = session.senderAnswered(nil)
        _ = line(&session, "RCPT TO:<b@example.com>")
        _ = session.recipientAnswered(nil)
        guard case .openChunk(_, size: 60, isLast: false) = line(&session, "BDAT 60") else {
            Issue.record("not opened")
            return
        }
        #expect(session.chunkOpened(nil, size: 60, isLast: false) == .readChunk(size: 60, isLast: false))
        #expect(session.chunkRead(nil) == .reply(SessionReplies.chunkOK))
        #expect(line(&session, "BDAT 40 LAST") == .readChunk(size: 40, isLast: true))
        _ = session.messageAnswered(SessionReplies.ok, isFault: false)
        _ = line(&session, "MAIL FROM:<>")
        _ = session.senderAnswered(nil)
        _ = line(&session, "RCPT TO:<b@example.com>")
        _ = session.recipientAnswered(nil)
        #expect(line(&session, "BDAT 101") == .skipChunk(size: 101, SessionReplies.tooLarge))
        #expect(!session.isInTransaction)
        // More than is ever read to stay in step.
        #expect(line(&session, "BDAT 999999999999999") == .close(SessionReplies.mailFirst))
    }

    @Test func adoptingOtherSettings() {
        var session = session(settings())
        _ = line(&session, "EHLO c")
        session.adopt(settings { $0.messageSize = ByteCount(5) }, isKnown: true)
        #expect(line(&session, "MAIL FROM:<> SIZE=6") == .reply(SessionReplies.tooLarge))
        session.adopt(settings(), isKnown: false)
        #expect(session.permission == .denied)
        session.adopt(settings(), isKnown: true)
        _ = line(&session, "MAIL FROM:<>")
        _ = session.senderAnswered(nil)
        // Not in the middle of a message.
        session.adopt(settings(), isKnown: false)
        #expect(session.permission == .granted)
    }

    @Test func countsEndTheSession() {
        var session = session(settings { ($0.commands, $0.errors, $0.recipientsPerSession) = (20, 3, 4) })
        _ = line(&session, "EHLO c")
        for _ in 0..<3 { #expect(code(line(&session, "WHAT")) == 500) }
        #expect(line(&session, "WHAT") == .close(SessionReplies.tooManyErrors))
        var many = self.session(settings { ($0.commands, $0.errors, $0.recipientsPerSession) = (20, 100, 4) })
        for _ in 0..<4 { #expect(line(&many, "RCPT TO:<b@example.com>") == .reply(SessionReplies.mailFirst)) }
        #expect(line(&many, "RCPT TO:<b@example.com>") == .close(SessionReplies.tooManyCommands))
        for _ in 0..<15 { _ = line(&many, "NOOP") }
        #expect(line(&many, "NOOP") == .close(SessionReplies.tooManyCommands))
    }
}
