import MailTypes

/// hMailServer: `"SMTPD"⇥thread⇥session⇥"2026-11-24 08:30:00.123"⇥"192.0.2.1"⇥"RECEIVED: AUTH LOGIN"`.
struct HMailServerParser {
    private var sessions = SessionMemory()

    mutating func parse(_ line: ByteSlice, clock: inout LogClock) -> ParsedLine? {
        // Quotes within a field are not doubled: a field ends at the tab.
        let fields = FieldCursor.split(line, by: Byte.tab, limit: 8).map {
            $0.first == Byte.quote && $0.last == Byte.quote && $0.count > 1 ? $0.part(1, $0.count - 1) : $0
        }
        guard fields.count >= 4 else { return nil }
        // APPLICATION, ERROR, DEBUG lines have no session: kind, thread, time, text.
        let timeAt = fields.count >= 6 ? 3 : 2
        guard let time = clock.isoTime(fields[timeAt]) else { return nil }
        var event: LogEvent? = .nothing
        if fields.count >= 6 {
            if fields[0].equals("SMTPD") { event = smtp(fields[2], fields[4].address, fields[5]) }
            if fields[0].equals("POP3D") { event = reading(fields[2], fields[4].address, fields[5], .pop3) }
            if fields[0].equals("IMAPD") { event = reading(fields[2], fields[4].address, fields[5], .imap) }
            if fields[0].equals("SMTPC") { event = HMailServerParser.sending(fields[4].address, fields[5]) }
        }
        return ParsedLine(seconds: time.seconds, format: .hMailServer, event: event)
    }

    private mutating func smtp(_ id: ByteSlice, _ address: IPAddress?, _ text: ByteSlice) -> LogEvent? {
        var session = sessions[id]
        session.address = address
        defer { sessions[id] = session }
        if text.hasPrefix("RECEIVED: ") {
            let command = text.from(10)
            if session.expectsName {
                session.expectsName = false
                if let name = Base64Text.decode(command.trimmed) { session.account = name }
            } else if command.hasPrefixIgnoringCase("auth plain "),
                let name = Base64Text.plainName(command.from(11).trimmed)
            {
                session.account = name
            } else if command.hasPrefixIgnoringCase("auth login "),
                let name = Base64Text.decode(command.from(11).trimmed)
            {
                session.account = name
            } else if command.hasPrefixIgnoringCase("mail from:") {
                session.sender = (command.value(after: "<", upTo: Byte.greater) ?? .empty).bytes
                session.recipients = 0
            } else if command.hasPrefixIgnoringCase("rcpt to:") {
                session.recipients += 1
            }
            return .nothing
        }
        guard text.hasPrefix("SENT: ") else { return .nothing }
        let reply = text.from(6)
        if reply.hasPrefix("334 VXNlcm5hbWU6") || reply.hasPrefix("334 dXNlcm5hbWU6") { session.expectsName = true }
        let codes = reply.replyCodes
        if codes.code == 235 || codes.code == 535 {
            var event = Login(address: address, success: codes.code == 235, service: .smtp)
            event.account = sessions.stable(session.account)
            return .login(event)
        }
        if codes.code == 250, reply.contains("Queued") {
            var event = Submission(client: address)
            event.account = sessions.stable(session.account)
            event.sender = sessions.stable(session.sender)
            event.recipients = session.recipients
            session.recipients = 0
            return .submission(event)
        }
        guard codes.code >= 450 else { return .nothing }
        var event = Reject(client: address)
        event.sender = sessions.stable(session.sender)
        event.code = codes.code
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        return .reject(event)
    }

    private mutating func reading(_ id: ByteSlice, _ address: IPAddress?, _ text: ByteSlice, _ service: LoginService)
        -> LogEvent?
    {
        var session = sessions[id]
        defer { sessions[id] = session }
        if text.hasPrefix("RECEIVED: ") {
            let command = text.from(10)
            if command.hasPrefixIgnoringCase("user ") {
                session.account = command.from(5).trimmed.bytes
                session.expectsName = true
            }
            if let login = command.value(after: "LOGIN ", upTo: Byte.space)
                ?? command.value(after: "login ", upTo: Byte.space)
            {
                session.account = (login.first == Byte.quote ? login.from(1).upTo(Byte.quote) : login).bytes
                session.expectsName = true
            }
            return .nothing
        }
        guard text.hasPrefix("SENT: "), session.expectsName else { return .nothing }
        let reply = text.from(6)
        let failed =
            reply.contains("Invalid user name or password") || reply.contains(" NO ") && reply.contains("nvalid")
        let passed = reply.contains("locked and ready") || reply.contains("OK LOGIN completed")
        guard failed || passed else { return .nothing }
        session.expectsName = false
        return .login(
            Login(account: sessions.stable(session.account), address: address, success: passed, service: service))
    }

    private static func sending(_ relay: IPAddress?, _ text: ByteSlice) -> LogEvent? {
        guard text.hasPrefix("RECEIVED: ") else { return .nothing }
        let codes = text.from(10).replyCodes
        guard codes.code >= 400 else { return .nothing }
        var event = Delivery(queueID: .empty, outcome: codes.code >= 500 ? .bounced : .deferred)
        event.relay = relay
        event.code = codes.code
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        return .delivery(event)
    }
}
