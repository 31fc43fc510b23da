import MailTypes

/// Exim's lines without a message: refusals, failed logins, connections.
enum EximDoor {
    static func parse(_ text: ByteSlice) -> LogEvent? {
        let failed = text.find("authenticator failed for ")
        if failed >= 0 { return failedLogin(text, failed) }
        let rejected = text.find("rejected ")
        if rejected >= 0, text.hasPrefix("H=") || text.contains(" H=") { return refusal(text, rejected) }
        return isKnown(text) ? .nothing : nil
    }

    /// `dovecot_login authenticator failed for host (helo) [ip]:port: 535 Incorrect authentication data (set_id=u)`
    private static func failedLogin(_ text: ByteSlice, _ at: Int) -> LogEvent? {
        let rest = text.from(at + 25)
        var event = Login(success: false, service: .smtp)
        event.method = text.upTo(Byte.space)
        let spaced = rest.find(" [")
        event.address = PostfixParser.bracketed(spaced < 0 ? rest : rest.from(spaced))
        // The HELO is the client's text: what counts stands behind the reply code.
        let reply = rest.find(": 535")
        guard reply > 0 else { return rest.contains(": 435") || rest.contains(": 454") ? .nothing : .login(event) }
        if let account = rest.value(after: "(set_id=", upTo: Byte.close, from: reply) { event.account = account }
        return .login(event)
    }

    /// `H=host [ip]:port F=<s> rejected RCPT <r>: text`, `temporarily rejected connection in "connect" ACL: text`
    private static func refusal(_ text: ByteSlice, _ at: Int) -> LogEvent? {
        var event = Reject(client: EximParser.host(text))
        let head = text.prefix(at)
        if let sender = head.value(after: " F=<", upTo: Byte.greater) { event.sender = sender }
        if let login = head.value(after: " A=", upTo: Byte.space) {
            let colon = login.index(of: Byte.colon)
            if colon >= 0 { event.account = login.from(colon + 1) }
        }
        let tail = text.from(at + 9)
        if tail.hasPrefix("RCPT "), let recipient = tail.value(after: "<", upTo: Byte.greater) {
            event.recipient = recipient
        }
        let temporary = head.hasSuffix("temporarily ")
        event.code = temporary ? 450 : 550
        let end = tail.index(of: Byte.greater)
        let colon = tail.find(": ", from: max(0, end))
        let reason = colon < 0 ? tail : tail.from(colon + 2)
        let codes = reason.replyCodes
        if codes.code != 0 { event.code = codes.code }
        event.enhanced = codes.enhanced
        event.reason = ReplyClass(text: reason, code: event.code, enhanced: event.enhanced)
        return .reject(event)
    }

    /// Beginnings of the many lines that carry nothing for us.
    private static func isKnown(_ text: ByteSlice) -> Bool {
        known.contains { text.hasPrefix($0) } || text.hasPrefix("H=") || text.contains(" H=") || text.contains(" [")
    }

    private static let known: [StaticString] = [
        "exim ", "Exim ", "Start queue run", "End queue run", "SMTP ", "TLS ", "no host name", "no IP address",
        "unexpected disconnection", "Connection from", "connection from", "cwd=", "daemon", "SIGHUP", "pid ",
        "log string",
        "cancelled", "Warning:", "DKIM:", "Process failed", "malware", "failed to", "lookup of", "unqualified",
        "dropping",
        "refused", "rejected", "Received ", "socket", "spam", "sender ", "host ", "ident ", "DNS", "LDAP", "MySQL",
        "PgSQL",
        "retry", "remote host", "too many", "no immediate", "Resetting", "renamed", "deleted", "ALERT", "list ", "SRS:",
        "ACL ", "Completed", "Frozen", "Unfrozen", "message ", "Message ", "removed", "fixed_login", "Could not",
        "bind", "signal",
        "Authentication", "acl_", "outgoing", "locking", "Error ", "error ", "cannot", "Failed", "STARTTLS", "SSL",
        "Renewed",
    ]
}
