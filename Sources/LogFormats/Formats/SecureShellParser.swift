import MailTypes

/// sshd(8) and PAM modules.
enum SecureShellParser {
    static func parse(_ message: ByteSlice) -> LogEvent? {
        let text = message.trimmed
        if text.hasPrefix("Accepted ") { return named(text, "Accepted ", success: true) }
        if text.hasPrefix("Failed ") { return named(text, "Failed ", success: false) }
        if text.hasPrefix("pam_") { return PAMParser.parse(text, service: .ssh) }
        if text.hasPrefix("Invalid user ") || text.hasPrefix("Illegal user ") {
            // `Failed … for invalid user` follows where a password is tried; a probe for the name alone has only this.
            return invalid(text.from(13))
        }
        if text.hasPrefix("error: maximum authentication attempts exceeded for ") || text.hasPrefix("error: PAM:") {
            return excess(text)
        }
        for prefix: StaticString in [
            "Disconnected from authenticating user ", "Connection closed by authenticating user ",
        ]
        where text.hasPrefix(prefix) {
            return closing(text.from(prefix.utf8CodeUnitCount))
        }
        for (prefix, mark): (StaticString, StaticString) in probes where text.hasPrefix(prefix) {
            return probe(text, mark)
        }
        return isKnown(text) ? .nothing : nil
    }

    /// Clients that never come as far as a name: scanners, and programs too old.
    private static let probes: [(StaticString, StaticString)] = [
        ("Unable to negotiate with ", "with "), ("banner exchange: Connection from ", "from "),
        ("Magic value check failed", "from "),
    ]

    private static func probe(_ text: ByteSlice, _ mark: StaticString) -> LogEvent? {
        guard let address = text.value(after: mark, upTo: Byte.space)?.address else { return .nothing }
        return .login(Login(address: address, success: false, service: .ssh))
    }

    /// `Accepted publickey for u from ip port 123 ssh2`, `Failed password for invalid user u from ip port 123 ssh2`
    private static func named(_ text: ByteSlice, _ verb: StaticString, success: Bool) -> LogEvent? {
        let rest = text.from(verb.utf8CodeUnitCount)
        let forAt = rest.find(" for ")
        guard forAt > 0 else { return .nothing }
        var event = Login(success: success, service: .ssh)
        event.method = rest.prefix(forAt)
        // Each key that a client offers fails like a password: no guess, no attack.
        if !success, event.method.equals("publickey") || event.method.equals("none") { return .nothing }
        var tail = rest.from(forAt + 5)
        if tail.hasPrefix("invalid user ") { tail = tail.from(13) }
        let from = lastFrom(tail)
        guard from >= 0 else { return nil }
        event.account = tail.prefix(from)
        event.address = tail.from(from + 6).upTo(Byte.space).address
        return .login(event)
    }

    private static func invalid(_ text: ByteSlice) -> LogEvent? {
        let from = text.hasPrefix("from ") ? -1 : lastFrom(text)
        var event = Login(success: false, service: .ssh)
        event.isBackend = true
        event.account = from > 0 ? text.prefix(from) : .empty
        event.address = text.from(from < 0 ? 5 : from + 6).upTo(Byte.space).address
        return event.address == nil ? .nothing : .login(event)
    }

    private static func excess(_ text: ByteSlice) -> LogEvent? {
        let forAt = text.find(" for ")
        let from = lastFrom(text)
        guard forAt > 0, from > forAt else { return .nothing }
        var name = text.part(forAt + 5, from)
        if name.hasPrefix("invalid user ") { name = name.from(13) }
        if name.hasPrefix("illegal user ") { name = name.from(13) }
        var event = Login(account: name, success: false, service: .ssh)
        event.isBackend = true
        event.address = text.from(from + 6).upTo(Byte.space).address
        return event.address == nil ? .nothing : .login(event)
    }

    /// `root 192.0.2.1 port 22 [preauth]`: given up while logging in.
    private static func closing(_ text: ByteSlice) -> LogEvent? {
        let port = text.find(" port ")
        guard port > 0 else { return .nothing }
        let head = text.prefix(port)
        let space = head.lastIndex(of: Byte.space)
        guard space > 0 else { return .nothing }
        var event = Login(account: head.prefix(space), success: false, service: .ssh)
        event.isBackend = true
        event.address = head.from(space + 1).address
        return event.address == nil ? .nothing : .login(event)
    }

    /// User names come from the client and may hold ` from `: the last one counts.
    private static func lastFrom(_ text: ByteSlice) -> Int {
        var last = -1
        var at = text.find(" from ")
        while at >= 0 {
            last = at
            at = text.find(" from ", from: at + 1)
        }
        return last
    }

    private static func isKnown(_ text: ByteSlice) -> Bool {
        let known: [StaticString] = [
            "Connection ", "Disconnect", "Received ", "Server ", "User ", "Postponed ", "Did not ", "Bad ", "Unable ",
            "error: ", "fatal: ", "banner ", "kex_", "ssh_dispatch", "Close session", "Starting session",
            "refused connect",
            "Timeout", "subsystem", "Protocol ", "Magic ", "Exiting", "PAM ", "input_userauth", "reverse mapping",
            "Address ",
            "Nasty", "Authentication ", "Authenticated", "Accepted", "debug", "userauth", "dispatch", "Could not",
            "rexec",
            "message repeated", "Read error", "Write failed", "Transferred", "Closing", "client_loop",
            "drop connection",
            "srclimit", "beginning MaxStartups", "exited MaxStartups", "Session", "Local disconnected", "Keyboard",
            "Changed",
            "Set /proc", "lastlog", "syslogin", "Certificate", "Allocated", "session ", "mm_", "chroot", "Attempt",
        ]
        return known.contains { text.hasPrefix($0) }
    }
}

/// Lines of PAM modules, whatever service wrote them.
enum PAMParser {
    /// `do_auth : auth failure: [user=u] [service=smtp] [realm=d] [mech=pam] [reason=…]`: it knows no address.
    static func saslauthd(_ text: ByteSlice) -> LogEvent? {
        guard text.contains("auth failure:"), let user = text.value(after: "[user=", upTo: Byte.closeSquare) else {
            return text.isEmpty ? nil : .nothing
        }
        var event = Login(account: user, success: false, service: .smtp)
        if text.contains("[service=imap") { event.service = .imap }
        if text.contains("[service=pop") { event.service = .pop3 }
        event.isBackend = true
        return .login(event)
    }

    /// `pam_unix(sshd:auth): authentication failure; logname= uid=0 … rhost=ip  user=u`
    static func parse(_ text: ByteSlice, service: LoginService) -> LogEvent? {
        guard text.contains("authentication failure;") else { return .nothing }
        var event = Login(success: false, service: service)
        event.isBackend = true
        if let host = text.value(after: "rhost=", upTo: Byte.space) { event.address = host.address }
        if let user = text.value(after: " user=", upTo: Byte.space) { event.account = user }
        if event.account.isEmpty, let user = text.value(after: "ruser=", upTo: Byte.space) { event.account = user }
        guard event.address != nil else { return .nothing }
        if text.contains("(dovecot") { event.service = .imap }
        if text.contains("(smtp") { event.service = .smtp }
        return .login(event)
    }
}
