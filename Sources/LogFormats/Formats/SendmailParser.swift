import MailTypes

/// Sendmail: lines of one message share a queue id, lines of one connection a process id.
struct SendmailParser {
    private var sessions = SessionMemory()

    mutating func parse(processID: ByteSlice, _ message: ByteSlice) -> LogEvent? {
        guard !message.isEmpty else { return nil }
        let colon = message.find(": ")
        let head = message.prefix(max(0, colon))
        let id = colon >= 8 && colon <= 20 && head.index(of: Byte.space) < 0 ? head : ByteSlice.empty
        let text = id.isEmpty ? message : message.from(colon + 2)
        if text.hasPrefix("from=") { return arrival(id, processID, text) }
        if text.hasPrefix("to=") { return SendmailParser.delivery(id, text) }
        if text.hasPrefix("AUTH=server") { return login(processID, text) }
        if text.contains("AUTH failure") || text.contains("auth failure") { return SendmailParser.failure(text) }
        if text.hasPrefix("ruleset=") { return SendmailParser.refusal(text) }
        return .nothing
    }

    private static func relay(_ text: ByteSlice) -> IPAddress? {
        let at = text.find("relay=")
        return at < 0 ? nil : PostfixParser.bracketed(text.from(at))
    }

    private mutating func login(_ process: ByteSlice, _ text: ByteSlice) -> LogEvent? {
        var event = Login(success: true, service: .smtp)
        event.account = text.value(after: "authid=", upTo: Byte.comma) ?? .empty
        event.method = text.value(after: "mech=", upTo: Byte.comma) ?? .empty
        event.address = SendmailParser.relay(text)
        var session = sessions[process]
        session.account = event.account.bytes
        session.address = event.address
        sessions[process] = session
        return .login(event)
    }

    /// `AUTH failure (LOGIN): user not found (-20) …, user=u, relay=h [ip]`
    private static func failure(_ text: ByteSlice) -> LogEvent? {
        var event = Login(success: false, service: .smtp)
        event.method = text.value(after: "(", upTo: Byte.close) ?? .empty
        event.account = text.value(after: "user=", upTo: Byte.comma) ?? .empty
        event.address = relay(text)
        return .login(event)
    }

    /// `from=<s>, size=1, class=0, nrcpts=2, msgid=<…>, proto=ESMTPA, daemon=MTA, relay=h [ip]`
    private mutating func arrival(_ id: ByteSlice, _ process: ByteSlice, _ text: ByteSlice) -> LogEvent? {
        let end = text.find(", size=")
        var sender = end < 0 ? text.from(5).upTo(Byte.comma) : text.part(5, end)
        if sender.first == Byte.less, sender.last == Byte.greater { sender = sender.part(1, sender.count - 1) }
        let fields = end < 0 ? text : text.from(end)
        var event = Submission(queueID: id, sender: sender)
        event.size = fields.value(after: "size=", upTo: Byte.comma)?.number ?? 0
        event.recipients = fields.value(after: "nrcpts=", upTo: Byte.comma)?.number ?? 0
        guard event.recipients > 0 else { return .nothing }
        event.client = SendmailParser.relay(fields)
        if event.client == nil, let local = fields.value(after: "relay=", upTo: Byte.comma) {
            event.isLocal = true
            event.script = local.upTo(0x40)
        }
        let session = sessions[process]
        if !session.account.isEmpty, session.address == event.client {
            event.account = sessions.stable(session.account)
        }
        return .submission(event)
    }

    /// `to=<a>,<b>,<c>, delay=…`: one line for all recipients of a connection.
    private static func recipients(_ text: ByteSlice) -> Int {
        let end = text.find(", ")
        let list = text.prefix(end < 0 ? min(text.count, 8192) : end)
        var count = 1
        for i in 0..<list.count where list[i] == Byte.comma { count += 1 }
        return min(count, 10_000)
    }

    /// `to=<r>, ctladdr=…, delay=…, mailer=esmtp, relay=h. [ip], dsn=2.0.0, stat=Sent (…)`
    private static func delivery(_ id: ByteSlice, _ text: ByteSlice) -> LogEvent? {
        let stat = text.find("stat=")
        guard stat > 0 else { return .nothing }
        let status = text.from(stat + 5)
        var recipient = text.from(3).upTo(Byte.comma)
        if recipient.first == Byte.less, recipient.last == Byte.greater {
            recipient = recipient.part(1, recipient.count - 1)
        }
        let dsn = text.value(after: "dsn=", upTo: Byte.comma)?.enhancedCode?.code
        let outcome: Delivery.Outcome
        if status.hasPrefix("Sent") {
            outcome = .sent
        } else if status.hasPrefix("Deferred") || status.hasPrefix("queued") || dsn?.statusClass == 4 {
            outcome = .deferred
        } else {
            outcome = .bounced
        }
        var event = Delivery(queueID: id, recipient: recipient, outcome: outcome)
        event.recipients = recipients(text)
        event.relay = relay(text)
        event.enhanced = dsn
        event.isLocal =
            text.contains("mailer=local") || text.contains("mailer=*file*") || (event.relay?.isLoopback ?? false)
        if outcome != .sent {
            let codes = status.replyCodes
            event.code = codes.code
            event.reason = ReplyClass(text: status, code: codes.code, enhanced: dsn)
        }
        return .delivery(event)
    }

    /// `ruleset=check_rcpt, arg1=<r>, relay=h [ip], reject=550 5.7.1 …`
    private static func refusal(_ text: ByteSlice) -> LogEvent? {
        let at = text.find("reject=")
        guard at > 0 else { return .nothing }
        let codes = text.from(at + 7).replyCodes
        var event = Reject(client: relay(text.prefix(at)))
        event.recipient = text.value(after: "arg1=<", upTo: Byte.greater) ?? .empty
        event.code = codes.code
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        return .reject(event)
    }
}
