import MailTypes

/// Sluice's own journal: one JSON object a line, with `time` (RFC 3339) and `event`.
///
/// `login`: account, address, success, service, method. `submission`: id, account, address, sender, recipients, size.
/// `delivery`: id, recipient, outcome (`delivered`, `deferred`, `bounced`), code, enhanced, relay, text.
/// `queued`: id, sender, size, recipients. `removed`: id. `reject`: account, address, sender, recipient, code, enhanced, text.
struct SluiceParser {
    private var names = StableBytes()

    mutating func parse(_ line: ByteSlice, clock: inout LogClock) -> ParsedLine? {
        let fields = JSONFields(text: line)
        guard let kind = fields.value("event"), let time = fields.value("time").flatMap({ clock.isoTime($0) }) else {
            return nil
        }
        return ParsedLine(seconds: time.seconds, format: .sluice, event: event(kind, fields))
    }

    private mutating func event(_ kind: ByteSlice, _ fields: JSONFields) -> LogEvent? {
        if kind.equals("login") {
            var event = Login(success: fields.value("success")?.equals("true") ?? false, service: .smtp)
            if let name = fields.value("service") {
                event.service = LoginService.allCases.first { $0.name == name.string } ?? .other
            }
            event.account = text(fields, "account")
            event.address = fields.value("address")?.address
            event.method = text(fields, "method")
            return .login(event)
        }
        if kind.equals("submission") {
            var event = Submission(queueID: text(fields, "id"), account: text(fields, "account"))
            event.client = fields.value("address")?.address
            event.sender = text(fields, "sender")
            event.size = fields.value("size")?.number ?? 0
            event.recipients = fields.value("recipients")?.number ?? 0
            return .submission(event)
        }
        if kind.equals("queued") {
            var event = Queued(queueID: text(fields, "id"), sender: text(fields, "sender"))
            event.size = fields.value("size")?.number ?? 0
            event.recipients = fields.value("recipients")?.number ?? 0
            return .queued(event)
        }
        if kind.equals("removed") { return .removed(queueID: text(fields, "id")) }
        let codes = (
            code: UInt16(clamping: fields.value("code")?.number ?? 0),
            enhanced: fields.value("enhanced")?.enhancedCode?.code
        )
        let reason = ReplyClass(text: fields.value("text") ?? .empty, code: codes.code, enhanced: codes.enhanced)
        if kind.equals("delivery") {
            let outcome = fields.value("outcome") ?? .empty
            var event = Delivery(
                queueID: text(fields, "id"), recipient: text(fields, "recipient"),
                outcome: outcome.equals("delivered") ? .sent : outcome.equals("deferred") ? .deferred : .bounced)
            event.relay = fields.value("relay")?.addressBeforePort
            event.code = codes.code
            event.enhanced = codes.enhanced
            if event.outcome != .sent { event.reason = reason }
            return .delivery(event)
        }
        if kind.equals("reject") {
            var event = Reject(client: fields.value("address")?.address)
            event.account = text(fields, "account")
            event.sender = text(fields, "sender")
            event.recipient = text(fields, "recipient")
            event.code = codes.code
            event.enhanced = codes.enhanced
            event.reason = reason
            return .reject(event)
        }
        return .nothing
    }

    private mutating func text(_ fields: JSONFields, _ key: StaticString) -> ByteSlice {
        fields.value(key).map { JSONFields.unescaped($0, &names) } ?? .empty
    }
}
