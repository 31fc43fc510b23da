import MailTypes
import SMTPProtocol
import Testing

@Suite("A client's session")
struct ClientSessionTests {
    /// Drives a session with texts and collects what it does.
    struct Driver {
        var session: ClientSession
        var log: [String] = []
        var outcome: TransactionOutcome?
        var failure: ClientFailure?

        init(
            tls: TLSRequirement = .none, implicitTLS: Bool = false, credentials: ClientCredentials? = nil,
            allowsUnprotectedLogin: Bool = false
        ) {
            session = ClientSession(
                .init(
                    heloName: "out.example.net", tls: tls, implicitTLS: implicitTLS, credentials: credentials,
                    allowsUnprotectedLogin: allowsUnprotectedLogin))
        }

        mutating func server(_ text: String) {
            step { session, actions in
                Array(text.utf8).withUnsafeBytes { session.receive($0, &actions) }
            }
        }

        mutating func send(_ envelope: Envelope, size: Int = 100, content: String = "Subject: x\r\n\r\nx\r\n") {
            var survey = ContentSurvey()
            Array(content.utf8).withUnsafeBytes { survey.scan($0) }
            step { $0.begin(envelope, size: ByteCount(size), survey: { survey }, &$1) }
        }

        mutating func step(_ body: (inout ClientSession, inout [ClientAction]) -> Void) {
            var actions: [ClientAction] = []
            body(&session, &actions)
            for action in actions {
                switch action {
                case .send(let bytes): log.append(String(decoding: bytes, as: UTF8.self))
                case .startTLS: log.append("<tls>")
                case .ready: log.append("<ready>")
                case .failed(let failure):
                    log.append("<failed>")
                    self.failure = failure
                case .sendContent: log.append("<content>")
                case .finished(let outcome):
                    log.append("<finished>")
                    self.outcome = outcome
                case .close: log.append("<close>")
                }
            }
        }

        mutating func content() { session.contentSent() }

        /// Greeting and EHLO with these keywords; the log is empty afterwards.
        static func ready(_ keywords: String...) -> Driver {
            var driver = Driver()
            driver.server("220 mx\r\n")
            driver.server("250-mx\r\n" + keywords.map { "250-\($0)\r\n" }.joined() + "250 HELP\r\n")
            driver.log = []
            return driver
        }
    }

    static func envelope(_ recipients: String..., body: Envelope.BodyType = .sevenBit) throws -> Envelope {
        Envelope(
            sender: try #require(ReversePath("joe@example.net")),
            recipients: try recipients.map { .init(address: try #require(EmailAddress($0))) }, body: body)
    }

    @Test("Greeting, EHLO, ready") func hello() {
        var driver = Driver()
        driver.server("220-hello\r\n220 mx\r\n")
        driver.server("250-mx\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250 8BITMIME\r\n")
        #expect(driver.log == ["EHLO out.example.net\r\n", "<ready>"])
        #expect(driver.session.phase == .idle)
    }

    @Test("HELO where EHLO is unknown") func helo() {
        var driver = Driver()
        driver.server("220 mx\r\n")
        driver.server("502 what?\r\n")
        driver.server("250 mx\r\n")
        #expect(driver.log == ["EHLO out.example.net\r\n", "HELO out.example.net\r\n", "<ready>"])
    }

    @Test("A server that takes no connections", arguments: ["554 5.7.1 go away\r\n", "421 busy\r\n"])
    func refused(greeting: String) {
        var driver = Driver()
        driver.server(greeting)
        #expect(driver.log == ["<failed>", "<close>"])
        #expect(driver.failure?.code == .refused && driver.failure?.reply != nil)
    }

    @Test("TLS, EHLO again, AUTH PLAIN") func starttls() throws {
        var driver = Driver(tls: .required, credentials: ClientCredentials(user: "joe", password: "secret"))
        driver.server("220 mx\r\n")
        driver.server("250-mx\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n")
        driver.server("220 go\r\n")
        #expect(driver.log == ["EHLO out.example.net\r\n", "STARTTLS\r\n", "<tls>"])
        driver.step { $0.tlsEstablished(&$1) }
        driver.server("250-mx\r\n250 AUTH LOGIN PLAIN\r\n")
        driver.server("235 welcome\r\n")
        #expect(driver.log[3...] == ["EHLO out.example.net\r\n", "AUTH PLAIN AGpvZQBzZWNyZXQ=\r\n", "<ready>"])
    }

    @Test("AUTH LOGIN") func login() {
        var driver = Driver(
            tls: .required, implicitTLS: true, credentials: ClientCredentials(user: "joe", password: "secret"))
        for line in ["220 mx", "250-mx\r\n250 AUTH=LOGIN", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 ok"] {
            driver.server(line + "\r\n")
        }
        #expect(driver.log[1...] == ["AUTH LOGIN\r\n", "am9l\r\n", "c2VjcmV0\r\n", "<ready>"])
    }

    @Test("A login is never sent without TLS", arguments: [TLSRequirement.none, .may])
    func loginNeedsTLS(tls: TLSRequirement) {
        var driver = Driver(tls: tls, credentials: ClientCredentials(user: "joe", password: "secret"))
        driver.server("220 mx\r\n")
        driver.server("250-mx\r\n250 AUTH PLAIN LOGIN\r\n")
        #expect(driver.failure?.code == .authenticationNeedsTLS)
        #expect(!driver.log.contains { $0.hasPrefix("AUTH") })
    }

    @Test("A login goes without TLS where that is meant") func unprotectedLogin() {
        var driver = Driver(
            credentials: ClientCredentials(user: "joe", password: "secret"), allowsUnprotectedLogin: true)
        driver.server("220 mx\r\n")
        driver.server("250-mx\r\n250 AUTH PLAIN LOGIN\r\n")
        #expect(driver.log.last == "AUTH PLAIN AGpvZQBzZWNyZXQ=\r\n")
    }

    @Test("Refused STARTTLS: plain under may, the end under required", arguments: [TLSRequirement.may, .required])
    func tlsRefused(tls: TLSRequirement) {
        var driver = Driver(tls: tls)
        driver.server("220 mx\r\n")
        driver.server("250-mx\r\n250 STARTTLS\r\n")
        driver.server("454 4.7.0 no\r\n")
        #expect(driver.log.contains("<ready>") == (tls == .may))
        #expect(driver.failure?.code == (tls == .may ? nil : .tlsUnavailable))
    }

    @Test("Stripped STARTTLS under required is a failure") func tlsMissing() {
        var driver = Driver(tls: .required)
        driver.server("220 mx\r\n")
        driver.server("250 mx\r\n")
        #expect(driver.failure?.code == .tlsUnavailable)
    }

    @Test("Plaintext behind the reply to STARTTLS", arguments: ["250 x\r\n", "2", "\r\n"])
    func injected(extra: String) {
        var driver = Driver(tls: .may)
        driver.server("220 mx\r\n")
        driver.server("250-mx\r\n250 STARTTLS\r\n")
        driver.server("220 go\r\n" + extra)
        #expect(driver.failure?.code == .plaintextInjected)
        #expect(driver.session.phase == .closed)
    }

    @Test("A pipelined transaction goes out at once; the connection is used again") func pipelined() throws {
        var driver = Driver.ready("PIPELINING", "SIZE 5000")
        driver.send(try Self.envelope("a@example.org", "b@example.org"))
        #expect(
            driver.log == [
                "MAIL FROM:<joe@example.net> SIZE=100\r\nRCPT TO:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n"
            ])
        driver.server("250 ok\r\n550 5.1.1 nobody\r\n250 ok\r\n354 go\r\n")
        #expect(driver.log.last == "<content>" && driver.session.phase == .content)
        driver.content()
        #expect(driver.session.phase == .final)
        driver.server("250 2.0.0 queued\r\n")
        let outcome = try #require(driver.outcome)
        #expect(outcome.replies.map(\.code) == [.mailboxUnavailable, .ok])
        #expect(outcome.connection == .usable && !outcome.isAmbiguous)
        driver.send(try Self.envelope("c@example.org"))
        #expect(driver.log.last?.hasPrefix("MAIL") == true)
    }

    @Test("Without PIPELINING one command at a time") func stepwise() throws {
        var driver = Driver.ready("8BITMIME")
        driver.send(
            try Self.envelope("a@example.org", "b@example.org", body: .eightBitMIME), content: "Subject: x\r\n\r\né\r\n"
        )
        for reply in ["250 ok", "250 ok", "450 4.2.0 later", "354 go"] { driver.server(reply + "\r\n") }
        driver.content()
        driver.server("250 ok\r\n")
        #expect(
            driver.log == [
                "MAIL FROM:<joe@example.net> BODY=8BITMIME\r\n", "RCPT TO:<a@example.org>\r\n",
                "RCPT TO:<b@example.org>\r\n", "DATA\r\n", "<content>", "<finished>",
            ])
        #expect(driver.outcome?.replies.map(\.code) == [.ok, .mailboxUnavailableNow])
    }

    @Test("All recipients refused: RSET before the next transaction, and only then", arguments: [true, false])
    func reset(pipelining: Bool) throws {
        var driver = pipelining ? Driver.ready("PIPELINING") : Driver.ready()
        driver.send(try Self.envelope("a@example.org"))
        driver.server("250 ok\r\n")
        driver.server("550 no\r\n")
        if pipelining { driver.server("554 no valid recipients\r\n") }
        #expect(driver.outcome?.replies == [Reply(.mailboxUnavailable, nil, "no")])
        driver.send(try Self.envelope("b@example.org"))
        #expect(driver.log.last?.hasPrefix("RSET\r\n") == true)
        driver.server("250 reset\r\n")
        for _ in 0..<2 { driver.server("250 ok\r\n") }
        driver.server("354 go\r\n")
        driver.content()
        driver.server("250 ok\r\n")
        #expect(driver.outcome?.replies == [Reply(.ok, nil, "ok")])
        driver.send(try Self.envelope("c@example.org"))
        #expect(driver.log.last?.hasPrefix("MAIL") == true)
    }

    @Test("354 without a recipient gets an empty message that nobody gets") func emptyMessage() throws {
        var driver = Driver.ready("PIPELINING")
        driver.send(try Self.envelope("a@example.org"))
        driver.server("250 ok\r\n550 no\r\n354 go\r\n")
        #expect(driver.log.last == ".\r\n")
        driver.server("554 no valid recipients\r\n")
        #expect(driver.outcome?.replies.map(\.code) == [.mailboxUnavailable])
        #expect(driver.outcome?.connection == .usable)
    }

    @Test("MAIL refused decides for all") func mailRefused() throws {
        var driver = Driver.ready("PIPELINING")
        driver.send(try Self.envelope("a@example.org", "b@example.org"))
        driver.server("550 5.7.1 not you\r\n503 no\r\n503 no\r\n503 no\r\n")
        #expect(driver.outcome?.replies.map(\.description) == ["550 5.7.1 not you", "550 5.7.1 not you"])
        driver.send(try Self.envelope("a@example.org"))
        #expect(driver.log.last?.hasPrefix("MAIL") == true)
    }

    @Test("421 in the middle ends it for those undecided") func closingInTheMiddle() throws {
        var driver = Driver.ready("PIPELINING")
        driver.send(try Self.envelope("a@example.org", "b@example.org"))
        driver.server("250 ok\r\n550 no\r\n421 4.3.2 shutting down\r\n")
        #expect(driver.outcome?.replies.map(\.code) == [.mailboxUnavailable, .serviceNotAvailable])
        #expect(driver.outcome?.connection == .troubled)
        #expect(driver.log.suffix(2) == ["<finished>", "<close>"])
    }

    @Test("Lost after the final dot: temporary, and told as ambiguous") func ambiguous() throws {
        var driver = Driver.ready("PIPELINING")
        driver.send(try Self.envelope("a@example.org"))
        driver.server("250 ok\r\n250 ok\r\n354 go\r\n")
        driver.content()
        driver.step { $0.connectionLost("The connection was lost", &$1) }
        #expect(driver.outcome?.isAmbiguous == true)
        #expect(driver.outcome?.replies.first?.code.isTransient == true)
    }

    @Test("Lost before the dot, by loss, timeout, or unreadable content: temporary, not ambiguous", arguments: 0..<3)
    func interrupted(way: Int) throws {
        var driver = Driver.ready("PIPELINING")
        driver.send(try Self.envelope("a@example.org"))
        driver.server("250 ok\r\n250 ok\r\n354 go\r\n")
        driver.step { session, actions in
            switch way {
            case 0: session.connectionLost("The connection was lost", &actions)
            case 1: session.timedOut(&actions)
            default: session.contentFailed(&actions)
            }
        }
        let outcome = try #require(driver.outcome)
        #expect(!outcome.isAmbiguous && outcome.replies[0].code.isTransient)
        #expect(outcome.connection == (way == 2 ? .ended : .troubled))
    }

    @Test("A kept connection that turns out dead was never started") func stale() throws {
        var driver = Driver.ready("PIPELINING")
        driver.send(try Self.envelope("a@example.org"))
        driver.server("250 ok\r\n250 ok\r\n354 go\r\n")
        driver.content()
        driver.server("250 ok\r\n")
        driver.send(try Self.envelope("a@example.org"))
        driver.step { $0.connectionLost("The connection was lost", &$1) }
        #expect(driver.outcome?.connection == .neverStarted)
    }

    @Test("421 while idle closes; a transaction then was never started") func idleClose() throws {
        var driver = Driver.ready()
        driver.server("421 idle too long\r\n")
        #expect(driver.log == ["<close>"])
        driver.send(try Self.envelope("a@example.org"))
        #expect(driver.outcome?.connection == .neverStarted)
    }

    @Test("8-bit content without 8BITMIME fails for good, 7-bit content goes") func eightBit() throws {
        var driver = Driver.ready("PIPELINING")
        driver.send(try Self.envelope("a@example.org", body: .eightBitMIME), content: "Subject: x\r\n\r\né\r\n")
        #expect(driver.outcome?.replies[0].enhanced == EnhancedStatusCode(5, 6, 3))
        #expect(driver.outcome?.connection == .usable && driver.log == ["<finished>"])
        driver.send(try Self.envelope("a@example.org", body: .eightBitMIME))
        #expect(driver.log.last?.hasPrefix("MAIL FROM:<joe@example.net>\r\n") == true)
    }

    @Test("Too large for the server's SIZE is not tried") func tooLarge() throws {
        var driver = Driver.ready("SIZE 50")
        driver.send(try Self.envelope("a@example.org"))
        #expect(driver.outcome?.replies[0].enhanced == EnhancedStatusCode(5, 3, 4))
    }

    @Test("SMTPUTF8 only if offered; ASCII recipients still get theirs") func internationalized() throws {
        var driver = Driver.ready("PIPELINING")
        driver.send(try Self.envelope("jörg@example.org", "b@example.org"))
        #expect(driver.log.last?.contains("RCPT TO:<b@example.org>\r\nDATA") == true)
        driver.server("250 ok\r\n250 ok\r\n354 go\r\n")
        driver.content()
        driver.server("250 ok\r\n")
        #expect(driver.outcome?.replies.map(\.code) == [.mailboxNameNotAllowed, .ok])
        // Announced without need: an ordinary message. With need: it cannot go.
        var announced = try Self.envelope("a@example.org")
        announced.needsSMTPUTF8 = true
        driver = Driver.ready("PIPELINING")
        driver.send(announced)
        #expect(driver.log.last?.hasPrefix("MAIL FROM:<joe@example.net>\r\n") == true)
        driver = Driver.ready("PIPELINING", "8BITMIME")
        driver.send(announced, content: "Subject: \u{e9}\r\n\r\nx\r\n")
        #expect(driver.outcome?.replies[0].enhanced == EnhancedStatusCode(5, 6, 7))
        driver = Driver.ready("PIPELINING", "SMTPUTF8")
        driver.send(try Self.envelope("jörg@example.org"))
        #expect(driver.log.last?.hasPrefix("MAIL FROM:<joe@example.net> SMTPUTF8\r\n") == true)
    }

    @Test("DSN parameters only if offered, and never with a line break in them") func dsn() throws {
        var envelope = try Self.envelope("a@example.org")
        envelope.envelopeID = "id1"
        envelope.returnContent = .headers
        envelope.recipients[0].notify = [.success, .failure]
        envelope.recipients[0].originalRecipient = "rfc822;x\r\nRSET"
        var driver = Driver.ready("PIPELINING", "DSN")
        driver.send(envelope)
        #expect(
            driver.log == [
                "MAIL FROM:<joe@example.net> RET=HDRS ENVID=id1\r\nRCPT TO:<a@example.org> NOTIFY=SUCCESS,FAILURE\r\nDATA\r\n"
            ])
        driver = Driver.ready("PIPELINING")
        driver.send(envelope)
        #expect(driver.log == ["MAIL FROM:<joe@example.net>\r\nRCPT TO:<a@example.org>\r\nDATA\r\n"])
    }

    @Test("552 to RCPT is too many recipients: temporary; a full mailbox is not") func tooMany() throws {
        var driver = Driver.ready("PIPELINING")
        driver.send(try Self.envelope("a@example.org", "b@example.org"))
        driver.server("250 ok\r\n552 too many\r\n552 5.2.2 full\r\n554 none\r\n")
        #expect(driver.outcome?.replies.map(\.code) == [.insufficientStorage, .exceededStorage])
    }

    @Test("An answer before the end of the message breaks off") func earlyAnswer() throws {
        var driver = Driver.ready("PIPELINING")
        driver.send(try Self.envelope("a@example.org"))
        driver.server("250 ok\r\n250 ok\r\n354 go\r\n552 5.3.4 too big\r\n")
        #expect(driver.outcome?.replies[0].code == .exceededStorage)
        #expect(driver.outcome?.connection == .ended && driver.log.last == "<close>")
    }

    @Test(
        "Nonsense and endless lines in a transaction are temporary",
        arguments: ["hello\r\n", String(repeating: "2", count: 3000)])
    func nonsense(text: String) throws {
        var driver = Driver.ready("PIPELINING")
        driver.send(try Self.envelope("a@example.org"))
        driver.server(text)
        #expect(driver.outcome?.replies[0].code.isTransient == true)
        #expect(driver.session.phase == .closed)
    }

    @Test("QUIT") func quit() {
        var driver = Driver.ready()
        driver.step { $0.quit(&$1) }
        driver.server("221 bye\r\n")
        #expect(driver.log == ["QUIT\r\n", "<close>"])
    }

    @Test("A password is never shown") func secret() throws {
        let credentials = try #require(ClientCredentials(user: "joe", password: "secret"))
        #expect(!"\(credentials) \(String(reflecting: credentials))".contains("secret"))
        #expect(ClientCredentials(user: "a\0b", password: "x") == nil)
    }
}
