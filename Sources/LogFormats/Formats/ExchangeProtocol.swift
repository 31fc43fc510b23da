import MailTypes

/// Exchange's protocol logs: SMTP receive and send connectors (`+ - > < *`), IMAP4 and POP3.
struct ExchangeProtocol {
    private var sessions = SessionMemory()

    /// - Parameter line: the whole line, beginning with `2026-11-24T08:30:00.123Z,`.
    mutating func parse(_ line: ByteSlice) -> LogEvent? {
        let fields = FieldCursor.split(line, by: Byte.comma, quoted: true, limit: 16)
        if fields.count >= 8, fields[6].count == 1, fields[3].number != nil { return smtp(fields) }
        if fields.count >= 10, fields[2].number != nil { return ExchangeProtocol.reading(fields) }
        return nil
    }

    private mutating func smtp(_ fields: [ByteSlice]) -> LogEvent? {
        let id = fields[2]
        let data = fields[7]
        var session = sessions[id]
        session.address = fields[5].addressBeforePort ?? session.address
        defer { sessions[id] = session }
        switch fields[6].first {
        case 0x2a:  // *
            if fields.count > 8, fields[8].hasPrefix("User Name: ") {
                session.tried = fields[8].from(11).trimmed.prefix(255).bytes
            }
            guard fields.count > 8, fields[8].contains("authenticated"), !data.isEmpty else { return .nothing }
            session.account = data.bytes
            return .login(Login(account: data, address: session.address, success: true, service: .smtp))
        case 0x3c:  // <
            return client(data, &session)
        case 0x3e:  // >
            return server(data, &session)
        default: return .nothing
        }
    }

    /// What came in: a client's command at a receive connector, or a receiver's reply at a send connector.
    private mutating func client(_ data: ByteSlice, _ session: inout SessionMemory.Session) -> LogEvent? {
        if data.hasPrefixIgnoringCase("mail from:") {
            session.sender = (data.value(after: "<", upTo: Byte.greater) ?? .empty).bytes
            session.recipients = 0
        } else if data.hasPrefixIgnoringCase("rcpt to:") {
            session.recipients += 1
            session.recipient = (data.value(after: "<", upTo: Byte.greater) ?? .empty).prefix(320).bytes
        }
        let codes = data.replyCodes
        guard codes.code >= 400, codes.rest.count > 0 || codes.enhanced != nil else { return .nothing }
        var event = Delivery(queueID: .empty, outcome: codes.code >= 500 ? .bounced : .deferred)
        event.relay = session.address
        event.code = codes.code
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        return .delivery(event)
    }

    /// What went out: our reply at a receive connector.
    private mutating func server(_ data: ByteSlice, _ session: inout SessionMemory.Session) -> LogEvent? {
        let codes = data.replyCodes
        if codes.code == 535 {
            var event = Login(address: session.address, success: false, service: .smtp)
            event.account = sessions.stable(session.tried.isEmpty ? session.account : session.tried)
            session.tried = []
            return .login(event)
        }
        if codes.code == 250, data.contains("Queued mail for delivery") {
            var event = Submission(client: session.address)
            event.account = sessions.stable(session.account)
            event.sender = sessions.stable(session.sender)
            event.recipients = session.recipients
            session.recipients = 0
            session.recipient = []
            return .submission(event)
        }
        if codes.code < 400 { session.recipient = [] }
        guard codes.code >= 450 else { return .nothing }
        var event = Reject(client: session.address)
        event.account = sessions.stable(session.account)
        event.sender = sessions.stable(session.sender)
        event.recipient = sessions.stable(session.recipient)
        session.recipients -= session.recipient.isEmpty ? 0 : min(1, session.recipients)
        event.code = codes.code
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        return .reject(event)
    }

    /// IMAP4 and POP3: time, session, sequence, server, client, user, durations and sizes, command, parameters, context.
    private static func reading(_ fields: [ByteSlice]) -> LogEvent? {
        let command = fields[9]
        let isLogin =
            command.equalsIgnoringCase("authenticate") || command.equalsIgnoringCase("login")
            || command.equalsIgnoringCase("auth") || command.equalsIgnoringCase("pass")
        guard isLogin else { return .nothing }
        let context = fields.count > 11 ? fields[11] : .empty
        let port = fields[3].portAfterAddress
        var event = Login(success: true, service: port == 110 || port == 995 ? .pop3 : .imap)
        event.account = fields[5]
        event.address = fields[4].addressBeforePort
        event.method = fields.count > 10 ? fields[10].trimmed : .empty
        event.success = !(context.contains("AuthFailed") || context.contains(" NO ") || context.contains("-ERR"))
        return event.account.isEmpty && event.success ? .nothing : .login(event)
    }
}
