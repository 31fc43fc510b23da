import MailTypes

/// W3C extended logs, whose `#Fields:` names the columns: IIS SMTP and HTTP, Windows firewall, MailEnable.
struct W3CParser {
    private enum Column: Int {
        case date, time, client, user, method, stem, query, status, port, site, action, protocolName, source,
            destination,
            sourcePort, destinationPort, path, forwarded
    }

    private var columns: [Column: Int] = [:]
    /// From `#Date:`, for files without a date column.
    private var date: [UInt8] = []
    private var shown = StableBytes()

    /// True once `#Fields:` was read.
    var isActive: Bool { !columns.isEmpty }
    var isFirewall: Bool { columns[.action] != nil && columns[.source] != nil }

    /// Takes a line that begins with `#`.
    mutating func header(_ line: ByteSlice) {
        if line.hasPrefix("#Date:") { date = line.from(6).trimmed.prefix(10).bytes }
        guard line.hasPrefix("#Fields:") else { return }
        let names: [(StaticString, Column)] = [
            ("date", .date), ("time", .time), ("c-ip", .client), ("cs-username", .user), ("cs-method", .method),
            ("cs-uri-stem", .stem), ("cs-uri-query", .query), ("sc-status", .status), ("s-port", .port),
            ("s-sitename", .site),
            ("action", .action), ("protocol", .protocolName), ("src-ip", .source), ("dst-ip", .destination),
            ("src-port", .sourcePort), ("dst-port", .destinationPort), ("path", .path), ("X-Forwarded-For", .forwarded),
            ("x-forwarded-for", .forwarded), ("OriginalIP", .forwarded),
        ]
        columns = [:]
        for (index, field) in FieldCursor.split(line.from(8).trimmed, by: Byte.space).enumerated() {
            for (name, column) in names where field.equals(name) { columns[column] = index }
        }
        if columns[.time] == nil { columns = [:] }
    }

    mutating func parse(_ line: ByteSlice, clock: inout LogClock) -> ParsedLine {
        let format: LogFormat = isFirewall ? .windowsFirewall : .w3c
        let fields = FieldCursor.split(line, by: Byte.space)
        func field(_ column: Column) -> ByteSlice {
            guard let index = columns[column], index < fields.count else { return .empty }
            return fields[index].equals("-") ? .empty : fields[index]
        }
        let day = field(.date).isEmpty ? date : field(.date).bytes
        var stamp = day + [Byte.space]
        stamp.append(contentsOf: field(.time).bytes)
        let time = stamp.withUnsafeBufferPointer { bytes -> Int64? in
            guard let base = bytes.baseAddress else { return nil }
            // IIS writes UTC, the firewall local time.
            return clock.isoTime(ByteSlice(base: base, count: bytes.count), utc: !isFirewall)?.seconds
        }
        guard let time else { return ParsedLine(seconds: nil, format: format, event: nil) }
        let event =
            isFirewall
            ? flow(field) : field(.site).hasPrefix("SMTPSVC") || isVerb(field(.method)) ? smtp(field) : http(field)
        return ParsedLine(seconds: time, format: format, event: event)
    }

    private func isVerb(_ method: ByteSlice) -> Bool {
        let verbs: [StaticString] = [
            "HELO", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "BDAT", "QUIT", "RSET", "STARTTLS",
        ]
        return verbs.contains { method.equals($0) }
    }

    private func smtp(_ field: (Column) -> ByteSlice) -> LogEvent? {
        if field(.user).equals("OutboundConnectionResponse") { return outbound(field) }
        if field(.user).hasPrefix("OutboundConnection") { return .nothing }
        return SMTPVerbs.event(
            method: field(.method), argument: field(.query), status: field(.status).number ?? 0,
            client: field(.client).address,
            user: field(.user))
    }

    /// What a receiver answered: `550+5.7.1+blocked` where the argument stands.
    private func outbound(_ field: (Column) -> ByteSlice) -> LogEvent? {
        let reply = field(.query)
        guard let code = reply.prefix(3).number, (400...599).contains(code) else { return .nothing }
        var event = Delivery(queueID: .empty, outcome: code >= 500 ? .bounced : .deferred)
        event.relay = field(.client).address
        event.code = UInt16(clamping: code)
        event.enhanced = reply.from(4).enhancedCode?.code
        event.reason = ReplyClass(text: reply.from(4), code: event.code, enhanced: event.enhanced)
        return .delivery(event)
    }

    /// Behind a proxy of ours, the address that it names.
    private func caller(_ field: (Column) -> ByteSlice) -> IPAddress? {
        guard let client = field(.client).address else { return nil }
        guard client.isInside, !field(.forwarded).isEmpty else { return client }
        let first = field(.forwarded).upTo(Byte.comma).upTo(0x2b)
        return first.addressBeforePort ?? client
    }

    /// Web mail, ActiveSync, EWS, web services: a name with 200 is a login, with 401 or 403 a failed one.
    private func http(_ field: (Column) -> ByteSlice) -> LogEvent? {
        let user = field(.user)
        guard !user.isEmpty, user.last != 0x24, !user.containsIgnoringCase("healthmailbox"),
            let client = caller(field), !client.isLoopback, let status = field(.status).number
        else { return .nothing }
        guard status == 200 || status == 207 || status == 401 || status == 403 else { return .nothing }
        return .login(Login(account: user, address: client, success: status < 300, service: .webmail))
    }

    private func flow(_ field: (Column) -> ByteSlice) -> LogEvent? {
        guard let source = field(.source).address, let destination = field(.destination).address else {
            return field(.action).isEmpty ? nil : .nothing
        }
        guard field(.protocolName).equals("TCP") else { return .nothing }
        let action = field(.action)
        guard action.equals("ALLOW") || action.equals("DROP") || action.hasPrefix("OPEN") else { return .nothing }
        var flow = Flow(source: source, destination: destination, accepted: !action.equals("DROP"))
        flow.sourcePort = field(.sourcePort).number.flatMap { UInt16(exactly: $0) } ?? 0
        flow.destinationPort = field(.destinationPort).number.flatMap { UInt16(exactly: $0) } ?? 0
        let path = field(.path)
        if path.equals("SEND") { flow.direction = .outgoing }
        if path.equals("RECEIVE") || action.equals("OPEN-INBOUND") { flow.direction = .incoming }
        return .flow(flow)
    }
}

/// An SMTP command with the status that answered it, as IIS logs both (W3C and NCSA).
enum SMTPVerbs {
    static func event(method: ByteSlice, argument: ByteSlice, status: Int, client: IPAddress?, user: ByteSlice)
        -> LogEvent?
    {
        if method.equals("AUTH") {
            guard status == 235 || status >= 500 else { return .nothing }
            return .login(Login(account: user, address: client, success: status == 235, service: .smtp))
        }
        if method.equals("RCPT"), status >= 450 {
            var event = Reject(client: client)
            event.recipient = argument.value(after: "<", upTo: Byte.greater) ?? .empty
            event.code = UInt16(clamping: status)
            event.reason = ReplyClass(text: argument, code: event.code, enhanced: nil)
            if status == 550 { event.reason = .unknownRecipient }
            return .reject(event)
        }
        if method.equals("DATA") || method.equals("BDAT"), status == 250 {
            var event = Submission(client: client)
            event.account = user
            event.recipients = 1
            return .submission(event)
        }
        return .nothing
    }
}
