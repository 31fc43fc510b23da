import MailTypes

/// Zimbra's mailbox.log and audit.log: `2026-11-24 08:30:00,123 INFO  [thread] [name=u;oip=ip;…] category - text`.
enum ZimbraParser {
    /// - Parameter text: behind the time, beginning with the level.
    static func parse(_ text: ByteSlice) -> LogEvent? {
        guard isLevel(text) else { return nil }
        let failed = text.find("authentication failed for [")
        let audit = text.find("security - cmd=Auth;")
        guard failed >= 0 || audit >= 0 else { return .nothing }
        var event = Login(success: failed < 0 && !text.contains("error="), service: service(text))
        // The context in brackets stands before the text; user agents come from the client and stand behind the address.
        let context = text.prefix(max(audit, failed))
        event.address =
            context.value(after: "oip=", upTo: Byte.semicolon)?.address ?? context.value(
                after: ";ip=", upTo: Byte.semicolon)?.address
            ?? context.value(after: "[ip=", upTo: Byte.semicolon)?.address
        if failed >= 0 {
            event.account = text.from(failed + 27).upTo(Byte.closeSquare)
        } else if let account = text.value(after: "account=", upTo: Byte.semicolon, from: audit) {
            event.account = account
        }
        return event.account.isEmpty && event.address == nil ? .nothing : .login(event)
    }

    static func isLevel(_ text: ByteSlice) -> Bool {
        let levels: [StaticString] = ["INFO ", "WARN ", "ERROR ", "DEBUG ", "TRACE ", "FATAL "]
        return levels.contains { text.hasPrefix($0) }
    }

    private static func service(_ text: ByteSlice) -> LoginService {
        if let named = text.value(after: "protocol=", upTo: Byte.semicolon) {
            if named.hasPrefix("imap") { return .imap }
            if named.hasPrefix("pop3") { return .pop3 }
            if named.hasPrefix("smtp") { return .smtp }
            return .webmail
        }
        if text.contains("oproto=smtp") || text.contains("smtp://") { return .smtp }
        if text.contains("oproto=imap") { return .imap }
        if text.contains("oproto=pop3") { return .pop3 }
        return .webmail
    }
}
