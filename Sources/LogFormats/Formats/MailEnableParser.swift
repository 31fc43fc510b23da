import MailTypes

/// MailEnable's activity logs: `11/24/26 08:30:00⇥SMTP-IN⇥id⇥socket⇥192.0.2.1⇥AUTH⇥…⇥235 Authenticated⇥…`.
struct MailEnableParser {
    private var sessions = SessionMemory()
    private var isDayFirst = false

    mutating func parse(_ line: ByteSlice, clock: inout LogClock) -> ParsedLine? {
        guard let time = time(line, &clock), line.at(time.length) == Byte.tab else { return nil }
        let fields = FieldCursor.split(line.from(time.length + 1), by: Byte.tab, limit: 16)
        guard fields.count >= 5 else { return ParsedLine(seconds: time.seconds, format: .mailEnable, event: .nothing) }
        let event: LogEvent?
        switch true {
        case fields[0].equals("SMTP-IN"): event = incoming(fields)
        case fields[0].equals("SMTP-OU"), fields[0].equals("SMTP-OUT"): event = MailEnableParser.outgoing(fields)
        case fields[0].equals("POP3"), fields[0].equals("POP"): event = MailEnableParser.reading(fields, .pop3)
        case fields[0].equals("IMAP"): event = MailEnableParser.reading(fields, .imap)
        default: event = .nothing
        }
        return ParsedLine(seconds: time.seconds, format: .mailEnable, event: event)
    }

    /// As the system writes dates: `11/24/26`, `24/11/26`, `24.11.26`, `2026-11-24`. Which of two numbers is the month
    /// shows when one of them is none; until then the first.
    private mutating func time(_ line: ByteSlice, _ clock: inout LogClock) -> (seconds: Int64, length: Int)? {
        if let time = clock.isoTime(line) { return time }
        if !isDayFirst, let time = clock.monthFirstTime(line) { return time }
        let time = clock.dayFirstNumbers(line)
        if time != nil { isDayFirst = true }
        return time
    }

    private mutating func incoming(_ fields: [ByteSlice]) -> LogEvent? {
        let socket = fields[2]
        let address = fields[3].address
        let command = fields[4]
        let argument = fields.count > 5 ? fields[5] : .empty
        let reply = fields.count > 6 ? fields[6].replyCodes : (0, nil, ByteSlice.empty)
        var session = sessions[socket]
        if session.address != address { session = SessionMemory.Session(address: address) }
        defer { sessions[socket] = session }
        if command.equals("AUTH") {
            if let name = MailEnableParser.name(argument) { session.account = name }
            guard reply.0 == 235 || reply.0 == 535 || reply.0 == 504 else { return .nothing }
            var event = Login(address: address, success: reply.0 == 235, service: .smtp)
            event.account = sessions.stable(session.account)
            if !event.success { session.account = [] }
            return .login(event)
        }
        if command.equals("MAIL") {
            session.sender = (argument.value(after: "<", upTo: Byte.greater) ?? .empty).bytes
            session.recipients = 0
        }
        if command.equals("RCPT") {
            if reply.0 < 400 {
                session.recipients += 1
            } else {
                var event = Reject(client: address)
                event.recipient = argument.value(after: "<", upTo: Byte.greater) ?? .empty
                event.code = reply.0
                event.enhanced = reply.1
                event.reason = ReplyClass(text: reply.2, code: reply.0, enhanced: reply.1)
                return .reject(event)
            }
        }
        if command.equals("DATA"), reply.0 == 250 || reply.0 == 354, session.recipients > 0 {
            var event = Submission(client: address)
            event.account = sessions.stable(session.account)
            event.sender = sessions.stable(session.sender)
            event.recipients = session.recipients
            session.recipients = 0
            return .submission(event)
        }
        return .nothing
    }

    /// `LOGIN dXNlcg==`, `PLAIN AHVzZXIA…`, or base 64 alone.
    private static func name(_ argument: ByteSlice) -> [UInt8]? {
        let space = argument.index(of: Byte.space)
        let word = space < 0 ? argument : argument.from(space + 1).trimmed
        if argument.containsIgnoringCase("plain") { return Base64Text.plainName(word) }
        guard let bytes = Base64Text.decode(word), !bytes.isEmpty, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else {
            return nil
        }
        return bytes
    }

    private static func outgoing(_ fields: [ByteSlice]) -> LogEvent? {
        guard fields.count > 6 else { return .nothing }
        let codes = fields[6].replyCodes
        guard codes.code >= 400 else { return .nothing }
        var event = Delivery(queueID: fields[1], outcome: codes.code >= 500 ? .bounced : .deferred)
        event.relay = fields[3].address
        event.code = codes.code
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        return .delivery(event)
    }

    private static func reading(_ fields: [ByteSlice], _ service: LoginService) -> LogEvent? {
        let isLogin = fields.contains { $0.equals("PASS") || $0.equals("LOGIN") || $0.equals("AUTH") }
        guard isLogin, let address = fields.lazy.compactMap(\.address).first else { return .nothing }
        let failed = fields.contains { $0.hasPrefix("-ERR") || $0.contains("NO LOGIN") || $0.contains("nvalid") }
        var event = Login(address: address, success: !failed, service: service)
        if let name = fields.last(where: { $0.index(of: 0x40) > 0 }) { event.account = name }
        return .login(event)
    }
}
