import MailTypes

/// NCSA common log: `192.0.2.1 - user [24/Nov/2026:08:30:00 +0000] "RCPT -?+TO:<r> SMTP" 250 52`.
enum NCSAParser {
    static func parse(_ line: ByteSlice, clock: inout LogClock) -> ParsedLine? {
        let open = line.find(" [")
        guard open > 0, open < 300, let time = clock.dayFirstTime(line.from(open + 2)) else { return nil }
        let head = FieldCursor.split(line.prefix(open), by: Byte.space, limit: 4)
        let start = line.index(of: Byte.quote, from: open)
        let end = line.from(start + 1).index(of: Byte.quote)
        guard head.count >= 3, start > 0, end >= 0 else {
            return ParsedLine(seconds: time.seconds, format: .ncsa, event: nil)
        }
        let request = line.part(start + 1, start + 1 + end)
        let status = line.from(start + end + 3).upTo(Byte.space).number ?? 0
        let user = head[2].equals("-") ? ByteSlice.empty : head[2]
        let method = request.upTo(Byte.space)
        var event: LogEvent?
        if request.hasSuffix(" SMTP") || request.contains("SMTP/") {
            event = SMTPVerbs.event(
                method: method, argument: request.from(method.count + 1), status: status, client: head[0].address,
                user: user)
        } else if !user.isEmpty, let client = head[0].address, status == 200 || status == 401 {
            event = .login(Login(account: user, address: client, success: status == 200, service: .webmail))
        } else {
            event = .nothing
        }
        return ParsedLine(seconds: time.seconds, format: .ncsa, event: event)
    }
}
