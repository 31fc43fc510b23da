/// Reads the lines of one file, whatever wrote them, in any mixture.
///
/// The format is told line by line from the first bytes and the syslog tag; only formats that announce their fields in a
/// header (W3C, Exchange), spread a session over lines, or a record over lines (Windows) keep state here, all of it bounded.
package struct LogReader {
    package var clock: LogClock
    var exim = EximParser()
    var sendmail = SendmailParser()
    var openSMTPD = OpenSMTPDParser()
    var tracking: ExchangeTracking?
    var exchange = ExchangeProtocol()
    var w3c = W3CParser()
    var hMailServer = HMailServerParser()
    var mailEnable = MailEnableParser()
    var flows = VPCFlowParser()
    var windows = WindowsSecurityParser()
    var sluice = SluiceParser()
    var assembler = RecordAssembler()
    var records = StableBytes()
    /// The file's header said that its records are Windows events in CSV.
    var isEventCSV = false
    /// Of the last line that was none of syslog's: what its entry goes on with is told by it.
    var lastFormat = LogFormat.unknown
    /// Reading what a container's runtime wrapped: not to be unwrapped again.
    var isWrapped = false

    package init(latest: Int64, zone: ZoneOffsets = .utc) {
        clock = LogClock(latest: latest, zone: zone)
    }

    /// Reads one line, without its line end.
    package mutating func read(_ line: ByteSlice) -> ParsedLine {
        if assembler.isOpen { return assembled(assembler.kind, assembler.add(line)) }
        let first = line.first | 0x20
        if first &- 0x61 < 26 || line.first == Byte.less {
            // A month or a priority: syslog, the most frequent.
            if let syslog = SyslogLine(line, clock: &clock) { return read(syslog, line) }
        }
        guard let parsed = readOther(line) else { return ParsedLine(seconds: nil, format: .unknown, event: nil) }
        lastFormat = parsed.format
        return parsed
    }

    mutating func read(_ syslog: SyslogLine, _ whole: ByteSlice) -> ParsedLine {
        let program = syslog.program
        let message = syslog.message
        func line(_ format: LogFormat, _ event: LogEvent?) -> ParsedLine {
            ParsedLine(
                seconds: syslog.seconds, format: format, event: event, repeats: syslog.repeats, host: syslog.host)
        }
        switch program.first {
        case 0x70 where program.hasPrefix("postfix"):
            return line(.postfix, PostfixParser.parse(program: program, message))
        case 0x64 where program.hasPrefix("dovecot"):
            return line(.dovecot, DovecotParser.parse(process: .empty, message))
        case 0x73:  // s
            if program.hasPrefix("sshd") { return line(.ssh, SecureShellParser.parse(message)) }
            if program.equals("sluice") { return line(.sluice, gatewayMessage(message)) }
            if program.equals("smtpd") { return line(.openSMTPD, openSMTPD.parse(message)) }
            if program.hasPrefix("sendmail") || program.hasPrefix("sm-mta") || program.hasPrefix("sm-msp") {
                return line(.sendmail, sendmail.parse(processID: syslog.processID, message))
            }
        case 0x65 where program.hasPrefix("exim"):
            return line(.exim, exim.parse(message, seconds: syslog.seconds))
        case 0x66 where program.equals("filterlog"):
            return line(.filterlog, FilterlogParser.parse(message))
        case 0x72 where program.hasPrefix("roundcube"):
            return line(.roundcube, RoundcubeParser.parse(message))
        default: break
        }
        if syslog.host.isEmpty, DovecotParser.isProcess(program) {
            return line(.dovecot, DovecotParser.parse(process: program, message))
        }
        return readLess(syslog, whole)
    }

    /// The gateway through syslog or the journal, with its own time in front or without.
    private func gatewayMessage(_ message: ByteSlice) -> LogEvent? {
        let isStamped = message.at(4) == Byte.dash && message.at(10) == 0x54
        let text = isStamped ? message.from(message.index(of: Byte.space) + 1) : message
        return SluiceLogParser.parse(text) ?? (message.isEmpty ? nil : .nothing)
    }

    /// Programs that are seldom in a mail log, and those told by their text.
    private mutating func readLess(_ syslog: SyslogLine, _ whole: ByteSlice) -> ParsedLine {
        let message = syslog.message
        func line(_ format: LogFormat, _ event: LogEvent?) -> ParsedLine {
            ParsedLine(
                seconds: syslog.seconds, format: format, event: event, repeats: syslog.repeats, host: syslog.host)
        }
        if CourierParser.isProgram(syslog.program) {
            return line(.courier, CourierParser.parse(program: syslog.program, message))
        }
        let asa = ASAParser.find(whole)
        if asa >= 0 { return line(.asa, ASAParser.parse(whole.from(asa))) }
        if NetfilterParser.looksLike(message) { return line(.netfilter, NetfilterParser.parse(message)) }
        if message.hasPrefix("rule "), let event = FilterlogParser.parseText(message) { return line(.filterlog, event) }
        if syslog.program.equals("pf"), message.contains("rule "),
            let event = FilterlogParser.parseText(message.from(message.find("rule ")))
        {
            return line(.filterlog, event)
        }
        if syslog.program.equals("saslauthd") { return line(.syslog, PAMParser.saslauthd(message)) }
        if message.hasPrefix("pam_") { return line(.pam, PAMParser.parse(message, service: .other)) }
        if message.hasPrefix("date="), let parsed = FortiGateParser.parse(message, clock: &clock) { return parsed }
        let fortiGate = whole.find("date=")
        if fortiGate >= 0, whole.contains("devname="),
            let parsed = FortiGateParser.parse(whole.from(fortiGate), clock: &clock)
        {
            return parsed
        }
        let error = message.find("authentication error for user '")
        if error >= 0 {
            var event = Login(success: false, service: .other)
            event.account = message.from(error + 31).upTo(0x27)
            event.address = message.value(after: "from: ", upTo: Byte.space)?.address
            return line(.syslog, .login(event))
        }
        return line(.syslog, .nothing)
    }
}
