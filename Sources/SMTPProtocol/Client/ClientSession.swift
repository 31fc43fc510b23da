package import MailTypes

/// A client's SMTP session, from greeting to QUIT, as a pure machine: bytes and events in, actions out.
///
/// greeting → EHLO (HELO where EHLO is unknown) → STARTTLS → EHLO → AUTH → any number of transactions, one at a time → QUIT.
/// The owner carries out the actions in order, keeps the time limit of `phase`, and reports what happens to the connection.
package struct ClientSession: Sendable {
    /// What the session is told about its server.
    package struct Settings: Sendable, Hashable {
        /// The EHLO argument: a host name, or an address literal with its brackets.
        package var heloName: String
        package var tls: TLSRequirement
        /// TLS begins before the greeting (RFC 8314 §3.3).
        package var implicitTLS: Bool
        package var credentials: ClientCredentials?
        /// The login may be sent without TLS: for a server on this machine that is meant to have none.
        package var allowsUnprotectedLogin: Bool

        package init(
            heloName: String, tls: TLSRequirement, implicitTLS: Bool = false, credentials: ClientCredentials? = nil,
            allowsUnprotectedLogin: Bool = false
        ) {
            self.heloName = heloName
            self.tls = tls
            self.implicitTLS = implicitTLS
            self.credentials = credentials
            self.allowsUnprotectedLogin = allowsUnprotectedLogin
        }
    }

    enum State: Sendable, Hashable {
        case greeting, ehlo, helo, startTLS, tlsHandshake
        case authenticating(AuthenticationStep)
        case idle, transaction, quitting, closed
    }

    enum AuthenticationStep: Sendable, Hashable { case plain, loginStart, loginUser, loginPassword }

    let settings: Settings
    var state: State = .greeting
    var extensions = ServerExtensions()
    package internal(set) var isProtected: Bool
    /// TLS was offered under `may` and refused, so it is not tried again.
    var skipsTLS = false
    private var reader = ReplyReader()
    private var transaction: ClientTransaction?
    private var needsReset = false
    /// Transactions begun on this connection.
    package private(set) var transactions = 0

    package init(_ settings: Settings) {
        self.settings = settings
        isProtected = settings.implicitTLS
    }

    /// What is waited for.
    package var phase: ClientPhase {
        switch state {
        case .greeting: .greeting
        case .ehlo, .helo: .hello
        case .startTLS: .startTLS
        case .tlsHandshake: .tlsHandshake
        case .authenticating: .authentication
        case .idle: .idle
        case .transaction: transaction?.phase ?? .idle
        case .quitting: .quit
        case .closed: .closed
        }
    }

    /// Bytes from the server.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer, _ actions: inout [ClientAction]) {
        var rest = bytes
        while state != .closed {
            do throws(ReplyReader.Failure) {
                let (reply, consumed) = try reader.read(rest)
                guard let reply else { break }
                rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
                handle(reply, &actions)
            } catch {
                violated(error, &actions)
                return
            }
            if state == .tlsHandshake, !rest.isEmpty { break }
        }
        if state == .tlsHandshake, !(rest.isEmpty && reader.isEmpty) {
            fail(
                ClientFailure(.plaintextInjected, "Unprotected bytes came behind the reply to STARTTLS"), &actions)
        }
    }

    /// Begins a transaction. Only in phase `idle`; elsewhere the outcome is `neverStarted`.
    /// `survey` looks at the content, and is asked only if the answer matters (`needsSurvey`).
    package mutating func begin(
        _ envelope: Envelope, size: ByteCount, survey: () -> ContentSurvey, _ actions: inout [ClientAction]
    ) {
        guard state == .idle else {
            let reply = ClientReplies.lost("The connection was lost")
            actions.append(
                .finished(
                    TransactionOutcome(
                        replies: envelope.recipients.map { _ in reply }, connection: .neverStarted,
                        passedOnNotify: false, isAmbiguous: false)))
            return
        }
        var next = ClientTransaction(
            envelope, size: size, extensions: extensions, needsReset: needsReset, survey: survey)
        let action = next.start()
        transaction = next
        state = .transaction
        perform(action, &actions)
    }

    /// Whether the content's bytes decide if the message can go to this server.
    package func needsSurvey(_ envelope: Envelope) -> Bool {
        (envelope.body != .sevenBit && !extensions.eightBitMIME) || (envelope.needsSMTPUTF8 && !extensions.smtputf8)
            || envelope.body == .binaryMIME
    }

    /// The message was written to its end.
    package mutating func contentSent() { transaction?.contentSent() }

    /// The message could not be read to its end: the connection has to go, so that the part sent counts for nothing.
    package mutating func contentFailed(_ actions: inout [ClientAction]) {
        guard let outcome = transaction?.contentFailed() else { return }
        finish(outcome, &actions)
    }

    /// The connection was closed by the other side, or failed.
    package mutating func connectionLost(_ reason: String, _ actions: inout [ClientAction]) {
        interrupted(ClientFailure(.lost, reason), provesTrouble: false, &actions)
    }

    /// The time limit of the present phase is over.
    package mutating func timedOut(_ actions: inout [ClientAction]) {
        interrupted(ClientFailure(.timedOut, "The server did not answer in time"), provesTrouble: true, &actions)
    }

    /// Ends an idle session politely, any other at once.
    package mutating func quit(_ actions: inout [ClientAction]) {
        if state == .idle {
            state = .quitting
            actions.append(.send(Array("QUIT\r\n".utf8)))
        } else {
            connectionLost("The connection was given up", &actions)
        }
    }

    private mutating func interrupted(_ failure: ClientFailure, provesTrouble: Bool, _ actions: inout [ClientAction]) {
        switch state {
        case .closed: return
        case .transaction:
            let isReused = transactions > 0
            if let outcome = transaction?.interrupted(failure.message, provesTrouble: provesTrouble, isReused: isReused)
            {
                finish(outcome, &actions)
            }
        case .idle, .quitting:
            state = .closed
            actions.append(.close)
        case .greeting, .ehlo, .helo, .startTLS, .tlsHandshake, .authenticating:
            fail(failure, &actions)
        }
    }

    private mutating func violated(_ failure: ReplyReader.Failure, _ actions: inout [ClientAction]) {
        let message =
            switch failure {
            case .lineTooLong: "The server sent a line of more than \(ReplyReader.maximumLine) bytes"
            case .tooManyLines: "The server sent a reply of more than \(ReplyReader.maximumLines) lines"
            case .malformed(let line): "The server sent what is no reply (\(line))"
            }
        interrupted(ClientFailure(.protocolViolation, message), provesTrouble: true, &actions)
    }

    private mutating func handle(_ reply: Reply, _ actions: inout [ClientAction]) {
        switch state {
        case .transaction:
            guard let action = transaction?.receive(reply) else { return }
            perform(action, &actions)
        case .idle, .quitting:
            // Nothing was asked: 421, or out of step. Either way the session is over.
            state = .closed
            actions.append(.close)
        case .closed, .tlsHandshake: break
        default: negotiate(reply, &actions)
        }
    }

    private mutating func perform(_ action: ClientTransaction.Action, _ actions: inout [ClientAction]) {
        switch action {
        case .wait: break
        case .send(let bytes): actions.append(.send(bytes))
        case .sendContent: actions.append(.sendContent)
        case .finished(let outcome): finish(outcome, &actions)
        }
    }

    private mutating func finish(_ outcome: TransactionOutcome, _ actions: inout [ClientAction]) {
        needsReset = transaction?.leavesTransactionOpen ?? false
        transaction = nil
        transactions += 1
        let isUsable = outcome.connection == .usable
        state = isUsable ? .idle : .closed
        actions.append(.finished(outcome))
        if !isUsable { actions.append(.close) }
    }

    mutating func fail(_ failure: ClientFailure, _ actions: inout [ClientAction]) {
        state = .closed
        actions.append(.failed(failure))
        actions.append(.close)
    }
}
