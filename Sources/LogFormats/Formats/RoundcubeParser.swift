import MailTypes

/// Roundcube's userlogins and errors logs, as files (`[24-Nov-2026 08:30:00 +0100]: …`) or by syslog.
enum RoundcubeParser {
    static func parse(_ text: ByteSlice) -> LogEvent? {
        var success = false
        var at = text.find("Successful login for ")
        if at >= 0 {
            success = true
            at += 21
        } else {
            at = text.find("Failed login for ")
            if at >= 0 {
                at += 17
            } else {
                at = text.find("Login failed for ")
                guard at >= 0 else { return sent(text) }
                at += 17
            }
        }
        let rest = text.from(at)
        let from = rest.find(" from ")
        guard from > 0 else { return .nothing }
        var event = Login(success: success, service: .webmail)
        event.account = rest.prefix(from).upTo(Byte.space)
        event.address = address(rest.from(from + 6))
        return .login(event)
    }

    /// `User u [192.0.2.1]; Message <id> for a, b; 250: …` (sendmail.log): who is logged in and from where. The message
    /// itself is told by the mail server.
    private static func sent(_ text: ByteSlice) -> LogEvent? {
        var rest = text
        if rest.first == Byte.less { rest = rest.from(max(0, rest.find("> ")) + 2) }
        guard rest.hasPrefix("User "), rest.contains("; Message ") else { return text.isEmpty ? nil : .nothing }
        let open = rest.find(" [")
        guard open > 5, let address = PostfixParser.bracketed(rest.from(open)) else { return .nothing }
        return .login(Login(account: rest.part(5, open), address: address, success: true, service: .webmail))
    }

    /// `192.0.2.1`, `10.0.0.1(X-Forwarded-For: 192.0.2.1)`: behind a proxy of ours, the address it names.
    private static func address(_ text: ByteSlice) -> IPAddress? {
        var end = 0
        while end < text.count, text[end] != Byte.space, text[end] != Byte.open, text[end] != Byte.comma { end += 1 }
        var direct = text.prefix(end)
        if direct.last == Byte.dot { direct = direct.prefix(direct.count - 1) }
        let address = direct.address
        let forwarded =
            text.value(after: "X-Forwarded-For: ", upTo: Byte.close)
            ?? text.value(after: "X-Real-IP: ", upTo: Byte.close)
        guard let forwarded else { return address }
        let first = forwarded.upTo(Byte.comma).trimmed
        return first.address ?? address
    }
}
