/// Formats that are no syslog, told by their first bytes.
extension LogReader {
    mutating func readOther(_ line: ByteSlice) -> ParsedLine? {
        switch line.first {
        case Byte.hash:
            return header(line)
        case Byte.less:
            if line.at(1) &- 0x30 < 10 { return prioritised(line) }
            return markup(line)
        case 0x25 where ASAParser.find(line) == 0:  // %
            return ParsedLine(seconds: nil, format: .asa, event: ASAParser.parse(line))
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
        if line.hasPrefix("date=") || line.hasPrefix("itime=") { return FortiGateParser.parse(line, clock: &clock) }
        if line.hasPrefix("dovecot: "), let parsed = dovecotFile(line.from(9)) { return parsed }
        if flows.header(line) || line.hasPrefix("<?xml") {
            return ParsedLine(seconds: nil, format: .vpcFlow, event: .nothing)
        }
        if eventHeader(line) || line.hasPrefix("dateTime,") || line.hasPrefix("date-time,") {
            if line.hasPrefix("date-time,") { tracking = ExchangeTracking(fields: line) ?? tracking }
            if line.hasPrefix("dateTime,") { tracking = nil }
            return ParsedLine(seconds: nil, format: isEventCSV ? .windowsSecurity : .exchangeProtocol, event: .nothing)
        }
        if w3c.isActive { return w3c.parse(line, clock: &clock) }
        if let parsed = continuation(line) { return parsed }
        let trimmed = line.trimmed
        if trimmed.first == 0x7b { return object(trimmed) }
        if trimmed.first == Byte.less { return markup(trimmed) }
        if trimmed.equals("]") || trimmed.equals("],") {
            return ParsedLine(seconds: nil, format: .windowsSecurity, event: .nothing)
        }
        return wrapped(line)
    }

    /// What goes on with the entry of the line before: headers under an entry of Exim's reject log, Java's stack under
    /// one of Zimbra's.
    private func continuation(_ line: ByteSlice) -> ParsedLine? {
        switch lastFormat {
        case .exim:
            let isHeader = line.at(1) == Byte.space || line.first == Byte.space || line.first == Byte.tab
            guard isHeader || line.hasPrefix("Envelope-") || line.hasPrefix("-----") else { return nil }
        case .zimbra: break
        default: return nil
        }
        return ParsedLine(seconds: nil, format: lastFormat, event: .nothing)
    }

    /// `<189>date=…`, `<166>%ASA-…`: a priority in front of a line that has no time as syslog writes it.
    private mutating func prioritised(_ line: ByteSlice) -> ParsedLine? {
        let end = line.prefix(6).index(of: Byte.greater)
        guard end > 0, line.part(1, end).number != nil else { return markup(line) }
        var rest = line.from(end + 1)
        if rest.first == Byte.colon { rest = rest.from(1).trimmed }
        let asa = ASAParser.find(rest)
        if asa >= 0 { return ParsedLine(seconds: nil, format: .asa, event: ASAParser.parse(rest.from(asa))) }
        return rest.hasPrefix("date=") ? FortiGateParser.parse(rest, clock: &clock) : nil
    }

    /// Dovecot 1.x in files of its own: `dovecot: Nov 24 08:30:00 Info: imap-login: …`.
    private mutating func dovecotFile(_ text: ByteSlice) -> ParsedLine? {
        guard let time = clock.syslogTime(text) else { return nil }
        let rest = text.from(time.length).trimmed
        let level = rest.find(": ")
        guard level > 0, level < 12 else { return nil }
        return ParsedLine(
            seconds: time.seconds, format: .dovecot, event: DovecotParser.parse(process: .empty, rest.from(level + 2)))
    }

    /// What docker compose puts in front of each line: `mail-1  | Nov 24 08:30:00 …`.
    private mutating func wrapped(_ line: ByteSlice) -> ParsedLine? {
        let bar = line.prefix(80).find(" | ")
        guard bar > 0, !isWrapped else { return nil }
        return unwrapped(line.from(bar + 3).trimmed)
    }

    /// Reads what a container's runtime wrapped, once.
    private mutating func unwrapped(_ line: ByteSlice) -> ParsedLine? {
        guard !line.isEmpty, !isWrapped else { return nil }
        isWrapped = true
        defer { isWrapped = false }
        let parsed = read(line)
        return parsed.format == .unknown ? nil : parsed
    }

    /// `{"log":"…\n","stream":"stdout","time":"…"}` of docker's json-file driver.
    private mutating func container(_ line: ByteSlice) -> ParsedLine? {
        let fields = JSONFields(text: line)
        guard let log = fields.value("log"), fields.value("stream") != nil, let stamp = fields.value("time") else {
            return nil
        }
        var text = JSONFields.unescaped(log, &records)
        while text.last == 0x0a || text.last == 0x0d { text = text.prefix(text.count - 1) }
        return unwrapped(text) ?? clock.isoTime(stamp).map { bare(text, $0.seconds) }
    }

    /// The gateway's log as JSON: `{"time":"…","level":"notice","message":"message held","account":…}`.
    private mutating func gateway(_ line: ByteSlice) -> ParsedLine? {
        let fields = JSONFields(text: line)
        guard line.hasPrefix("{\"time\":\""), fields.value("level") != nil, let message = fields.value("message"),
            let time = fields.value("time").flatMap({ clock.isoTime($0) })
        else { return nil }
        return ParsedLine(
            seconds: time.seconds, format: .sluice, event: SluiceLogParser.event(message, .json(fields)))
    }

    /// A container's line that has no time of its own: `postfix/smtpd[12]: …`.
    private mutating func bare(_ text: ByteSlice, _ seconds: Int64) -> ParsedLine {
        guard !text.isEmpty, let syslog = SyslogLine(bare: text, seconds: seconds) else {
            return ParsedLine(seconds: seconds, format: .syslog, event: .nothing)
        }
        return read(syslog, text)
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

    /// `Level,Date and Time,Source,…` of the Event Viewer in some languages, `"Message","Id",…` of Export-Csv.
    private mutating func eventHeader(_ line: ByteSlice) -> Bool {
        let names: [StaticString] = [
            "Date and Time", "TimeCreated", "TimeGenerated", "Datum und Uhrzeit", "Date et heure", "Fecha y hora",
            "Data e ora", "Datum en tijd", "Data e hora",
        ]
        guard line.count < 600, line.index(of: Byte.comma) > 0 || line.index(of: Byte.semicolon) > 0,
            let found = names.firstIndex(where: { line.contains($0) })
        else { return false }
        isEventCSV = true
        if found >= 3 { windows.isDayFirst = true }
        return true
    }

    private mutating func quoted(_ line: ByteSlice) -> ParsedLine? {
        if let parsed = hMailServer.parse(line, clock: &clock) { return parsed }
        if let export = ExchangeTracking(export: line) {
            tracking = export
            return ParsedLine(seconds: nil, format: .exchangeTracking, event: .nothing)
        }
        if tracking?.isExport ?? false, let parsed = tracking?.parseExport(line, clock: &clock) { return parsed }
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
        if line.at(1) &- 0x30 < 10, let time = clock.dayFirstTime(line.from(1)) ?? clock.isoTime(line.from(1)) {
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
        if let parsed = sluice.parse(line, clock: &clock) ?? container(line) ?? gateway(line) { return parsed }
        return assembled(.json, assembler.begin(.json, line))
    }

    /// `journalctl -o json`: the syslog fields of each entry.
    private mutating func journal(_ line: ByteSlice) -> ParsedLine? {
        let fields = JSONFields(text: line)
        guard let stamp = fields.value("__REALTIME_TIMESTAMP")?.number else { return nil }
        clock.noteUTC()
        var syslog = SyslogLine(seconds: Int64(stamp / 1_000_000))
        syslog.program = fields.value("SYSLOG_IDENTIFIER") ?? .empty
        syslog.processID = fields.value("_PID") ?? .empty
        syslog.host = fields.value("_HOSTNAME") ?? .empty
        // A message that is no UTF-8 is written as its bytes; one that is too long as `null`.
        if let bytes = fields.numbers("MESSAGE") {
            syslog.message = records.keep(bytes)
        } else if let message = fields.value("MESSAGE") {
            syslog.message = JSONFields.unescaped(message, &records)
        }
        if syslog.message.isEmpty { return ParsedLine(seconds: syslog.seconds, format: .syslog, event: .nothing) }
        return read(syslog, syslog.message)
    }

    /// Lines that begin with a digit: dates of many kinds, addresses, VPC records.
    private mutating func dated(_ line: ByteSlice) -> ParsedLine? {
        if line.at(4) == Byte.dash, line.at(10) == 0x54 {
            let comma = line.prefix(30).index(of: Byte.comma)
            if comma > 19, let time = clock.isoTime(line, utc: true) { return exchange(line, time.seconds) }
            return stamped(line)
        }
        if line.at(4) == Byte.space, let syslog = SyslogLine(line, clock: &clock) { return read(syslog, line) }
        if w3c.isActive { return w3c.parse(line, clock: &clock) }
        if line.at(4) == Byte.dash, line.at(10) == Byte.space { return spaced(line) }
        if line.at(2) == Byte.dot, let parsed = mailEnable.parse(line, clock: &clock) { return parsed }
        if line.at(2) == Byte.slash || line.at(1) == Byte.slash {
            return mailEnable.parse(line, clock: &clock)
        }
        if let parsed = NCSAParser.parse(line, clock: &clock) { return parsed }
        if let parsed = flows.parse(line, clock: &clock) { return parsed }
        return NetfilterParser.looksLike(line) ? proxmox(line) : nil
    }

    /// `2026-11-24T08:30:00Z …`: syslog; but also what containers and CloudWatch put in front of lines of others.
    private mutating func stamped(_ line: ByteSlice) -> ParsedLine? {
        let space = line.index(of: Byte.space)
        guard space > 0 else { return nil }
        let rest = line.from(space + 1)
        if rest.at(1) == Byte.space, rest.first &- 0x30 < 10, let flow = flows.parse(rest, clock: &clock) {
            return flow
        }
        let isContainer = rest.hasPrefix("stdout ") || rest.hasPrefix("stderr ")
        if isContainer, rest.at(8) == Byte.space {
            // CRI: `… stdout F line`
            let text = rest.from(9)
            return unwrapped(text) ?? clock.isoTime(line).map { bare(text, $0.seconds) }
        }
        if SluiceLogParser.level(rest) != nil, let time = clock.isoTime(line) {
            return ParsedLine(seconds: time.seconds, format: .sluice, event: SluiceLogParser.parse(rest))
        }
        let isMonth = rest.at(3) == Byte.space && LogClock.month(rest) != nil
        if isMonth || rest.at(4) == Byte.dash, let parsed = unwrapped(rest) { return parsed }
        return SyslogLine(line, clock: &clock).map { read($0, line) }
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
        if line.at(time.length) == Byte.tab { return mailEnable.parse(line, clock: &clock) }
        let text = line.from(time.length).trimmed
        if text.hasPrefix("rule "), let event = FilterlogParser.parseText(text) {
            return ParsedLine(seconds: time.seconds, format: .filterlog, event: event)
        }
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
