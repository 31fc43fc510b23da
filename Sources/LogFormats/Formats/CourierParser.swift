import MailTypes

/// Courier: imapd, pop3d, esmtpd and courierd.
enum CourierParser {
    static func isProgram(_ program: ByteSlice) -> Bool {
        let names: [StaticString] = [
            "imapd", "imapd-ssl", "pop3d", "pop3d-ssl", "imaplogin", "pop3login", "courierd", "courieresmtpd",
            "courieresmtp", "esmtpd", "esmtpd-ssl", "courierlocal", "courieruucp", "authdaemond", "courier-imapd",
            "courier-pop3d", "courierfilter", "couriertcpd",
        ]
        return names.contains { program.equals($0) }
    }

    static func parse(program: ByteSlice, _ message: ByteSlice) -> LogEvent? {
        if message.hasPrefix("LOGIN") { return login(program, message) }
        if message.hasPrefix("error,relay=") { return refusal(message) }
        if message.hasPrefix("newmsg,id=") { return arrival(message) }
        if message.hasPrefix("id=") { return delivery(program, message) }
        if message.hasPrefix("completed,id=") { return .removed(queueID: message.from(13).upTo(Byte.comma)) }
        return message.isEmpty ? nil : .nothing
    }

    /// `LOGIN, user=u, ip=[::ffff:192.0.2.1], port=[…], protocol=IMAP`, `LOGIN FAILED, user=u, ip=[…]`
    private static func login(_ program: ByteSlice, _ message: ByteSlice) -> LogEvent? {
        let success = message.hasPrefix("LOGIN,")
        guard success || message.hasPrefix("LOGIN FAILED") else { return .nothing }
        let service: LoginService = program.contains("pop3") ? .pop3 : program.contains("esmtp") ? .smtp : .imap
        var event = Login(success: success, service: service)
        event.account = message.value(after: "user=", upTo: Byte.comma) ?? .empty
        event.method = message.value(after: "method=", upTo: Byte.comma) ?? .empty
        event.address = message.value(after: "ip=[", upTo: Byte.closeSquare)?.address
        return .login(event)
    }

    /// `error,relay=::ffff:192.0.2.1,from=<s>,to=<r>: 550 User unknown.`, `…,msg="535 Authentication failed.",cmd: AUTH`
    private static func refusal(_ message: ByteSlice) -> LogEvent? {
        let address = message.value(after: "relay=", upTo: Byte.comma)?.address
        if message.contains("535 ") {
            var event = Login(address: address, success: false, service: .smtp)
            // `cmd: AUTH LOGIN u`: behind the mechanism, where Courier knows it.
            if let command = message.value(after: "cmd: AUTH ", upTo: Byte.comma) {
                let space = command.index(of: Byte.space)
                event.method = command.upTo(Byte.space)
                if space > 0 { event.account = command.from(space + 1).trimmed }
            }
            return .login(event)
        }
        var event = Reject(client: address)
        event.sender = message.value(after: "from=<", upTo: Byte.greater) ?? .empty
        event.recipient = message.value(after: "to=<", upTo: Byte.greater) ?? .empty
        let at = message.find(">: ")
        let codes = (at < 0 ? message : message.from(at + 3)).replyCodes
        event.code = codes.code
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        return .reject(event)
    }

    /// `newmsg,id=…: dns; host (name [::ffff:192.0.2.1]) (AUTH: LOGIN u)`
    private static func arrival(_ message: ByteSlice) -> LogEvent? {
        var event = Submission(queueID: message.from(10).upTo(Byte.colon))
        event.client = PostfixParser.bracketed(message)
        let auth = message.find("AUTH: ")
        if auth > 0 {
            let words = message.from(auth + 6)
            let space = words.index(of: Byte.space)
            if space > 0 { event.account = words.from(space + 1).upTo(Byte.comma).upTo(Byte.close) }
        }
        return .submission(event)
    }

    /// `id=…,from=<s>,addr=<r>,success: delivered: mx [192.0.2.9]`, `…,addr=<r>: 550 …`, `…,status: deferred`
    private static func delivery(_ program: ByteSlice, _ message: ByteSlice) -> LogEvent? {
        guard let recipient = message.value(after: "addr=<", upTo: Byte.greater) else { return .nothing }
        let end = message.find("addr=<") + 6 + recipient.count + 1
        let tail = message.from(end)
        let id = message.from(3).upTo(Byte.comma)
        var event = Delivery(queueID: id, recipient: recipient, outcome: .sent)
        event.isLocal = program.equals("courierlocal")
        event.relay = PostfixParser.bracketed(tail)
        if tail.contains("success: ") { return .delivery(event) }
        if tail.contains("status: deferred") {
            event.outcome = .deferred
        } else if tail.contains("status: ") || tail.contains("failure: ") || tail.hasPrefix(": 5") {
            event.outcome = .bounced
        } else {
            return .nothing
        }
        let colon = tail.find(": ")
        let codes = (colon < 0 ? tail : tail.from(colon + 2)).replyCodes
        event.code = codes.code
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: tail, code: codes.code, enhanced: codes.enhanced)
        return .delivery(event)
    }
}
