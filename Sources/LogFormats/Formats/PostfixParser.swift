import MailTypes

/// Postfix: one line of any of its daemons, without the syslog prefix.
///
/// Shapes: postconf(5), the daemons' manual pages; queue ids short (hexadecimal) and long (`enable_long_queue_ids`).
enum PostfixParser {
    /// - Parameter program: the syslog tag, `postfix/smtpd`, `postfix-out/submission/smtpd`.
    /// - Returns: `nil` when the line is none that Postfix is known to write.
    static func parse(program: ByteSlice, _ message: ByteSlice) -> LogEvent? {
        let slash = program.lastIndex(of: Byte.slash)
        let daemon = program.from(slash + 1)
        switch daemon.first {
        case 0x73:  // s
            if daemon.equals("smtpd") { return PostfixDoor.parse(message) }
            if daemon.equals("smtp") { return delivery(message, local: false) }
            if daemon.equals("sendmail") || daemon.equals("scache") || daemon.equals("showq") || daemon.equals("spawn")
            {
                return housekeeping(message)
            }
        case 0x71 where daemon.equals("qmgr"): return queued(message)
        case 0x6e where daemon.equals("nqmgr"): return queued(message)
        case 0x63 where daemon.equals("cleanup"): return cleanup(message)
        case 0x6c:  // l
            if daemon.equals("lmtp") || daemon.equals("local") { return delivery(message, local: true) }
        case 0x76:  // v
            if daemon.equals("virtual") { return delivery(message, local: true) }
            if daemon.equals("verify") { return housekeeping(message) }
        case 0x65 where daemon.equals("error"): return delivery(message, local: false)
        case 0x72 where daemon.equals("relay"): return delivery(message, local: false)
        case 0x72 where daemon.equals("retry"): return delivery(message, local: false)
        case 0x64:  // d
            if daemon.equals("discard") { return delivery(message, local: true) }
            if daemon.equals("dnsblog") { return housekeeping(message) }
        case 0x70:  // p
            if daemon.equals("pipe") { return delivery(message, local: true) }
            if daemon.equals("pickup") { return pickup(message) }
            if daemon.equals("postscreen") { return PostfixDoor.parse(message) }
            if daemon.equals("postsuper") { return superuser(message) }
        case 0x62 where daemon.equals("bounce"): return housekeeping(message)
        default: break
        }
        // anvil, master, tlsmgr, tlsproxy, trivial-rewrite, proxymap, postlog, postqueue, postfix-script, policyd …
        return housekeeping(message)
    }

    /// The queue id in front of `: `, and what follows; `nil` when there is none.
    static func queueID(_ message: ByteSlice) -> (id: ByteSlice, rest: ByteSlice)? {
        var at = 0
        let limit = min(message.count, 24)
        while at < limit, isQueueByte(message[at]) { at += 1 }
        guard at >= 5, message.at(at) == Byte.colon, message.at(at + 1) == Byte.space else { return nil }
        return (message.prefix(at), message.from(at + 2))
    }

    @inline(__always)
    private static func isQueueByte(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 }

    /// Lines that say nothing of mail or logins: taken as understood when they look like text at all.
    private static func housekeeping(_ message: ByteSlice) -> LogEvent? { message.isEmpty ? nil : .nothing }

    private static func queued(_ message: ByteSlice) -> LogEvent? {
        guard let (id, rest) = queueID(message) else { return housekeeping(message) }
        if rest.first == 0x72, rest.equals("removed") { return .removed(queueID: id) }
        guard rest.hasPrefix("from=<") else { return .nothing }
        let end = senderEnd(rest, from: 6)
        guard end >= 0 else { return nil }
        let behind = rest.from(end)
        if behind.hasPrefix(">, status=expired") {
            return .delivery(Delivery(queueID: id, outcome: .bounced, reason: .unreachable))
        }
        var event = Queued(queueID: id, sender: rest.part(6, end))
        if behind.hasPrefix(">, size=") {
            event.size = behind.from(8).leadingNumber ?? 0
            if let count = behind.value(after: "nrcpt=", upTo: Byte.space) { event.recipients = count.number ?? 0 }
        }
        return .queued(event)
    }

    /// The `>` that ends an address which may itself hold `>` in quotes: the one before `, `.
    static func senderEnd(_ text: ByteSlice, from start: Int) -> Int {
        var end = text.index(of: Byte.greater, from: start)
        while end >= 0, end + 1 < text.count, text[end + 1] != Byte.comma, text[end + 1] != Byte.space,
            text[end + 1] != Byte.colon, text[end + 1] != Byte.semicolon
        {
            end = text.index(of: Byte.greater, from: end + 1)
        }
        return end
    }

    private static func pickup(_ message: ByteSlice) -> LogEvent? {
        guard let (id, rest) = queueID(message) else { return housekeeping(message) }
        guard rest.hasPrefix("uid=") else { return .nothing }
        var event = Submission(queueID: id, script: rest.upTo(Byte.space), isLocal: true)
        if let sender = rest.value(after: "from=<", upTo: Byte.greater) { event.sender = sender }
        return .submission(event)
    }

    private static func cleanup(_ message: ByteSlice) -> LogEvent? {
        guard let (id, rest) = queueID(message) else { return housekeeping(message) }
        if rest.first == 0x6d, rest.hasPrefix("message-id=") { return .nothing }
        // header_checks with INFO or WARN: the script that PHP names.
        let header = rest.find("header X-PHP-")
        if header >= 0, let value = rest.value(after: ": ", upTo: Byte.semicolon, from: header) {
            let end = value.find(" from ")
            let script = (end < 0 ? value : value.prefix(end)).trimmed
            return .submission(Submission(queueID: id, script: script, isLocal: rest.find(" from local;") > 0))
        }
        if rest.hasPrefix("milter-reject:") || rest.hasPrefix("reject:") {
            return PostfixDoor.reject(rest.from(rest.index(of: Byte.colon) + 2))
        }
        return .nothing
    }

    private static func superuser(_ message: ByteSlice) -> LogEvent? {
        guard let (id, rest) = queueID(message) else { return housekeeping(message) }
        return rest.equals("removed") ? .removed(queueID: id) : .nothing
    }
}
