import MailTypes

/// Dovecot: login processes (`login_log_format_elements`), auth workers, in syslog or its own files.
enum DovecotParser {
    /// The processes that write `name: Info: …` into Dovecot's own files, where no program is named.
    static func isProcess(_ name: ByteSlice) -> Bool {
        let name = name.upTo(Byte.open)
        if name.hasSuffix("-login") { return true }
        let known: [StaticString] = [
            "auth", "auth-worker", "imap", "pop3", "lmtp", "lda", "managesieve", "submission", "master", "anvil",
            "config", "log", "stats", "ssl-params", "indexer", "indexer-worker", "doveadm", "old-stats", "dict",
        ]
        return known.contains { name.equals($0) }
    }

    /// - Parameters:
    ///   - process: `imap-login` where the prefix named it (own log files); empty when the message begins with it.
    static func parse(process: ByteSlice, _ message: ByteSlice) -> LogEvent? {
        var process = process
        var text = message
        if process.isEmpty {
            let colon = text.find(": ")
            guard colon > 0, colon < 120 else { return text.isEmpty ? nil : .nothing }
            process = text.prefix(colon)
            text = text.from(colon + 2)
        }
        for level: StaticString in ["Info: ", "Warning: ", "Error: ", "Debug: ", "Notice: "] where text.hasPrefix(level)
        {
            text = text.from(level.utf8CodeUnitCount)
        }
        if process.hasSuffix("-login") { return login(service(process), text) }
        if process.hasPrefix("auth") { return auth(text) }
        return .nothing
    }

    static func service(_ process: ByteSlice) -> LoginService {
        if process.hasPrefix("imap") { return .imap }
        if process.hasPrefix("pop3") { return .pop3 }
        if process.hasPrefix("submission") { return .smtp }
        if process.hasPrefix("managesieve") || process.hasPrefix("sieve") { return .sieve }
        return .other
    }

    /// `Login: user=<u>, method=PLAIN, rip=…, lip=…`; `Disconnected (auth failed, 3 attempts in 6 secs): user=<u>, …`.
    private static func login(_ service: LoginService, _ text: ByteSlice) -> LogEvent? {
        let user = text.find("user=<")
        if user < 0 {
            // Attempts by clients that broke off before a name, configuration notes.
            guard text.contains("auth failed") else { return text.isEmpty ? nil : .nothing }
        }
        if text.hasPrefix("proxy(") { return proxied(service, text, user) }
        let success = text.hasPrefix("Login: ") || text.hasPrefix("Logged in")
        let failure = success ? -1 : text.find("auth failed, ")
        guard success || failure >= 0 else { return .nothing }
        var event = Login(success: success, service: service)
        take(text, user, &event)
        if failure >= 0 { event.attempts = min(max(1, text.from(failure + 13).leadingNumber ?? 1), 10_000) }
        return .login(event)
    }

    /// `proxy(u): Started proxying to …: user=<u>, …`, `proxy(u): Login failed to …: user=<u>, …`: the host behind tells
    /// its own side, with this host's address.
    private static func proxied(_ service: LoginService, _ text: ByteSlice, _ user: Int) -> LogEvent? {
        let head = text.prefix(max(0, user))
        let success = head.containsIgnoringCase("): started proxying to")
        guard success || head.contains("): Login failed") || head.contains("): Login for "), user >= 0 else {
            return .nothing
        }
        var event = Login(success: success, service: service)
        take(text, user, &event)
        return .login(event)
    }

    /// `user=<u>, method=PLAIN, rip=…`
    private static func take(_ text: ByteSlice, _ user: Int, _ event: inout Login) {
        let fields = text.from(max(0, user))
        // The name is the client's text and may imitate fields: the last `rip=` is Dovecot's own, the name ends before it.
        let rip = fields.lastFind(", rip=")
        if user >= 0 {
            let end = fields.prefix(rip < 0 ? fields.count : rip).lastIndex(of: Byte.greater)
            event.account = end > 6 ? fields.part(6, end) : .empty
        }
        let method = fields.prefix(max(0, rip)).lastFind(", method=")
        if method > 0 { event.method = fields.part(method + 9, rip) }
        if rip >= 0 { event.address = fields.from(rip + 6).upTo(Byte.comma).address }
    }

    /// `passwd-file(u,ip,<session>): unknown user`, `conn unix:auth-worker (…): auth-worker<4>: sql(u,ip): Password mismatch`.
    ///
    /// The process in front (a login process, smtpd) writes the same failure once more: hence `isBackend`.
    private static func auth(_ text: ByteSlice) -> LogEvent? {
        guard
            text.containsIgnoringCase("unknown user") || text.containsIgnoringCase("password mismatch")
                || text.contains("pam_authenticate() failed") || text.containsIgnoringCase("invalid credentials")
        else { return text.isEmpty ? nil : .nothing }
        var open = text.lastIndex(
            of: Byte.open, beforeAny: ["): unknown", "): Password", "): pam_", "): invalid", "): Invalid"])
        if open < 0 { open = text.index(of: Byte.open) }
        guard open >= 0 else { return .nothing }
        let inner = text.from(open + 1).upTo(Byte.close)
        var fields = FieldCursor(inner, separator: Byte.comma)
        guard let account = fields.next() else { return .nothing }
        var event = Login(account: account, success: false, service: .other)
        event.isBackend = true
        if let address = fields.next() { event.address = address.address }
        guard event.address != nil else { return .nothing }
        return .login(event)
    }
}

extension ByteSlice {
    /// The last `byte` in front of the first of `marks` that occurs; -1 if none does.
    fileprivate func lastIndex(of byte: UInt8, beforeAny marks: [StaticString]) -> Int {
        for mark in marks {
            let end = find(mark)
            if end >= 0 { return prefix(end).lastIndex(of: byte) }
        }
        return -1
    }
}
