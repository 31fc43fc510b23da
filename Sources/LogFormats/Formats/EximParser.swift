import MailTypes

/// Exim's main and reject logs (specification, chapter "Log files"), also through syslog.
struct EximParser {
    /// The directory that the last `cwd=` line named, for the local submission that follows it.
    private var directory: [UInt8] = []
    private var directorySeconds: Int64 = 0
    /// Holds `directory` for the event that names it; replaced by the next.
    private var shown = StableBytes()

    /// - Parameter text: behind the time.
    mutating func parse(_ text: ByteSlice, seconds: Int64) -> LogEvent? {
        var text = text
        if text.at(4) == Byte.dash, text.at(10) == Byte.space, text.at(19) == Byte.space, text.prefix(4).number != nil {
            // Syslog with Exim's own time left in (syslog_timestamp), with or without a zone.
            text = text.from(20)
            if text.first == 0x2b || text.first == Byte.dash, text.at(5) == Byte.space { text = text.from(6) }
        }
        if text.first == Byte.openSquare, let end = EximParser.processEnd(text) { text = text.from(end) }
        let idEnd = text.index(of: Byte.space)
        if idEnd == 16 || idEnd == 23, EximParser.isMessageID(text.prefix(idEnd)) {
            return message(text.prefix(idEnd), text.from(idEnd + 1), seconds: seconds)
        }
        if text.hasPrefix("cwd=") {
            directory = text.from(4).upTo(Byte.space).bytes
            if directory.count > 255 { directory.removeLast(directory.count - 255) }
            directorySeconds = seconds
            return .nothing
        }
        return EximDoor.parse(text)
    }

    /// `[1234] ` of log_selector +pid.
    private static func processEnd(_ text: ByteSlice) -> Int? {
        let end = text.prefix(12).index(of: Byte.closeSquare)
        guard end > 1, text.at(end + 1) == Byte.space, text.part(1, end).number != nil else { return nil }
        return end + 2
    }

    /// `1rABCD-000123-4x` or, since 4.97, `1rABCD-00000001234-5abc`.
    static func isMessageID(_ text: ByteSlice) -> Bool {
        guard
            text.count == 16
                ? text[6] == Byte.dash && text[13] == Byte.dash : text.at(6) == Byte.dash && text.at(18) == Byte.dash
        else { return false }
        for i in 0..<text.count where !(text[i] == Byte.dash || ASCII.isAlphanumeric(text[i])) { return false }
        return true
    }

    private mutating func message(_ id: ByteSlice, _ text: ByteSlice, seconds: Int64) -> LogEvent? {
        let flag = UInt16(text.at(0)) << 8 | UInt16(text.at(1))
        switch flag {
        case 0x3c3d: return arrival(id, text.from(3), seconds: seconds)  // <=
        case 0x3d3e, 0x2d3e, 0x3e3e: return EximParser.delivery(id, text.from(3), .sent)  // => -> >>
        case 0x2a3e: return .nothing  // *> suppressed by -N
        case 0x2a2a: return EximParser.delivery(id, text.from(3), .bounced)  // **
        case 0x3d3d: return EximParser.delivery(id, text.from(3), .deferred)  // ==
        default: break
        }
        if text.hasPrefix("Completed") { return .removed(queueID: id) }
        if text.contains("rejected") || text.contains("authenticator failed") { return EximDoor.parse(text) }
        return .nothing
    }

    /// `sender H=host (helo) [ip]:port P=esmtpsa A=login:user S=1234 id=… for a@b c@d`
    private mutating func arrival(_ id: ByteSlice, _ text: ByteSlice, seconds: Int64) -> LogEvent? {
        let senderEnd = text.index(of: Byte.space)
        guard senderEnd > 0 else { return nil }
        var event = Submission(queueID: id)
        let sender = text.prefix(senderEnd)
        event.sender = sender.equals("<>") ? .empty : sender
        let fields = text.from(senderEnd)
        // The subject is the sender's text and may imitate any field: read up to it, and behind it only `for`.
        let subject = fields.find(" T=\"")
        let trusted = subject < 0 ? fields : fields.prefix(subject)
        event.client = EximParser.host(trusted)
        if let login = trusted.value(after: " A=", upTo: Byte.space) {
            let colon = login.index(of: Byte.colon)
            event.account = colon < 0 ? .empty : login.from(colon + 1)
        }
        event.size = trusted.value(after: " S=", upTo: Byte.space)?.number ?? 0
        event.recipients = EximParser.recipients(fields)
        if event.client == nil, let user = trusted.value(after: " U=", upTo: Byte.space) {
            event.isLocal = true
            event.script = user
            if !directory.isEmpty, seconds - directorySeconds <= 2, seconds >= directorySeconds {
                event.script = shown.keep(directory)
                directory.removeAll(keepingCapacity: true)
            }
        }
        return .submission(event)
    }

    /// The count of addresses behind the last ` for ` (log_selector +received_recipients); 0 without.
    private static func recipients(_ fields: ByteSlice) -> Int {
        var last = -1
        var at = fields.find(" for ")
        while at >= 0 {
            last = at
            at = fields.find(" for ", from: at + 1)
        }
        guard last >= 0 else { return 0 }
        var count = 0
        var cursor = FieldCursor(fields.from(last + 5), separator: Byte.space)
        while let part = cursor.next() {
            if part.isEmpty { continue }
            guard part.index(of: 0x40) > 0 else { return 0 }
            count += 1
        }
        return count
    }

    /// The address in `H=name (helo) [192.0.2.1]:port`: the bracket behind a space, since `([10.0.0.1])` is the HELO.
    static func host(_ text: ByteSlice) -> IPAddress? {
        let start = text.hasPrefix("H=") ? 0 : text.find(" H=")
        guard start >= 0 else { return nil }
        let open = text.find(" [", from: start)
        if open < 0 {
            // `H=[192.0.2.1]`
            let direct = text.find("H=[", from: start)
            return direct < 0 ? nil : PostfixParser.bracketed(text.from(direct + 2))
        }
        return PostfixParser.bracketed(text.from(open))
    }

    /// `user@dom <orig@dom> R=router T=transport H=host [ip]:25 X=… C="250 OK"`, for `**` and `==` with `: text` at the end.
    private static func delivery(_ id: ByteSlice, _ text: ByteSlice, _ outcome: Delivery.Outcome) -> LogEvent? {
        var recipient = text.upTo(Byte.space)
        if recipient.last == Byte.colon { recipient = recipient.prefix(recipient.count - 1) }
        guard !recipient.isEmpty else { return nil }
        // `ann <ann@shop.example>`: a mailbox, and the address that led there.
        if recipient.index(of: 0x40) < 0, text.at(recipient.count + 1) == Byte.less,
            let full = text.value(after: "<", upTo: Byte.greater), full.index(of: 0x40) > 0
        {
            recipient = full
        }
        var event = Delivery(queueID: id, recipient: recipient, outcome: outcome)
        event.relay = host(text)
        // With a user name and no host, it went into a mailbox, a file or a pipe.
        event.isLocal = event.relay == nil && (outcome == .sent || text.contains("T=local"))
        if let loopback = event.relay?.isLoopback, loopback { event.isLocal = true }
        guard outcome != .sent else {
            if event.isLocal, let next = text.value(after: "queued as ", upTo: Byte.quote) { event.nextQueueID = next }
            return .delivery(event)
        }
        let reason = reasonText(text)
        var codes = reason.replyCodes
        if codes.code == 0 {
            for mark: StaticString in [": 5", ": 4"] where codes.code == 0 {
                let at = reason.find(mark)
                if at >= 0 { codes = reason.from(at + 2).replyCodes }
            }
        }
        event.code = codes.code
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: reason, code: codes.code, enhanced: codes.enhanced)
        return .delivery(event)
    }

    /// What follows the fields: for `==` behind `defer (…): `, else behind the first `: `.
    private static func reasonText(_ text: ByteSlice) -> ByteSlice {
        let deferred = text.find("defer (")
        if deferred >= 0 {
            let close = text.index(of: Byte.close, from: deferred)
            return close < 0 ? text.from(deferred) : text.from(close + 1 + (text.at(close + 1) == Byte.colon ? 2 : 0))
        }
        let remote = text.find("SMTP error from remote")
        if remote >= 0 { return text.from(remote) }
        let colon = text.find(": ")
        return colon < 0 ? text : text.from(colon + 2)
    }
}
