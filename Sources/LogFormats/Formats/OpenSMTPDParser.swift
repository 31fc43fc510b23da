import MailTypes

/// OpenSMTPD: `session smtp …` and `session mta …` with key=value pairs; the session ties a login to its messages.
struct OpenSMTPDParser {
    private var sessions = SessionMemory()

    mutating func parse(_ message: ByteSlice) -> LogEvent? {
        let space = message.index(of: Byte.space)
        guard space == 16, message.prefix(16).hexadecimal != nil else {
            return message.isEmpty ? nil : .nothing
        }
        let id = message.prefix(space)
        let text = message.from(space + 1)
        if text.hasPrefix("smtp ") { return door(id, OpenSMTPDParser.named(text.from(5))) }
        if text.hasPrefix("mta ") { return OpenSMTPDParser.delivery(OpenSMTPDParser.named(text.from(4))) }
        return .nothing
    }

    /// Until 6.3 the event was a field of its own: `smtp event=connected …`.
    private static func named(_ text: ByteSlice) -> ByteSlice { text.hasPrefix("event=") ? text.from(6) : text }

    private static func field(_ text: ByteSlice, _ key: StaticString) -> ByteSlice? {
        guard let value = text.value(after: key, upTo: Byte.space) else { return nil }
        if value.first == Byte.quote {
            let at = text.find(key) + key.utf8CodeUnitCount + 1
            return text.from(at).upTo(Byte.quote)
        }
        return value.first == Byte.less && value.last == Byte.greater ? value.part(1, value.count - 1) : value
    }

    private mutating func door(_ id: ByteSlice, _ text: ByteSlice) -> LogEvent? {
        var session = sessions[id]
        if let address = OpenSMTPDParser.field(text, " address=")?.address { session.address = address }
        defer { sessions[id] = session }
        if text.hasPrefix("authentication ") {
            var event = Login(success: text.contains("result=ok"), service: .smtp)
            event.account = OpenSMTPDParser.field(text, " user=") ?? .empty
            event.address = session.address
            if event.success { session.account = event.account.bytes }
            return .login(event)
        }
        if text.hasPrefix("message ") {
            var event = Submission(queueID: OpenSMTPDParser.field(text, " msgid=") ?? .empty)
            event.client = session.address
            event.account = sessions.stable(session.account)
            event.sender = OpenSMTPDParser.field(text, " from=") ?? .empty
            event.size = OpenSMTPDParser.field(text, " size=")?.number ?? 0
            let count = OpenSMTPDParser.field(text, " nrcpt=") ?? OpenSMTPDParser.field(text, " ndest=")
            event.recipients = count?.number ?? 0
            return .submission(event)
        }
        if text.hasPrefix("failed-command ") { return refusal(text, session.address) }
        return .nothing
    }

    /// `failed-command command="RCPT TO:<r>" result="550 Invalid recipient"`
    private func refusal(_ text: ByteSlice, _ address: IPAddress?) -> LogEvent? {
        let result = OpenSMTPDParser.field(text, " result=") ?? .empty
        let codes = result.replyCodes
        if text.contains("command=\"AUTH"), codes.code == 535 {
            return .login(Login(address: address, success: false, service: .smtp))
        }
        var event = Reject(client: address)
        event.recipient = text.value(after: "RCPT TO:<", upTo: Byte.greater) ?? .empty
        event.code = codes.code
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        return .reject(event)
    }

    /// `delivery evpid=… from=<s> to=<r> rcpt=<-> source="ip" relay="ip (host)" delay=1s result="Ok" stat="250 …"`
    private static func delivery(_ text: ByteSlice) -> LogEvent? {
        guard text.hasPrefix("delivery "), let envelope = field(text, " evpid=") else { return .nothing }
        let result = field(text, " result=") ?? .empty
        let outcome: Delivery.Outcome = result.equals("Ok") ? .sent : result.equals("TempFail") ? .deferred : .bounced
        var event = Delivery(queueID: envelope.prefix(8), recipient: field(text, " to=") ?? .empty, outcome: outcome)
        event.relay = field(text, " relay=")?.upTo(Byte.space).address
        event.isLocal = event.relay?.isLoopback ?? false
        if outcome != .sent, let stat = field(text, " stat=") {
            let codes = stat.replyCodes
            event.code = codes.code
            event.enhanced = codes.enhanced
            event.reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        }
        return .delivery(event)
    }
}
