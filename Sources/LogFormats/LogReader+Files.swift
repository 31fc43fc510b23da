/// Formats that are no syslog, told by their first bytes.
extension LogReader {
    mutating func readOther(_ line: ByteSlice) -> ParsedLine? {
        switch line.first {
        case Byte.hash:
            return header(line)
        case Byte.less:
            return markup(line)
        case Byte.dash where line.hasPrefix("- <Event"):
            return markup(line.from(2))
        case 0x7b:  // {
            return object(line)
        case Byte.openSquare:
            return bracket(line)
        case Byte.quote:
            return quoted(line)
        default: break
        }
        if line.first &- 0x30 < 10 { return dated(line) }
        if isEventCSV { return assembled(.csv, assembler.begin(.csv, line)) }
        if line.hasPrefix("date=") { return FortiGateParser.parse(line, clock: &clock) }
        if flows.header(line) || line.hasPrefix("<?xml") {
            return ParsedLine(seconds: nil, format: .vpcFlow, event: .nothing)
        }
        if eventHeader(line) || line.hasPrefix("dateTime,") || line.hasPrefix("date-time,") {
            if line.hasPrefix("date-time,") { tracking = ExchangeTracking(fields: line) ?? tracking }
            return ParsedLine(seconds: nil, format: isEventCSV ? .windowsSecurity : .exchangeProtocol, event: .nothing)
        }
        if w3c.isActive { return w3c.parse(line, clock: &clock) }
        let trimmed = line.trimmed
        if trimmed.first == 0x7b { return object(trimmed) }
        if trimmed.first == Byte.less { return markup(trimmed) }
        if trimmed.equals("]") || trimmed.equals("],") {
            return ParsedLine(seconds: nil, format: .windowsSecurity, event: .nothing)
        }
        return nil
    }

    private mutating func header(_ line: ByteSlice) -> ParsedLine {
        if line.hasPrefix("#Fields:"), line.index(of: Byte.comma) > 0 {
            tracking = ExchangeTracking(fields: line.from(8))
            return ParsedLine(
                seconds: nil, format: tracking == nil ? .exchangeProtocol : .exchangeTracking, event: .nothing)
        }
        w3c.header(line)
        if line.contains("Message Tracking") {
            return ParsedLine(seconds: nil, format: .exchangeTracking, event: .nothing)
        }
        return ParsedLine(seconds: nil, format: w3c.isFirewall ? .windowsFirewall : .w3c, event: .nothing)
    }

    /// `Level,Date and Time,Source,…` of the Event Viewer, `"Message","Id",…` of Export-Csv.
    private mutating func eventHeader(_ line: ByteSlice) -> Bool {
        guard line.contains("Date and Time") || line.contains("TimeCreated"), line.index(of: Byte.comma) > 0 else {
            return false
        }
        isEventCSV = true
        return true
    }

    private mutating func quoted(_ line: ByteSlice) -> ParsedLine? {
        if let parsed = hMailServer.parse(line, clock: &clock) { return parsed }
        if eventHeader(line) { return ParsedLine(seconds: nil, format: .windowsSecurity, event: .nothing) }
        return isEventCSV ? assembled(.csv, assembler.begin(.csv, line)) : nil
    }

    private mutating func markup(_ line: ByteSlice) -> ParsedLine? {
        if line.hasPrefix("<Event ") || line.hasPrefix("<Event>") || line.contains("<Event ") {
            return assembled(.xml, assembler.begin(.xml, line))
        }
        let frames: [StaticString] = ["<?xml", "<Events", "</Events", "<Objs", "</Objs"]
        return frames.contains { line.hasPrefix($0) }
            ? ParsedLine(seconds: nil, format: .windowsSecurity, event: .nothing) : nil
    }

    private mutating func bracket(_ line: ByteSlice) -> ParsedLine? {
        if line.at(1) &- 0x30 < 10, let time = clock.dayFirstTime(line.from(1)) {
            let text = line.from(1 + time.length)
            guard text.first == Byte.closeSquare else { return nil }
            let event = RoundcubeParser.parse(
                text.from(1).at(0) == Byte.colon ? text.from(2).trimmed : text.from(1).trimmed)
            return ParsedLine(seconds: time.seconds, format: .roundcube, event: event)
        }
        if line.trimmed.count == 1 { return ParsedLine(seconds: nil, format: .windowsSecurity, event: .nothing) }
        return line.at(1) == 0x7b ? object(line.from(1)) : nil
    }

    private mutating func object(_ line: ByteSlice) -> ParsedLine? {
        if line.find("\"__REALTIME_TIMESTAMP\"") >= 0 { return journal(line) }
        if let parsed = sluice.parse(line, clock: &clock) { return parsed }
        return assembled(.json, assembler.begin(.json, line))
    }

    /// `journalctl -o json`: the syslog fields of each entry.
    private mutating func journal(_ line: ByteSlice) -> ParsedLine? {
        let fields = JSONFields(text: line)
        guard let stamp = fields.value("__REALTIME_TIMESTAMP")?.number, let message = fields.value("MESSAGE") else {
            return nil
        }
        clock.noteUTC()
        var syslog = SyslogLine(seconds: Int64(stamp / 1_000_000))
        syslog.program = fields.value("SYSLOG_IDENTIFIER") ?? .empty
        syslog.processID = fields.value("_PID") ?? .empty
        syslog.host = fields.value("_HOSTNAME") ?? .empty
        syslog.message = JSONFields.unescaped(message, &records)
        return read(syslog, syslog.message)
    }

    /// Lines that begin with a digit: dates of many kinds, addresses, VPC records.
    private mutating func dated(_ line: ByteSlice) -> ParsedLine? {
        if line.at(4) == Byte.dash, line.at(10) == 0x54 {
            let comma = line.prefix(30).index(of: Byte.comma)
            if comma > 19, let time = clock.isoTime(line, utc: true) { return exchange(line, time.seconds) }
            if let syslog = SyslogLine(line, clock: &clock) { return read(syslog, line) }
            // CloudWatch puts a time in front of flow records.
            let space = line.index(of: Byte.space)
            return space > 0 ? flows.parse(line.from(space + 1), clock: &clock) : nil
        }
        if w3c.isActive { return w3c.parse(line, clock: &clock) }
        if line.at(4) == Byte.dash, line.at(10) == Byte.space { return spaced(line) }
        if line.at(2) == Byte.slash || line.at(1) == Byte.slash {
            return mailEnable.parse(line, clock: &clock)
        }
        if let parsed = NCSAParser.parse(line, clock: &clock) { return parsed }
        if let parsed = flows.parse(line, clock: &clock) { return parsed }
        return NetfilterParser.looksLike(line) ? proxmox(line) : nil
    }

    private mutating func exchange(_ line: ByteSlice, _ seconds: Int64) -> ParsedLine {
        if let tracking {
            return ParsedLine(seconds: seconds, format: .exchangeTracking, event: tracking.parse(line))
        }
        return ParsedLine(seconds: seconds, format: .exchangeProtocol, event: exchange.parse(line))
    }

    /// `2026-11-24 08:30:00 …`: Zimbra by its comma and level, syslog by its host and tag, else Exim.
    private mutating func spaced(_ line: ByteSlice) -> ParsedLine? {
        guard let time = clock.isoTime(line) else { return nil }
        let text = line.from(time.length).trimmed
        if ZimbraParser.isLevel(text) {
            return ParsedLine(seconds: time.seconds, format: .zimbra, event: ZimbraParser.parse(text))
        }
        if let event = exim.parse(text, seconds: time.seconds) {
            return ParsedLine(seconds: time.seconds, format: .exim, event: event)
        }
        if let syslog = SyslogLine(line, clock: &clock), !syslog.program.isEmpty { return read(syslog, line) }
        return ParsedLine(seconds: time.seconds, format: .exim, event: nil)
    }

    /// `0 5 PVEFW-HOST-IN 24/Nov/2026:08:30:00 +0100 policy DROP: IN=…`
    private mutating func proxmox(_ line: ByteSlice) -> ParsedLine? {
        var at = 0
        for _ in 0..<3 {
            let space = line.index(of: Byte.space, from: at)
            guard space > 0 else { return nil }
            at = space + 1
        }
        guard let time = clock.dayFirstTime(line.from(at)) else { return nil }
        return ParsedLine(
            seconds: time.seconds, format: .netfilter, event: NetfilterParser.parse(line.from(at + time.length)))
    }

    /// A record put together: read once it is whole; until then its lines are understood and tell nothing.
    mutating func assembled(_ kind: RecordAssembler.Kind?, _ record: [UInt8]?) -> ParsedLine {
        guard let kind, let record else { return ParsedLine(seconds: nil, format: .windowsSecurity, event: .nothing) }
        let text = records.keep(record)
        let parsed: ParsedLine?
        switch kind {
        case .xml: parsed = windows.parseXML(text, clock: &clock)
        case .json: parsed = windows.parseJSON(text, clock: &clock)
        case .csv: parsed = windows.parseCSV(text, clock: &clock)
        }
        return parsed ?? ParsedLine(seconds: nil, format: .windowsSecurity, event: nil)
    }
}
