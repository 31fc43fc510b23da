import MailTypes

/// The gateway's own log: `2026-11-24T08:30:00.000Z notice message held account=… client=…`, or the same as JSON.
enum SluiceLogParser {
    /// Where the fields are: in text or in JSON. Values are given as they stand, without their quotes.
    enum Fields {
        case text(ByteSlice)
        case json(JSONFields)

        func value(_ key: StaticString) -> ByteSlice? {
            switch self {
            case .json(let fields): fields.value(key)
            case .text(let text): SluiceLogParser.value(key, in: text)
            }
        }
    }

    /// - Parameter text: behind the time, beginning with the level.
    static func parse(_ text: ByteSlice) -> LogEvent? {
        guard let level = level(text) else { return nil }
        let rest = text.from(level + 1)
        // The message's words end where the first `key=` begins; the messages are few and fixed.
        let equals = rest.index(of: Byte.equals)
        let head = equals < 0 ? rest : rest.prefix(equals)
        let end = equals < 0 ? rest.count : head.lastIndex(of: Byte.space)
        guard end > 0 else { return .nothing }
        return event(rest.prefix(end), .text(rest.from(end + 1)))
    }

    /// The length of the level that the text begins with.
    static func level(_ text: ByteSlice) -> Int? {
        let levels: [StaticString] = ["info", "notice", "debug", "warning", "error", "trace", "critical"]
        for level in levels where text.at(level.utf8CodeUnitCount) == Byte.space && text.hasPrefix(level) {
            return level.utf8CodeUnitCount
        }
        return nil
    }

    static func event(_ message: ByteSlice, _ fields: Fields) -> LogEvent {
        if message.equals("login") || message.equals("login failed") { return login(message.count == 5, fields) }
        if message.equals("message taken") || message.equals("message held") { return submission(fields) }
        let refusals: [StaticString] = [
            "message throttled", "message refused", "message refused by stop", "sender refused by stop",
            "session turned away", "command refused",
        ]
        if refusals.contains(where: { message.equals($0) }) { return refusal(fields) }
        if message.equals("delivered") { return delivery(fields, .sent) }
        if message.equals("deferred") { return delivery(fields, .deferred) }
        if message.equals("not delivered") { return delivery(fields, .bounced) }
        if message.equals("message completed"), let id = fields.value("id") { return .removed(queueID: id) }
        return .nothing
    }

    private static func login(_ success: Bool, _ fields: Fields) -> LogEvent {
        var event = Login(success: success, service: .smtp)
        event.account = fields.value(success ? "account" : "user") ?? .empty
        event.address = fields.value("client")?.address
        event.method = fields.value("mechanism") ?? .empty
        return event.account.isEmpty && event.address == nil ? .nothing : .login(event)
    }

    private static func submission(_ fields: Fields) -> LogEvent {
        var event = Submission(queueID: fields.value("id") ?? .empty)
        event.account = fields.value("account") ?? .empty
        event.client = fields.value("client")?.address
        event.sender = bare(fields.value("from"))
        event.recipients = fields.value("recipients")?.number ?? 0
        event.size = fields.value("size")?.number ?? 0
        return .submission(event)
    }

    private static func refusal(_ fields: Fields) -> LogEvent {
        var event = Reject(client: fields.value("client")?.address)
        event.account = fields.value("account") ?? .empty
        event.sender = bare(fields.value("from"))
        let codes = (fields.value("reply") ?? .empty).replyCodes
        event.code = codes.code
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        return .reject(event)
    }

    private static func delivery(_ fields: Fields, _ outcome: Delivery.Outcome) -> LogEvent {
        var event = Delivery(
            queueID: fields.value("id") ?? .empty, recipient: bare(fields.value("recipient")), outcome: outcome)
        let host = fields.value("host") ?? .empty
        event.relay = host.address ?? PostfixParser.bracketed(host)
        let codes = (fields.value("reply") ?? .empty).replyCodes
        event.code = codes.code
        event.enhanced = codes.enhanced
        if outcome != .sent {
            event.reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        }
        return .delivery(event)
    }

    /// An address without the angle brackets of SMTP.
    private static func bare(_ text: ByteSlice?) -> ByteSlice {
        guard let text else { return .empty }
        return text.first == Byte.less && text.last == Byte.greater ? text.part(1, text.count - 1) : text
    }

    /// Walks the fields, since values may imitate them: in quotes, with backslashes, where they hold spaces.
    private static func value(_ key: StaticString, in text: ByteSlice) -> ByteSlice? {
        var at = 0
        while at < text.count {
            let equals = text.index(of: Byte.equals, from: at)
            guard equals > at else { return nil }
            let name = text.part(at, equals)
            var end = equals + 1
            let quoted = text.at(end) == Byte.quote
            if quoted {
                end += 1
                while end < text.count, text[end] != Byte.quote { end += text[end] == Byte.backslash ? 2 : 1 }
            } else {
                let space = text.index(of: Byte.space, from: end)
                end = space < 0 ? text.count : space
            }
            if name.equals(key) { return text.part(quoted ? equals + 2 : equals + 1, end) }
            at = end + (quoted ? 2 : 1)
        }
        return nil
    }
}
