import MailTypes

/// smtpd(8) and postscreen(8): who comes, logs in, submits, and what is refused at the door.
enum PostfixDoor {
    static func parse(_ message: ByteSlice) -> LogEvent? {
        switch message.first {
        case 0x63 where message.hasPrefix("connect from "): return .nothing
        case 0x64 where message.hasPrefix("disconnect from "): return .nothing
        case 0x77 where message.hasPrefix("warning: "): return warning(message.from(9))
        case 0x4e where message.hasPrefix("NOQUEUE: "): return refusal(message.from(9))
        default: break
        }
        guard let (id, rest) = PostfixParser.queueID(message) else { return message.isEmpty ? nil : .nothing }
        if rest.hasPrefix("client=") { return submission(id, rest.from(7)) }
        return refusal(rest)
    }

    /// `h[ip], sasl_method=PLAIN, sasl_username=u, sasl_sender=…, orig_queue_id=…, orig_client=h[ip]`
    private static func submission(_ id: ByteSlice, _ rest: ByteSlice) -> LogEvent? {
        let close = rest.index(of: Byte.closeSquare)
        guard close > 0 else { return nil }
        var event = Submission(queueID: id)
        event.client = PostfixParser.bracketed(rest.prefix(close + 1))
        var tail = rest.from(close + 1)
        if tail.first == Byte.colon { tail = tail.from(max(0, tail.index(of: Byte.comma))) }
        guard tail.count > 2 else { return .submission(event) }
        if let account = tail.value(after: "sasl_username=", upTo: Byte.comma) { event.account = account }
        if let original = tail.value(after: "orig_client=", upTo: Byte.comma) {
            event.client = PostfixParser.bracketed(original) ?? event.client
        }
        return .submission(event)
    }

    /// `h[ip]: SASL LOGIN authentication failed: …, sasl_username=u`
    private static func warning(_ rest: ByteSlice) -> LogEvent? {
        let sasl = rest.find(": SASL ")
        guard sasl > 0 else { return .nothing }
        let text = rest.from(sasl + 7)
        let failed = text.find(" authentication failed")
        guard failed >= 0 else { return .nothing }
        // A client that breaks off, or a backend that is down, has tried no password.
        if text.contains("Connection lost to authentication server") || text.contains("temporary") { return .nothing }
        var event = Login(address: PostfixParser.bracketed(rest.prefix(sasl)), success: false, service: .smtp)
        event.method = text.prefix(failed)
        if let account = text.value(after: "sasl_username=", upTo: Byte.comma) { event.account = account }
        return .login(event)
    }

    private static func refusal(_ rest: ByteSlice) -> LogEvent? {
        for prefix: StaticString in ["reject: ", "milter-reject: ", "proxy-reject: "] where rest.hasPrefix(prefix) {
            return reject(rest.from(prefix.utf8CodeUnitCount))
        }
        // reject_warning, discard, filter, hold, redirect, replace, warn, info, client=…
        return .nothing
    }

    /// `RCPT from h[ip]: 550 5.1.1 <r>: text; from=<s> to=<r> proto=ESMTP helo=<h>`
    static func reject(_ rest: ByteSlice) -> LogEvent? {
        let from = rest.find(" from ")
        guard from > 0 else { return .nothing }
        let host = rest.from(from + 6)
        let open = host.index(of: Byte.openSquare)
        let close = host.index(of: Byte.closeSquare, from: max(0, open))
        guard open >= 0, close > open else { return .nothing }
        var event = Reject(client: host.part(open + 1, close).address)
        let colon = host.find(": ", from: close)
        guard colon > 0 else { return .reject(event) }
        let codes = host.from(colon + 2).replyCodes
        event.code = codes.code
        event.enhanced = codes.enhanced
        let tail = codes.rest.find("; from=<")
        let text = tail < 0 ? codes.rest : codes.rest.prefix(tail)
        event.reason = ReplyClass(text: text, code: codes.code, enhanced: codes.enhanced)
        if tail >= 0 {
            let fields = codes.rest.from(tail + 2)
            if let sender = fields.value(after: "from=<", upTo: Byte.greater) { event.sender = sender }
            if let recipient = fields.value(after: "to=<", upTo: Byte.greater) { event.recipient = recipient }
            if let account = fields.value(after: "sasl_username=<", upTo: Byte.greater) { event.account = account }
        }
        return .reject(event)
    }
}
