import MailTypes

extension ClientSession {
    /// TLS stands: over STARTTLS the server has forgotten what was said before (RFC 3207 §4.2).
    package mutating func tlsEstablished(_ actions: inout [ClientAction]) {
        guard state == .tlsHandshake else { return }
        isProtected = true
        extensions = ServerExtensions()
        sendEHLO(&actions)
    }

    /// The TLS handshake failed; the connection is of no more use.
    package mutating func tlsFailed(_ reason: String, _ actions: inout [ClientAction]) {
        guard state != .closed else { return }
        let message = "The TLS handshake failed: \(SafeText.printable(reason, limit: 512))"
        fail(ClientFailure(.tlsFailed, message), &actions)
    }

    /// A reply before the session is ready for mail.
    mutating func negotiate(_ reply: Reply, _ actions: inout [ClientAction]) {
        let isPositive = reply.code.value < 300
        switch state {
        case .greeting:
            guard isPositive else { return refuse("The server does not take connections", reply, &actions) }
            sendEHLO(&actions)
        case .ehlo:
            if isPositive {
                extensions = ServerExtensions(ehlo: reply)
                secure(&actions)
            } else if reply.code.isPermanent {
                state = .helo
                actions.append(.send(Array("HELO \(settings.heloName)\r\n".utf8)))
            } else {
                refuse("The server refused EHLO", reply, &actions)
            }
        case .helo:
            guard isPositive else { return refuse("The server refused EHLO and HELO", reply, &actions) }
            extensions = ServerExtensions()
            secure(&actions)
        case .startTLS:
            if reply.code == .serviceReady {
                state = .tlsHandshake
                actions.append(.startTLS)
            } else if settings.tls == .required || reply.code == .serviceNotAvailable {
                fail(ClientFailure(.tlsUnavailable, "The server refused STARTTLS", reply: reply), &actions)
            } else {
                skipsTLS = true
                secure(&actions)
            }
        case .authenticating(let step): authenticate(step, reply, &actions)
        case .tlsHandshake, .idle, .transaction, .quitting, .closed: break
        }
    }

    private mutating func sendEHLO(_ actions: inout [ClientAction]) {
        state = .ehlo
        actions.append(.send(Array("EHLO \(settings.heloName)\r\n".utf8)))
    }

    /// The server's abilities are known: TLS next, or the login, or ready.
    private mutating func secure(_ actions: inout [ClientAction]) {
        if !isProtected, settings.tls != .none {
            if extensions.startTLS, !skipsTLS {
                state = .startTLS
                actions.append(.send(Array("STARTTLS\r\n".utf8)))
                return
            }
            if settings.tls == .required {
                return fail(ClientFailure(.tlsUnavailable, "The server does not offer STARTTLS"), &actions)
            }
        }
        guard let credentials = settings.credentials else { return becomeReady(&actions) }
        guard isProtected || settings.allowsUnprotectedLogin else {
            return fail(
                ClientFailure(
                    .authenticationNeedsTLS, "A login is configured, and is not sent over an unprotected connection"),
                &actions)
        }
        if extensions.mechanisms.contains("PLAIN") {
            state = .authenticating(.plain)
            actions.append(.send(Array("AUTH PLAIN ".utf8) + SASLMessages.plain(credentials) + [0x0d, 0x0a]))
        } else if extensions.mechanisms.contains("LOGIN") {
            state = .authenticating(.loginStart)
            actions.append(.send(Array("AUTH LOGIN\r\n".utf8)))
        } else {
            fail(
                ClientFailure(.authenticationFailed, "The server offers neither AUTH PLAIN nor AUTH LOGIN"), &actions)
        }
    }

    private mutating func authenticate(
        _ step: AuthenticationStep, _ reply: Reply, _ actions: inout [ClientAction]
    ) {
        guard let credentials = settings.credentials else { return }
        switch (step, reply.code) {
        case (.loginStart, .authenticationContinue):
            state = .authenticating(.loginUser)
            actions.append(.send(SASLMessages.loginUser(credentials) + [0x0d, 0x0a]))
        case (.loginUser, .authenticationContinue):
            state = .authenticating(.loginPassword)
            actions.append(.send(SASLMessages.loginPassword(credentials) + [0x0d, 0x0a]))
        case (.plain, .authenticationSucceeded), (.loginPassword, .authenticationSucceeded): becomeReady(&actions)
        default:
            fail(
                ClientFailure(.authenticationFailed, "The server did not accept the login", reply: reply), &actions)
        }
    }

    private mutating func becomeReady(_ actions: inout [ClientAction]) {
        state = .idle
        actions.append(.ready(extensions))
    }

    private mutating func refuse(_ message: String, _ reply: Reply, _ actions: inout [ClientAction]) {
        fail(ClientFailure(.refused, message, reply: reply), &actions)
    }
}
